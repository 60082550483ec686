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
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from codegen.errors import BatonError
from codegen.reading import read_text, reason
from pipeline.includes import inline_includes

# SAM refuses code that is still a folder, as it is before packaging. Nothing reads these addresses.
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_STAND_IN = {"Bucket": "unpackaged", "Key": "unpackaged.zip"}


def expand_template(
    template: Path,
    parameters: Mapping[str, str],
    region: str = "us-east-1",
    *,
    any_code: bool = False,
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
    document = _read(template)
    for resource in document["Resources"].values():
        code = _CODE.get(resource.get("Type"))
        if code and (any_code or isinstance(resource["Properties"].get(code), str)):
            resource["Properties"][code] = _STAND_IN
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        expanded: dict[str, Any] = translator.translate(document, dict(parameters))
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise BatonError(f"SAM refuses {template}: {causes}", "run: sam validate --lint") from error
    return expanded


def _read(template: Path) -> dict[str, Any]:
    try:
        document = yaml_parse(read_text(template))
    except (OSError, UnicodeDecodeError) as error:
        raise BatonError(f"{template} cannot be read: {reason(error)}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise BatonError(f"{template} is no template: it has no Resources")
    inline_includes(document, template.parent, yaml_parse, f"{template}#")
    return document
