"""The hand-off's part of drift: what was verified, what is rendered now, what is deployed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from codegen.sam.intrinsics import Evaluator
from codegen.sam.revisions import typed_parameters, working_out
from codegen.sam.template import Function, SamTemplate
from pipeline.deployed.differences import CODE, released_code
from pipeline.deployed.expected import ExpectedFunction, expected_functions
from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.stack import LAYER, DeployedStack, Resource
from pipeline.inspect.drift.configuration import VARIABLE, Meant, meant
from pipeline.inspect.drift.findings import Finding, Remedy
from pipeline.inspect.drift.functions import ReleasedFunction, function_findings, missing_or_new
from pipeline.inspect.drift.mending import Mending
from pipeline.inspect.drift.parameters import Parameters, Sides, parameter_findings

if TYPE_CHECKING:
    from codegen.problems import Problem

SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"


@dataclass(frozen=True)
class Verified:
    """What the last verified promotion left behind.

    Parameters
    ----------
    template:
        The release's.
    parameters:
        What it gave the stack.
    pseudo:
        Pseudo parameter → value, as `AWS::Region`.
    ended_at:
        When it had ended.
    """

    template: SamTemplate
    parameters: Parameters
    pseudo: Parameters
    ended_at: datetime

    def expected(self, deployed: Collection[str] = ()) -> dict[str, ExpectedFunction]:
        """The release's functions by logical id; `deployed` are those that the stack has."""
        return expected_functions(self.template, self.parameters, self.pseudo, deployed)


@dataclass(frozen=True)
class Rendered:
    """What the release's own templates and settings make of the states as they are now.

    Parameters
    ----------
    parameters:
        None where the contract is broken.
    problems:
        Why it is.
    """

    parameters: Parameters | None
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Deployed:
    """What runs.

    Parameters
    ----------
    functions:
        Logical id → function.
    unseen:
        Fields of a function's configuration that this target's CloudFormation does not hand on.
    """

    stack: DeployedStack
    resources: Sequence[Resource]
    functions: Mapping[str, DeployedFunction]
    unseen: frozenset[str] = frozenset()


def findings(
    verified: Verified, rendered: Rendered, deployed: Deployed, mending: Mending
) -> list[Finding]:
    """Everything that is not as it was verified, each told once, by the side that has moved."""
    sides = Sides(verified.parameters, rendered.parameters, deployed.stack.parameters)
    released = _released(verified, deployed)
    return [
        *(_contract_finding(problem) for problem in rendered.problems),
        *_stack_finding(verified, deployed.stack, mending),
        *parameter_findings(sides, verified.template, mending),
        *missing_or_new(released, deployed.functions, mending),
        *(
            finding
            for name in sorted({*released} & {*deployed.functions})
            if deployed.functions[name].latest is not None
            for finding in function_findings(released[name], deployed.functions[name], mending)
        ),
    ]


def _contract_finding(problem: Problem) -> Finding:
    subject = str(problem.where or "hand-off contract")
    return Finding("contract", subject, "fits", problem.what, note=problem.next)


def _stack_finding(verified: Verified, stack: DeployedStack, mending: Mending) -> Iterator[Finding]:
    # one that was rolled back keeps that name when it is verified later with nothing to change
    if stack.status == ROLLED_BACK and stack.changed_at <= verified.ended_at:
        return
    if stack.status in SETTLED:
        return
    remedy = mending.after_a_failure
    if stack.status.endswith("_IN_PROGRESS"):
        remedy = Remedy(note="wait until the deployment at work has ended, and ask again")
    yield Finding("stack", "stack status", "settled", stack.status, *remedy)


def _released(verified: Verified, deployed: Deployed) -> dict[str, ReleasedFunction]:
    template, layers = verified.template, _layers(verified.template, deployed.resources)

    def side(function: Function, parameters: Parameters) -> Meant:
        values = {**typed_parameters(template, parameters), **verified.pseudo, **layers}
        return _meant(template, function, values, deployed.unseen)

    then = verified.expected(deployed.functions)
    now = replace(verified, parameters=deployed.stack.parameters).expected(deployed.functions)
    return {
        name: ReleasedFunction(
            alias=each.alias,
            descriptions=_descriptions(each, now.get(name, each)),
            verified=side(template.functions[name], verified.parameters),
            deployed=side(template.functions[name], deployed.stack.parameters),
        )
        if name in template.functions
        else _plain(each)
        for name, each in then.items()
    }


def _descriptions(*sides: ExpectedFunction) -> tuple[str, ...]:
    said = (side.description for side in sides)
    return tuple(dict.fromkeys(each for each in said if each is not None))


def _plain(function: ExpectedFunction) -> ReleasedFunction:
    """An AWS::Lambda::Function of the template's own: nothing but its code is compared."""
    code = {} if function.code is None else {CODE: function.code}
    known = Meant(code, frozenset({VARIABLE}))
    return ReleasedFunction(alias=None, descriptions=(), verified=known, deployed=known)


def _meant(
    template: SamTemplate,
    function: Function,
    values: Mapping[str, str | list[str]],
    unseen: frozenset[str],
) -> Meant:
    with working_out(template, function):
        resolved = Evaluator(template, values).resolve(dict(function.properties))
    return meant(resolved, released_code(function.properties), unseen)


def _layers(template: SamTemplate, resources: Sequence[Resource]) -> dict[str, str]:
    """The template's layers → the ARNs that the stack has now; SAM adds a digest to the name."""
    made = {each.logical_id: each.physical_id for each in resources if each.type == LAYER}
    return {
        name: arn
        for name in template.resources
        for logical_id, arn in made.items()
        if re.fullmatch(re.escape(name) + "[0-9a-f]{10}", logical_id)
    }
