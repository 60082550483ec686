"""The store on DynamoDB (moto) and the one in memory go through the same lives, step by step.

`make test-long` goes through more and longer ones, new ones every time.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.at_random import LONG, examples
from tests.service.store.machine import Life

# what has to be in some lives, or they were about nothing
HAPPENS = {
    "archived",
    "closed",
    "commented",
    "counted again",
    "edited",
    "escalated",
    "found by the clock",
    "not to be watched",
    "opened again",
    "pages of a team's",
    "pages of comments",
    "pages of somebody's",
    "refused as stale",
    "solved",
    "watched",
}


@pytest.mark.hypothesis  # hypothesis marks only what it runs itself
def test_both_stores_go_through_the_same_lives() -> None:
    # Given tickets in several states / When people, jobs and the stream do whatever they do
    lives: list[Counter[str]] = []
    run_state_machine_as_test(
        lambda: Life(lives),
        settings=examples(
            8,
            long=150,
            # to find a shorter failing life would take minutes
            phases=tuple(Phase) if LONG else (Phase.reuse, Phase.generate),
            stateful_step_count=60 if LONG else 25,
        ),
    )
    # Then both stores have come to the same each time, and all of it did happen
    happened = Counter(name for life in lives for name in +life)
    often = {name for name, times in happened.items() if times > len(lives) // 20}
    assert often == HAPPENS, (len(lives), sorted(happened.items()))
