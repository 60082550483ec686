"""How often something is tried, and how long is waited in between."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Retries:
    """Tries with pauses, each a random part of a span that doubles (full jitter).

    So those who were refused together do not come back together.

    Parameters
    ----------
    tries:
        How often something is tried at most.
    first_pause:
        The longest first pause, in seconds.
    longest:
        What no pause is longer than, in seconds.
    sleep:
        Waits for that many seconds.
    dice:
        Answers a number from 0 to 1.
    """

    tries: int = 4
    first_pause: float = 0.1
    longest: float = 1.0
    sleep: Callable[[float], object] = time.sleep
    dice: Callable[[], float] = random.random

    def pauses(self) -> Iterator[float]:
        """The pauses before each try but the first, in seconds."""
        for number in range(self.tries - 1):
            yield self.dice() * min(self.longest, self.first_pause * 2**number)
