"""`baton promote`: the steps, in order."""

from __future__ import annotations

from pipeline.console import Progress
from pipeline.promotion import dry_run
from pipeline.promotion.deployment import deploy, render
from pipeline.promotion.eligibility import eligible
from pipeline.promotion.fetching import fetch
from pipeline.promotion.gates.gates import gates
from pipeline.promotion.planning import apply, approve, plan
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.recording import record
from pipeline.promotion.records.record import Record
from pipeline.promotion.running import Step, carry_out
from pipeline.promotion.trouble import telling
from pipeline.promotion.verification import verify

STEPS = (
    Step("eligible", eligible),
    Step("fetch", fetch),
    Step("plan", telling(plan, "plan")),
    Step("gates", gates),
    Step("approve", approve, dry_run.approve),
    Step("apply", telling(apply, "apply"), dry_run.apply, changes=True),
    Step("render", render, dry_run.render),
    Step("deploy", deploy, dry_run.deploy, changes=True, recorded_failure=True),
    Step("verify", verify, dry_run.verify, recorded_failure=True),
    Step("record", record, dry_run.record, changes=True, recorded_failure=True),
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
