"""The roles by which GitHub's jobs get in: none of these jobs may change them.

The deploy role is denied that (modules/delivery). Found out in the middle of an apply, it would
leave a half-applied release behind; so a gate says it before anything is applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.adapters.aws import caller
from pipeline.promotion.gates.results import GateResult
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion

UNIT = "delivery"


def check_way_in(run: Promotion) -> GateResult:
    """What changes the way in is promoted by a person with rights of their own."""
    changes = [change for plan in run.plans if plan.unit == UNIT for change in plan.changes]
    if not changes:
        return GateResult(UNIT, "skipped", "no role of a job would change")
    what = f"the plan changes roles of GitHub's jobs ({len(changes)} in unit {UNIT})"
    if not is_deploy_role(caller(run.session, run.environment), run.environment.prefix):
        return GateResult(UNIT, "passed", f"{what}, which no job may do: a person promotes it")
    return GateResult(
        UNIT,
        "refused",
        f"{what}, and this job's own role may not do that",
        tuple(f"{change.action} {change.address}" for change in changes),
        f"a person with rights of their own: BATON_TARGET={run.target.name} ./baton promote "
        f"{run.environment.name} {short(run.release.id)}",
    )


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
