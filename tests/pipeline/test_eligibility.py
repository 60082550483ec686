"""Which release may go on is read from the records of the environment below."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from codegen.errors import NotEligibleError, UsageError
from pipeline.promotion.choosing import choose, match
from pipeline.promotion.promotion import Options
from pipeline.promotion.steps import eligible as eligibility
from pipeline.promotion.steps.eligible import eligible
from pipeline.records.opening import OpenedEnvironment
from tests.pipeline.builders import environment, record

OLD, NEW = "a" * 64, "b" * 64


def test_without_a_wish_it_is_the_one_last_verified() -> None:
    history = [record(1, OLD), record(2, NEW), record(3, OLD, verified=False)]

    assert choose(None, history, "dev") == (NEW, "verified in dev (promotion 2)")


def test_an_earlier_verified_one_can_be_named_by_its_first_digits() -> None:
    assert choose(OLD[:6], [record(1, OLD), record(2, NEW)], "dev")[0] == OLD


@pytest.mark.proves("P4")
def test_nothing_verified_below_is_not_eligible() -> None:
    with pytest.raises(NotEligibleError, match="dev has verified no release yet"):
        choose(None, [record(1, OLD, verified=False)], "dev")


@pytest.mark.proves("P4")
def test_a_release_that_failed_last_is_not_eligible_though_it_was_verified_once() -> None:
    history = [record(1, OLD), record(2, OLD, verified=False)]

    with pytest.raises(NotEligibleError, match=r"aaaaaaaaaaaa is not verified in dev: verify:"):
        choose(OLD, history, "dev")
    with pytest.raises(NotEligibleError, match="failed there since"):
        choose(None, history, "dev")


def test_a_release_that_was_never_there_is_not_eligible() -> None:
    with pytest.raises(NotEligibleError, match="no release cccccc was promoted to dev"):
        choose("c" * 6, [record(1, OLD)], "dev")


def test_an_id_too_short_or_of_two_releases_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="too short"):
        match("aaa", [OLD], "here")
    with pytest.raises(UsageError, match="is no release id"):
        match("zzzz", [OLD], "here")
    with pytest.raises(UsageError, match="fits 2 releases"):
        match("a" * 6, ["a" * 63 + "1", "a" * 63 + "2"], "here")


@pytest.mark.proves("P4")
@pytest.mark.parametrize("named", [None, OLD])
def test_what_was_gone_back_to_below_is_promoted_over_what_is_newer_only_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    # Given a dev that went back from what staging has
    put_back = record(3, OLD, kind="rollback", withdraws=NEW)
    monkeypatch.setattr(eligibility, "store_below", lambda *_: None)
    monkeypatch.setattr(
        eligibility, "read_history", lambda _: [record(1, OLD), record(2, NEW), put_back]
    )
    run: Any = SimpleNamespace(
        target=None,
        environment=environment("staging"),
        below=environment("dev"),
        records=[record(1, OLD), record(2, NEW)],
        options=Options(release=named),
        checkout=SimpleNamespace(releases=Path("releases")),
    )

    # When it is promoted to staging, Then only by its name
    if named:
        assert eligibility.select(run).detail == "aaaaaaaaaaaa verified in dev (rollback 3)"
    else:
        with pytest.raises(NotEligibleError, match="went back to release aaaaaaaaaaaa") as raised:
            eligibility.select(run)
        assert raised.value.remedy.startswith("./baton rollback staging ")


@pytest.mark.parametrize("who", ["checkout", "record"])
def test_an_approval_that_nobody_can_give_is_refused_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    # Given no terminal and no --yes, and protection in the checkout or in the last record
    history = [record(3, OLD, settings={"protected": who == "record"})]
    opened = OpenedEnvironment(mock.Mock(), mock.Mock(), history)
    monkeypatch.setattr(eligibility, "open_environment", lambda *_: opened)
    run: Any = SimpleNamespace(
        environment=environment(protected=who == "checkout"),
        target=SimpleNamespace(session=lambda _: None),
        options=Options(),
        kind="promotion",
        confirm=None,
    )

    # When, Then
    with pytest.raises(UsageError, match="no terminal to ask at") as raised:
        eligible(run)

    assert raised.value.remedy == "./baton promote dev --yes"
