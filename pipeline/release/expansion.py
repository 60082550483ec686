"""The application's template as CloudFormation gets to see it: SAM's transform applied.

Some of what a deployment will be can be read only here (an alias, a permission, a usage plan are
SAM's to make), so the policy gate and the template's tests look at the expanded form.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from codegen.errors import BatonError
from codegen.sam.artifacts import REMOTE, Refusal, find_artifacts
from codegen.sam.globals import merged_properties
from codegen.sam.packaged import INLINE, PACKAGED, Form, Packaged
from codegen.sam.template import SamTemplate, load_template

# SAM refuses code that is still a folder, as it is before packaging. Nothing reads these addresses.
_STAND_INS: dict[Form, Any] = {
    Form.BUCKET_KEY: {"Bucket": "unpackaged", "Key": "unpackaged.zip"},
    Form.STACK: "https://s3.amazonaws.com/unpackaged/template",
}


def expand_template(
    template: Path,
    parameters: Mapping[str, str],
    region: str = "us-east-1",
    *,
    any_code: bool = False,
    root: Path | None = None,
) -> dict[str, Any]:
    """Apply SAM's transform to a template.

    Parameters
    ----------
    template:
        The template, as written (code named by folder) or packaged.
    parameters:
        A value for each of the template's parameters, as they would be deployed.
    region:
        The region, which decides the partition of generated ARNs.
    any_code:
        Name no code, so that templates of the same functions with other code are the same.
    root:
        The project, which included files are in; by default the template's folder.

    Returns
    -------
    dict
        The expanded template. References to parameters are still references, except where SAM
        itself needs the value (the revision that a version is published for).

    Raises
    ------
    BatonError
        The file or one that it includes is missing, it is no template, or is not one that SAM
        takes; names every problem.
    """
    # it warns of feature flags that only AWS's own deployment of it has
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    sam = load_template(template, root=root)
    _refuse(sam, template)
    document = {**sam.document, "Resources": dict(sam.resources)}
    for name, resource in sam.resources.items():
        document["Resources"][name] = _with_stand_ins(document, resource, any_code=any_code)
    session = boto3.Session(region_name=region)
    translator = Translator({}, Parser(), boto_session=session)
    try:
        expanded: dict[str, Any] = translator.translate(document, dict(parameters))
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise BatonError(f"SAM refuses {template}: {causes}", "run: sam validate --lint") from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        # what it does not take, and did not look for: CloudFormation calls it "Internal failure"
        what = f"SAM's transform fails on {template}: {type(error).__name__}: {error}"
        raise BatonError(what, "run: sam validate --lint") from error
    return expanded


def _refuse(sam: SamTemplate, template: Path) -> None:
    """Refuse what cannot be expanded here: SAM would ask AWS, or has loops that are not known."""
    found = find_artifacts(sam, {})
    wrong = [f"{each.resource}: {each.why}" for each in found if isinstance(each, Refusal)]
    applications = [each for each in wrong if "Application Repository" in each]
    if problems := [*(why for _, why in sam.loop_problems), *applications]:
        raise BatonError(f"{template} cannot be expanded: {'; '.join(problems)}", "./baton check")


def _with_stand_ins(
    document: Mapping[str, Any], resource: Mapping[str, Any], *, any_code: bool
) -> Mapping[str, Any]:
    """A resource whose local files are named as if they were packed."""
    kind = resource.get("Type")
    properties = dict(resource.get("Properties") or {})
    merged = merged_properties(document, resource)
    for packaged in PACKAGED.get(kind, ()) if isinstance(kind, str) else ():
        if packaged.form in _STAND_INS and _is_local(
            merged, packaged, str(kind), any_code=any_code
        ):
            properties[packaged.path[0]] = _STAND_INS[packaged.form]
    return {**resource, "Properties": properties} if properties else resource


def _is_local(
    properties: Mapping[str, Any], packaged: Packaged, kind: str, *, any_code: bool
) -> bool:
    value = properties.get(packaged.path[0])
    if value is None:
        is_inline = kind in INLINE and INLINE[kind] in properties
        return packaged.by_default and not is_inline and "ImageUri" not in properties
    if any_code and packaged.form is Form.BUCKET_KEY:
        return packaged.by_default
    return isinstance(value, str) and not REMOTE.match(value)
