"""Whether an environment is protected, by whatever may say so, and who can approve then.

Protection comes off with a promotion that was approved itself: neither an edit in the checkout nor
a release that says `protected: false` takes it off alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codegen.errors import GateRefusedError, UsageError
from pipeline.records.record import Record, last_verified
from pipeline.runs.step_runner import StepResult, would

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.promotion.promotion import Promotion

COMMAND = {"promotion": "promote", "rollback": "rollback"}


def protecting(records: Sequence[Record]) -> Record | None:
    """The record that says protected: the last one, or the last verified one.

    Both, because a promotion that failed may or may not have changed the environment.
    """
    said = [record for record in (*records[-1:], last_verified(records)) if record]
    return next((record for record in said if record.settings.get("protected")), None)


def protected_by(settings: Iterable[Environment], records: Sequence[Record]) -> str | None:
    """What says that the environment is protected; None where nothing does.

    Parameters
    ----------
    settings:
        The checkout's, and the release's once it is fetched.
    records:
        The environment's promotion records.
    """
    if any(each.protected for each in settings):
        return "its settings say"
    record = protecting(records)
    return f"promotion {record.number} says" if record else None


def check_can_approve(run: Promotion, *settings: Environment) -> str | None:
    """Refuse early where an approval will be needed and there is nobody to give it.

    Parameters
    ----------
    run:
        With its records read.
    settings:
        As far as they are known.

    Returns
    -------
    str | None
        What says that the environment is protected; None where no approval is needed.

    Raises
    ------
    UsageError
        The environment is protected, without a terminal and without `--yes`; a dry run needs
        neither.
    """
    said = protected_by(settings, run.records)
    if said and not run.options.approved and not run.options.dry_run and run.confirm is None:
        name = run.environment.name
        raise UsageError(
            f"{name} is protected, {said}, and there is no terminal to ask at",
            f"./baton {COMMAND[run.kind]} {name} --yes",
        )
    return said


def approved(run: Promotion, what: str, question: str) -> StepResult:
    """Ask a person before a protected environment changes.

    Parameters
    ----------
    run:
        With its release fetched.
    what:
        What the approval is given for, as the record says it.
    question:
        What the person is asked.

    Raises
    ------
    UsageError
        There is nobody to ask.
    GateRefusedError
        The answer was no.
    """
    said = check_can_approve(run, run.environment, run.settings)
    if said is None:
        return StepResult(f"{run.environment.name} is not protected", "skipped")
    if run.options.approved:
        run.approved_by = by_option(run)
    elif run.confirm and run.confirm(question):
        run.approved_by = run.by
    else:
        raise GateRefusedError(f"{run.environment.name}: not approved")
    return StepResult(f"{what}, by {run.approved_by}")


def would_ask(run: Promotion, what: str) -> StepResult:
    """Say who would have to approve `what`, if anybody."""
    said = check_can_approve(run, run.environment, run.settings)
    if said is None:
        return StepResult(f"{run.environment.name} is not protected", "skipped")
    if run.options.approved:
        return would(f"take {what} as approved by {by_option(run)}")
    return would(f"ask a person to approve {what}: {run.environment.name} is protected, {said}")


def by_option(run: Promotion) -> str:
    """Who has approved by `--yes`: no more is known of a workflow than that it was given there."""
    return f"{run.by} (--yes in {run.run_at})" if run.run_at else f"{run.by} (--yes)"
