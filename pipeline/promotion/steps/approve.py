"""Step `approve`: a person approves release and plan of a protected environment."""

from __future__ import annotations

from pipeline.promotion.plan_summary import summary
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.protection import approved, would_ask
from pipeline.release.manifest import short
from pipeline.runs.step_runner import StepResult


def approve(run: Promotion) -> StepResult:
    """Ask a person before a protected environment changes.

    It is protected where the release, the checkout or the records say so: a release that takes the
    protection off is approved itself.

    Raises
    ------
    UsageError
        There is nobody to ask.
    GateRefusedError
        The answer was no.
    """
    what = to_approve(run)
    return approved(run, what, f"Promote {what} to {run.environment.name}?\n{summary(run.plans)}")


def would_approve(run: Promotion) -> StepResult:
    """Report who would have to approve what."""
    return would_ask(run, to_approve(run))


def to_approve(run: Promotion) -> str:
    """What an approval is given for: the release, and the plan as it was last made."""
    plan_ = f"plan {run.plan_digests[-1][:12]}" if run.plans else "nothing to plan"
    return f"release {short(run.release.id)}, {plan_}"
