"""The simulator's filter: that it lets through what EventBridge's patterns do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.processing.world import events, records
from tests.service.stream_mapping import matches


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ({}, True),
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["MODIFY", "INSERT"]}, True),
        ({"eventName": ["MODIFY"]}, False),
        ({"unknown": ["INSERT"]}, False),
        ({"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}}}, True),
        ({"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "META"}]}}}}, False),
        ({"dynamodb": {"Keys": {"sk": {"N": [{"prefix": "EVENT#"}]}}}}, False),
        ({"eventName": {"S": ["INSERT"]}}, False),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: dict[str, Any], matched: bool) -> None:
    # Given a record / When it is compared with a pattern / Then this comes of it
    assert matches(records(events(1))[0], pattern) is matched


@pytest.mark.parametrize("pattern", [{"eventName": "INSERT"}, {"eventName": [{"exists": True}]}])
def test_a_pattern_that_is_not_known_is_said_to_be(pattern: dict[str, Any]) -> None:
    # Given a pattern of another kind / When it is asked for / Then there is no wrong answer
    with pytest.raises(NotImplementedError):
        matches(records(events(1))[0], pattern)
