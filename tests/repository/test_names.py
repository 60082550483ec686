"""The names of tests, which a failure prints."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("value", ["x" * 65_536, b"\xff" * 65_536])
def test_a_long_parameter_makes_no_long_name(
    request: pytest.FixtureRequest, value: str | bytes
) -> None:
    # Given a test with a parameter of 64 KiB / When it is named / Then it says so, in short
    assert "65536" in request.node.name
    assert len(request.node.name) < 300


@pytest.mark.parametrize("value", ["a short one"])
def test_a_short_parameter_is_a_part_of_the_name(
    request: pytest.FixtureRequest, value: str
) -> None:
    # Given a test with a short parameter / When it is named / Then the name has it
    assert request.node.name.endswith("[a short one]")
