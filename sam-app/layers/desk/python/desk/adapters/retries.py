"""Sending again what a service answered that it did not take."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

Entry = TypeVar("Entry")

# What a call can fail with that botocore has tried again already.
CALL_FAILED = (ClientError, BotoCoreError)


@dataclass(frozen=True)
class Refusal:
    """Why an entry was not taken.

    Parameters
    ----------
    code:
        The service's word for it.
    passing:
        Whether the same entry may be taken later.
    """

    code: str
    passing: bool


@dataclass(frozen=True)
class Retries:
    """How often refused entries are sent, and how long is waited in between.

    Each pause is a random part of a span that doubles, so that those who were refused together do
    not come back together.

    Parameters
    ----------
    tries:
        How often an entry is sent at most.
    first_pause:
        The longest first pause, in seconds.
    sleep:
        Waits for that many seconds.
    dice:
        Answers a number from 0 to 1.
    """

    tries: int = 4
    first_pause: float = 0.1
    sleep: Callable[[float], object] = time.sleep
    dice: Callable[[], float] = random.random

    def pauses(self) -> Iterator[float]:
        """The pauses before each try but the first, in seconds."""
        for number in range(self.tries - 1):
            yield self.dice() * self.first_pause * 2**number


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


def code_of(error: ClientError | BotoCoreError) -> str:
    """What went wrong with a call, as a word: the error's own text may hold anything."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__  # no answer at all: it has a kind and no code
