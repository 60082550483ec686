"""Which release a rollback puts back, and which one it takes out."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import NotEligibleError, UsageError
from pipeline.promotion.choosing import choose
from pipeline.promotion.rollback_target import taken_out, to_put_back
from pipeline.records.record import running
from tests.pipeline.builders import record
from tests.promotion.stage import Stage

A, B, C = "a" * 64, "b" * 64, "c" * 64
NAMES = {A: "A", B: "B", C: "C", None: None}


def good(number: int, release: str, **more: Any) -> Any:
    return record(number, release, **more)


def failed(number: int, release: str, **more: Any) -> Any:
    return record(number, release, verified=False, **more)


def _step(name: str, outcome: str) -> dict[str, Any]:
    return {"name": name, "outcome": outcome, "seconds": 1.0, "detail": ""}


def back(number: int, release: str, withdraws: str, **more: Any) -> Any:
    return record(number, release, kind="rollback", withdraws=withdraws, **more)


@pytest.mark.parametrize(
    ("history", "put_back", "out"),
    [
        ([good(1, A), good(2, B)], "A", "B"),
        ([good(1, A), failed(2, B)], "A", "B"),
        ([good(1, A), failed(2, B, fell_back_to=A)], "A", "B"),
        ([good(1, A), good(2, B), failed(3, C, fell_back_to=B)], "B", "C"),
        ([good(1, A), good(2, B), good(3, C), back(4, B, C)], "A", "B"),
        ([good(1, A), good(2, B), back(3, A, B), good(4, B)], "A", "B"),
        ([good(1, A), failed(2, A), good(3, B), good(4, C)], "B", "C"),
        ([good(1, A), good(2, B), failed(3, B)], "A", "B"),
    ],
)
def test_without_a_wish_it_is_the_last_good_one_besides_the_newest(
    history: list[Any], put_back: str, out: str
) -> None:
    found = to_put_back(None, history, "dev")

    assert NAMES[found.release] == put_back
    assert NAMES[taken_out(history, found.release)] == out


@pytest.mark.parametrize(
    "history",
    [
        [good(1, A)],
        [failed(1, A)],
        [failed(1, A), failed(2, B)],
        [good(1, A), good(2, B), back(3, A, B)],
        [good(1, A), failed(2, A), good(3, B)],
    ],
)
def test_where_there_is_none_it_is_not_eligible(history: list[Any]) -> None:
    with pytest.raises(NotEligibleError, match="has no release to go back to"):
        to_put_back(None, history, "dev")


@pytest.mark.parametrize("built", [True, False])
def test_an_empty_environment_has_nothing_to_go_back_to(stage: Stage, built: bool) -> None:
    if built:
        stage.build("A")

    with pytest.raises(NotEligibleError, match="nothing was promoted to dev yet") as raised:
        stage.roll_back()
    assert raised.value.exit_code == 5
    assert raised.value.remedy == ("./baton promote dev" if built else "./baton build")


def test_one_that_failed_or_was_taken_out_since_can_be_named() -> None:
    history = [good(1, A), good(2, B), failed(3, A), good(4, C), back(5, B, C)]

    assert to_put_back(A[:6], history, "dev").number == 1
    assert to_put_back(C, history, "dev").number == 4


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (B, r"release bbbbbbbbbbbb was never verified in dev: verify: the smoke test failed"),
        (C[:8], "no release cccccccc was promoted to dev"),
        (A, r"release aaaaaaaaaaaa is what runs in dev, promotion 3 says"),
    ],
)
def test_what_was_never_verified_here_or_runs_already_is_not_eligible(
    wanted: str, says: str
) -> None:
    history = [good(1, A), failed(2, B), good(3, A)]

    with pytest.raises(NotEligibleError, match=says):
        to_put_back(wanted, history, "dev")


def test_too_few_digits_are_wrong_usage() -> None:
    with pytest.raises(UsageError, match="too short"):
        to_put_back("aaa", [good(1, A), good(2, B)], "dev")


@pytest.mark.parametrize(
    ("history", "release", "out"),
    [
        # by name, past the one that was fallen back to: that is what runs
        ([good(1, A), good(2, B), failed(3, C, fell_back_to=B)], A, "B"),
        # once more, after a rollback that failed
        ([good(1, A), good(2, B), back(3, A, B, verified=False)], A, "B"),
        # the same release again, which had failed
        ([good(1, A), failed(2, A)], A, None),
    ],
)
def test_what_is_taken_out_is_what_runs_until_then(
    history: list[Any], release: str, out: str | None
) -> None:
    assert NAMES[taken_out(history, release)] == out


DEPLOY_FAILED = {"steps": [_step("deploy", "failed")]}
BACK_FAILED = {"steps": [_step("verify", "failed"), _step("fall back", "failed")]}


@pytest.mark.parametrize(
    ("history", "names"),
    [
        ([], ""),
        ([good(1, A)], "A"),
        ([good(1, A), good(2, B)], "B"),
        ([good(1, A), failed(2, B)], "B"),
        ([good(1, A), failed(2, B, fell_back_to=A)], "A"),
        ([good(1, A), good(2, B), back(3, A, B)], "A"),
        ([good(1, A), failed(2, B, **DEPLOY_FAILED)], "AB"),
        ([good(1, A), failed(2, B, **DEPLOY_FAILED), failed(3, C, **DEPLOY_FAILED)], "ACB"),
        ([good(1, A), failed(2, B, fell_back_to=A), failed(3, C, **DEPLOY_FAILED)], "AC"),
        ([good(1, A), failed(2, B, **BACK_FAILED)], "BA"),
        ([failed(1, A, **DEPLOY_FAILED)], "A"),
    ],
)
def test_what_runs_is_what_the_records_tell_the_likeliest_first(
    history: list[Any], names: str
) -> None:
    assert "".join(str(NAMES[release]) for release in running(history)) == names


def test_after_a_failed_deployment_what_ran_before_is_taken_out() -> None:
    # Given that CloudFormation has put B back, where C could not be deployed
    history = [good(1, A), good(2, B), failed(3, C, **DEPLOY_FAILED)]

    # When A is asked for, Then it is B that is taken out, and goes no further
    assert taken_out(history, A) == B
    with pytest.raises(NotEligibleError, match="was taken out of dev by rollback 4"):
        choose(B, [*history, back(4, A, B)], "dev")
