"""How long to wait before trying again what DynamoDB did not do."""

from __future__ import annotations

import random
from collections.abc import Iterator

TRIES = 6
FIRST = 0.05  # seconds
LONGEST = 1.0  # seconds


def pauses() -> Iterator[float]:
    """Seconds to wait between tries, one fewer than there are tries.

    Any time up to a bound that doubles (full jitter): of those that ran into each other, few do
    so again.
    """
    for number in range(TRIES - 1):
        yield random.uniform(0, min(LONGEST, FIRST * 2**number))  # noqa: S311 - no secret
