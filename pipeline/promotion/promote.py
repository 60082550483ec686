"""`baton promote`: the steps, in order."""

from __future__ import annotations

from pipeline.promotion.promotion import Promotion
from pipeline.promotion.recovery import telling
from pipeline.promotion.running import Step, carry_out
from pipeline.promotion.steps.apply import apply, would_apply
from pipeline.promotion.steps.approve import approve, would_approve
from pipeline.promotion.steps.deploy import deploy, would_deploy
from pipeline.promotion.steps.eligible import eligible
from pipeline.promotion.steps.fetch import fetch
from pipeline.promotion.steps.gates import gates
from pipeline.promotion.steps.plan import plan
from pipeline.promotion.steps.record import record, would_record
from pipeline.promotion.steps.render import render, would_render
from pipeline.promotion.steps.verify import verify, would_verify
from pipeline.records.record import Record
from pipeline.runs.console import Progress

STEPS = (
    Step("eligible", eligible),
    Step("fetch", fetch),
    Step("plan", telling(plan, "plan")),
    Step("gates", gates),
    Step("approve", approve, would_approve),
    Step("apply", telling(apply, "apply"), would_apply, changes=True),
    Step("render", render, would_render),
    Step("deploy", deploy, would_deploy, changes=True, recorded_failure=True),
    Step("verify", verify, would_verify, recorded_failure=True),
    Step("record", record, would_record, changes=True, recorded_failure=True),
)


def promote(run: Promotion, progress: Progress) -> Record:
    """Run the steps in order; where one fails from `deploy` on, roll back to the previous release.

    Returns
    -------
    Record
        The promotion record, as stored.

    Raises
    ------
    BatonError
        A step failed or refused; what ended it from the deployment on has been recorded.
    """
    return carry_out(STEPS, run, progress, falls_back=True)
