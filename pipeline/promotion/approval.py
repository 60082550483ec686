"""Whether an environment is protected, by whatever may say so, and who can approve then.

Protection comes off with a promotion that was approved itself: neither an edit in the checkout nor
a release that says `protected: false` takes it off alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codegen.errors import UsageError
from pipeline.promotion.records import Record, last_verified

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.promotion.promotion import Promotion


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
        The environment is protected, without a terminal and without `--yes`.
    """
    said = protected_by(settings, run.records)
    if said and not run.options.approved and run.confirm is None:
        name = run.environment.name
        raise UsageError(
            f"{name} is protected, {said}, and there is no terminal to ask at",
            f"./baton promote {name} --yes",
        )
    return said
