"""Changes that a person promotes: the deploy role of GitHub's jobs may not make them.

The role's own policies deny them (modules/delivery). A denial in the middle of an apply would leave
a half-applied release behind; so this gate refuses them before anything is applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.adapters.aws import caller
from pipeline.promotion.gates.losses import LOSSES, resource_type
from pipeline.promotion.gates.results import GateResult
from pipeline.promotion.plans import TAKEN_AWAY, Change, UnitPlan
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion

NAME = "delivery"
_MADE = ("create", *TAKEN_AWAY)
# Unit → what each of its changes touches.
UNITS = {
    "delivery": "who gets in, and what bounds the roles",
    "storage": "the buckets of states, records and archive",
}
# Resource type → the actions that are a person's, and why.
RESOURCES: dict[str, tuple[tuple[str, ...], str]] = {
    "aws_default_security_group": (_MADE, "a VPC and what comes with it"),
    "aws_internet_gateway": (_MADE, "a VPC and what comes with it"),
    "aws_kms_alias": ((*_MADE, "update"), "the environment's key"),
    "aws_kms_key": ((*_MADE, "update"), "the environment's key"),
    "aws_vpc": (_MADE, "a VPC and what comes with it"),
}
# Resource type → the attributes whose change is a person's, and why.
ATTRIBUTES = {
    "aws_iam_role": {
        "assume_role_policy": "whom a role trusts",
        "permissions_boundary": "what bounds a role",
    },
}


def check_delivery(run: Promotion) -> GateResult:
    """In a job, nothing is planned that the job's role may not do."""
    changes = tuple(reserved(run.plans))
    if not changes:
        return GateResult(NAME, "skipped", "no change is reserved for a person")
    what = f"{_counted(len(changes))} reserved for a person"
    if not is_deploy_role(caller(run.session, run.environment), run.environment.prefix):
        return GateResult(NAME, "passed", f"{what}, and no job promotes this")
    return GateResult(
        NAME,
        "refused",
        f"{what}; this job's role may not do that",
        changes,
        f"a person with rights of their own: BATON_TARGET={run.target.name} ./baton promote "
        f"{run.environment.name} {short(run.release.id)}",
    )


def reserved(plans: Iterable[UnitPlan]) -> Iterator[str]:
    """The planned changes that are a person's, each with the reason (pure)."""
    for plan in plans:
        for change in plan.changes:
            if why := _why(plan.unit, change):
                yield f"{plan.unit}: {change.action} {change.address}: {why}"


def _why(unit: str, change: Change) -> str | None:
    if unit in UNITS:
        return UNITS[unit]
    kind = resource_type(change.address)
    actions, why = RESOURCES.get(kind, ((), ""))
    if change.action in actions:
        return why
    if change.action in TAKEN_AWAY and kind in LOSSES:
        return LOSSES[kind]
    named = ATTRIBUTES.get(kind, {})
    return next((named[name] for name in change.attributes if name in named), None)


def _counted(changes: int) -> str:
    return "1 change is" if changes == 1 else f"{changes} changes are"


def is_deploy_role(arn: str, prefix: str) -> bool:
    """Whether a caller is an environment's deploy role (pure).

    Parameters
    ----------
    arn:
        As STS says it: `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
    prefix:
        What the environment's names begin with.
    """
    kind, *names = arn.rpartition(":")[2].split("/")
    return kind == "assumed-role" and names[:1] == [f"{prefix}-deploy"]
