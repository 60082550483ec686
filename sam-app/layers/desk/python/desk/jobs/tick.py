"""EventBridge's scheduled events, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.domain import instants

# How far a rule's clock may be ahead of the function's. A job goes on where the last run's time
# was: one run of next year, and everything until then would wait for that.
AHEAD = timedelta(minutes=15)


class UnknownEventError(ValueError):
    """An event that is not one of this function's rules: somebody has called it another way."""


@dataclass(frozen=True)
class Tick:
    """One time that a rule fired.

    Parameters
    ----------
    id:
        The event's; the same again however often it is delivered.
    at:
        The time that the rule fired for.
    rule:
        The rule's name.
    """

    id: str
    at: datetime
    rule: str


def read(event: Mapping[str, Any], now: datetime) -> Tick:
    """Read a scheduled event.

    Parameters
    ----------
    now:
        What the clock says; nothing but the check that the event's time has come goes by it.

    Raises
    ------
    UnknownEventError
        It is none: something of it is missing, or means nothing, or its time is yet to come.
    """
    try:
        (resource, *_) = event["resources"]
        made = Tick(event["id"], instants.parse(event["time"]), resource.partition(":rule/")[2])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnknownEventError(f"this is no event of a rule's schedule: {error!r}") from error
    if not isinstance(made.id, str) or not made.id:
        raise UnknownEventError(f"this is no event of a rule's schedule: its id is {made.id!r}")
    if made.at > now + AHEAD:
        raise UnknownEventError(f"its time, {instants.text(made.at)}, is yet to come")
    return made
