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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from codegen.sam.intrinsics import Evaluator
from codegen.sam.parameter import typed_value
from codegen.sam.template import REVISION, Function, SamTemplate, TemplateError
from codegen.settings.environment import Environment
from codegen.settings.kinds import PARTITION

# Properties of AWS::Serverless::Function that are not part of a published version: they shape
# the alias, the triggers or the function as a whole.
NOT_IN_A_VERSION = frozenset(
    {
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CodeSigningConfigArn",
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
    # a revision is no part of what it is the digest of
    given = {n: v for n, v in parameters.items() if n not in template.revision_parameters}
    evaluator = Evaluator(template, {**typed_parameters(template, given), **pseudo})
    return {
        revision_key(function.revision_parameter): _digest(template, evaluator, function)
        for function in template.functions.values()
        if function.revision_parameter
    }


def typed_parameters(
    template: SamTemplate, parameters: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """Parameters as `Ref` gives them: that of a list type is a list, of items without spaces."""
    types = {name: each.type for name, each in template.parameters.items()}
    return {name: typed_value(types.get(name, ""), value) for name, value in parameters.items()}


def pseudo_parameters(environment: Environment) -> dict[str, str]:
    """The pseudo parameters that an environment decides, as `AWS::Region`."""
    return {
        "AWS::AccountId": environment.account_id,
        "AWS::Partition": PARTITION,
        "AWS::Region": environment.region,
        "AWS::StackName": environment.stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def versioned_properties(function: Function) -> dict[str, Any]:
    """The properties that a version of a function carries."""
    return {k: v for k, v in function.properties.items() if k not in NOT_IN_A_VERSION}


@contextmanager
def working_out(template: SamTemplate, function: Function) -> Iterator[None]:
    """While a function's properties are resolved: what fails there is the template's.

    Raises
    ------
    TemplateError
        An intrinsic function in them is not of its form, or is known only to a deployment.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise TemplateError(
            f"{template.file}:{function.line}: function {function.logical_id}: an intrinsic "
            f"function in its properties cannot be worked out: {error!r}"
        ) from error


def _digest(template: SamTemplate, evaluator: Evaluator, function: Function) -> str:
    carried = versioned_properties(function)
    carried["CodeUri"] = _code(carried.get("CodeUri"))
    listed = carried.pop("Layers", [])
    with working_out(template, function):
        layers = evaluator.resolve(listed if isinstance(listed, list) else [listed])
        content = {
            "function": evaluator.resolve(carried),
            "layers": _defined(template, evaluator, layers),
        }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _code(location: Any) -> Any:
    # The key names the content. In which bucket it lies changes no version.
    return location["Key"] if isinstance(location, dict) and "Key" in location else location


def _defined(template: SamTemplate, evaluator: Evaluator, node: Any) -> Any:
    """Layers with each reference to one of the template's replaced by its whole definition.

    Any change of a layer makes a version of it with a new ARN, wherever the reference stands: in
    an `!If`, in a `!Sub`.
    """
    if isinstance(node, list):
        return [_defined(template, evaluator, item) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("Ref")
    resource = template.resources.get(name) if isinstance(name, str) else None
    if resource is not None:
        return {"layer": name, **evaluator.resolve(resource.get("Properties") or {})}
    return {key: _defined(template, evaluator, value) for key, value in node.items()}
