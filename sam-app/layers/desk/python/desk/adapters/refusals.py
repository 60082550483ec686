"""What a service answers that it did not take, and sending it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from desk.runtime.retries import Retries

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Refusal:
    """Why something was not taken.

    Parameters
    ----------
    code:
        The service's word for it.
    passing:
        Whether the same may be taken later.
    retry_after:
        How long the service asks to be spared for, in seconds.
    """

    code: str
    passing: bool
    retry_after: float = 0


def send(
    entries: Sequence[Entry],
    attempt: Callable[[Sequence[Entry]], Sequence[Refusal | None]],
    retries: Retries,
) -> list[str]:
    """Send entries until each is taken or given up; one that is given up holds up no other.

    Parameters
    ----------
    entries:
        What is to be sent, in one call.
    attempt:
        Sends some of the entries; answers for each, in their order, why it was not taken.
    retries:
        How often, and with which pauses.

    Returns
    -------
    list of str
        The codes of those that were given up; none where all were taken.
    """
    given_up: list[str] = []
    pauses = retries.pauses()
    while True:
        answers = zip(entries, attempt(entries), strict=True)
        refused = [(entry, refusal) for entry, refusal in answers if refusal is not None]
        given_up += [refusal.code for _, refusal in refused if not refusal.passing]
        again = [(entry, refusal) for entry, refusal in refused if refusal.passing]
        if not again:
            return given_up
        pause = next(pauses, None)
        if pause is None:
            return given_up + [refusal.code for _, refusal in again]
        retries.sleep(pause)
        entries = [entry for entry, _ in again]
