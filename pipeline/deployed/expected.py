"""What a release says of each of its functions: its code, its alias, its version. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.contract.parameters import STORED
from codegen.sam.intrinsics import Evaluator
from codegen.sam.revisions import typed_parameters, working_out
from codegen.sam.template import Function, SamTemplate
from pipeline.deployed.differences import released_code
from pipeline.deployed.stack import FUNCTION


@dataclass(frozen=True)
class ExpectedFunction:
    """A function as the stack should have it.

    Parameters
    ----------
    code:
        The CodeSha256 of its code; None where the code is no artifact of the release.
    alias:
        The alias that SAM publishes its versions under; None where it publishes none, so that
        $LATEST is what runs.
    description:
        The description that a version of it is published with; None where the template gives none.
    """

    code: str | None
    alias: str | None = None
    description: str | None = None


def expected_functions(
    template: SamTemplate,
    parameters: Mapping[str, str],
    pseudo: Mapping[str, str],
    deployed: Collection[str] = (),
) -> dict[str, ExpectedFunction]:
    """The functions that a stack should have, by logical id.

    Parameters
    ----------
    template:
        The packaged template.
    parameters, pseudo:
        What the stack was given, and the pseudo parameters, as `AWS::Region`.
    deployed:
        The logical ids that the stack has. They decide where a condition cannot be evaluated here.

    Raises
    ------
    TemplateError
        The name of an alias, or a description, cannot be worked out.
    """
    # the value that a stored parameter names is not known here
    known = {n for n, each in template.parameters.items() if not each.type.startswith(STORED)}
    values = typed_parameters(template, {n: v for n, v in parameters.items() if n in known})
    evaluator = Evaluator(template, {**values, **pseudo})
    found = {
        name: _serverless(template, evaluator, function)
        for name, function in template.functions.items()
        if _is_made(template, evaluator, name, deployed)
    }
    for name, resource in template.resources.items():
        if resource.get("Type") == FUNCTION and _is_made(template, evaluator, name, deployed):
            found[name] = ExpectedFunction(released_code(resource.get("Properties") or {}))
    return found


def aliases(functions: Mapping[str, ExpectedFunction]) -> dict[str, str]:
    """Logical id → alias, of those functions that have one."""
    return {name: each.alias for name, each in functions.items() if each.alias is not None}


def _serverless(
    template: SamTemplate, evaluator: Evaluator, function: Function
) -> ExpectedFunction:
    given, names = function.properties, ("AutoPublishAlias", "VersionDescription")
    with working_out(template, function):
        resolved: dict[str, Any] = evaluator.resolve({n: given[n] for n in names if n in given})
    alias, description = (resolved.get(name) for name in names)
    return ExpectedFunction(
        code=released_code(given),
        alias=alias if alias and isinstance(alias, str) else None,
        # what only a deployment knows cannot be compared
        description=description if isinstance(description, str) else None,
    )


def _is_made(
    template: SamTemplate, evaluator: Evaluator, name: str, deployed: Collection[str]
) -> bool:
    """Whether the parameters let the stack have this resource."""
    condition = template.resources[name].get("Condition")
    if condition is None:
        return True
    try:
        return bool(evaluator.resolve({"Condition": condition}))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError):
        return name in deployed
