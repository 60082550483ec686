"""A function's revision: the digest that makes its alias move, exactly when it must.

SAM publishes a version when AutoPublishCodeSha256 changes (aws/serverless-application-model#3820:
without it, a changed Terraform output reaches $LATEST while the alias goes on with the old one).
The digest therefore covers everything a version carries, and nothing else: Lambda refuses to
publish a version that equals the last one, so a needless change would fail the deployment.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import REVISION, Function, SamTemplate, TemplateError

# Properties of AWS::Serverless::Function that are not part of a published version: they shape
# the alias, the triggers or the function as a whole.
NOT_IN_A_VERSION = frozenset(
    {
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "RolePath",
        "Tags",
        "VersionDeletionPolicy",
        "VersionDescription",
    }
)
UNSET = "0" * 64  # what templates read as a revision before the revisions are known


def revision_key(parameter: str) -> str:
    """What templates call a revision: parameter `ApiRevision` is `revisions.api`."""
    stem = parameter.removesuffix(REVISION)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()


def revision_keys(template: SamTemplate) -> list[str]:
    """Every name that `revisions.<name>` may have for this template."""
    wired = (function.revision_parameter for function in template.functions.values())
    return sorted(revision_key(parameter) for parameter in wired if parameter)


def compute_revisions(
    template: SamTemplate, parameters: Mapping[str, str], pseudo: Mapping[str, str]
) -> dict[str, str]:
    """Compute the revision of every function that has a revision parameter.

    Parameters
    ----------
    template:
        The packaged template: code and layers are named there by their SHA-256.
    parameters:
        Parameter → value. Revision parameters are ignored.
    pseudo:
        Pseudo parameter → value, as `AWS::Region`.

    Returns
    -------
    dict
        Revision key (`revision_key`) → 64 hexadecimal digits.
    """
    values = {n: v for n, v in parameters.items() if not n.endswith(REVISION)}
    evaluator = Evaluator(template, {**values, **pseudo})
    return {
        revision_key(function.revision_parameter): _digest(template, evaluator, function)
        for function in template.functions.values()
        if function.revision_parameter
    }


def _digest(template: SamTemplate, evaluator: Evaluator, function: Function) -> str:
    carried = {k: v for k, v in function.properties.items() if k not in NOT_IN_A_VERSION}
    carried["CodeUri"] = _code(carried.get("CodeUri"))
    listed = carried.pop("Layers", [])
    try:
        layers = [
            _layer(template, evaluator, layer)
            for layer in (listed if isinstance(listed, list) else [listed])
        ]
        content = {"function": evaluator.resolve(carried), "layers": layers}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise TemplateError(
            f"{template.file}: function {function.logical_id}: an intrinsic function in its "
            f"properties cannot be worked out: {error!r}"
        ) from error
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _code(location: Any) -> Any:
    # The key names the content. In which bucket it lies changes no version.
    return location["Key"] if isinstance(location, dict) and "Key" in location else location


def _layer(template: SamTemplate, evaluator: Evaluator, reference: Any) -> Any:
    """A layer's whole definition: any change of it makes a layer version with a new ARN."""
    name = reference.get("Ref") if isinstance(reference, dict) else None
    resource = template.resources.get(name) if isinstance(name, str) else None
    if resource is None:  # the ARN of a layer made elsewhere
        return evaluator.resolve(reference)
    return {"layer": name, **evaluator.resolve(resource.get("Properties") or {})}
