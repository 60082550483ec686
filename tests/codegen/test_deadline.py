"""Several readings at once: all of them, what they raise, and no longer than said."""

from __future__ import annotations

import threading

import pytest

from codegen.sources.deadline import all_within


def test_what_comes_late_is_left_out_and_what_is_there_is_kept() -> None:
    # Given two readings, one of which never ends by itself
    ends = threading.Event()

    def read(name: str) -> str:
        if name == "slow":
            ends.wait()
        return name.upper()

    # When they are waited for, for a while
    found = all_within(1, ["slow", "quick"], read, at_once=2)

    # Then the other one is there
    assert found == {"quick": "QUICK"}
    ends.set()


@pytest.mark.parametrize("error", [LookupError("x"), TimeoutError("its own")])
def test_what_a_reading_raises_is_raised(error: Exception) -> None:
    # Given a reading with a bug
    def read(name: str) -> str:
        raise error

    # When it is waited for, then the bug is not hidden
    with pytest.raises(type(error), match=str(error.args[0])):
        all_within(10, ["a"], read, at_once=2)


def test_no_more_are_read_at_once_than_may_be() -> None:
    # Given readings that count how many there are at once
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(2)

    def read(name: str) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(10)
        with lock:
            running -= 1

    # When six are read, two at once
    all_within(10, list("abcdef"), read, at_once=2)

    # Then there were two, and never more
    assert most == 2


def test_nothing_to_read_is_nothing() -> None:
    # Given no names, When they are read, then there is nothing
    assert all_within(1, [], str.upper, at_once=4) == {}
