"""What a service answers that it did not take, and sending it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from desk.domain.errors import UndeliverableError, UndeliveredError
from desk.runtime.retries import Retries

Entry = TypeVar("Entry")

# how SNS and EventBridge call what is wrong with an entry itself: InvalidParameter, MalformedDetail
OF_THE_MESSAGE = ("Invalid", "Malformed")


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

    @property
    def of_the_message(self) -> bool:
        """Whether the message is what is wrong: nothing that anybody gives or mends will help.

        Unlike a permission that is missing, which is somebody's to give while the message waits.
        """
        return not self.passing and self.code.startswith(OF_THE_MESSAGE)


def send(
    entries: Sequence[Entry],
    attempt: Callable[[Sequence[Entry]], Sequence[Refusal | None]],
    retries: Retries,
) -> list[Refusal]:
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
    list of Refusal
        Why those were not taken that were given up; none where all were taken.
    """
    given_up: list[Refusal] = []
    pauses = retries.pauses()
    while True:
        answers = zip(entries, attempt(entries), strict=True)
        refused = [(entry, refusal) for entry, refusal in answers if refusal is not None]
        given_up += [refusal for _, refusal in refused if not refusal.passing]
        again = [(entry, refusal) for entry, refusal in refused if refusal.passing]
        if not again:
            return given_up
        pause = next(pauses, None)
        if pause is None:
            return given_up + [refusal for _, refusal in again]
        retries.sleep(pause)
        entries = [entry for entry, _ in again]


def failure(event_id: str, given_up: Sequence[Refusal]) -> UndeliveredError | UndeliverableError:
    """What it comes to that these were given up: as long as one may yet be taken, a retry."""
    others = [each for each in given_up if not each.of_the_message]
    if others:
        return UndeliveredError(event_id, others[0].code)
    return UndeliverableError(event_id, given_up[0].code)
