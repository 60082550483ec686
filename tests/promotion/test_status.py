"""What `baton status` says of each environment, and why something cannot be promoted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, NotEligibleError
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.inspect import status_reading
from pipeline.inspect.status import EnvironmentStatus
from pipeline.inspect.status_reading import read_status
from pipeline.promotion.choosing import choose
from pipeline.records.record import Record
from pipeline.runs.console import NARROW
from pipeline.target import Target
from tests.pipeline.builders import environment, record

A, B = "a" * 64, "b" * 64
SHORT_A, SHORT_B = "a" * 12, "b" * 12
ENVIRONMENTS = [
    environment("dev"),
    environment("staging", promoted_from="dev"),
    environment("prod", promoted_from="staging"),
]
Histories = Mapping[str, Sequence[Record] | BatonError]
ADDRESS = "https://abc1234567.execute-api.us-east-1.amazonaws.com/v1"
DENIED = BatonError("dev: could not list the versions", "give the profile the permission")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads the status of environments with these records, where this release was built last."""

    def read(histories: Histories, built: str | None = A) -> dict[str, EnvironmentStatus]:
        pretend(monkeypatch, histories, built)
        target: Any = Sessions()
        found = read_status(ENVIRONMENTS, target, None)  # type: ignore[arg-type]
        return {row.environment: row for row in found}

    return read


class Sessions:
    """A target that leads nowhere."""

    def session(self, environment: Any) -> None:
        """Nothing."""


def pretend(monkeypatch: pytest.MonkeyPatch, histories: Histories, built: str | None) -> None:
    def read_history(store: Any) -> Sequence[Record]:
        found = histories.get(store, [])
        if isinstance(found, BatonError):
            raise found
        return found

    monkeypatch.setattr(Target, "session", lambda *_: None)

    def stack() -> Any:
        return SimpleNamespace(outputs={"ApiUrl": ADDRESS})

    monkeypatch.setattr(status_reading, "ArtifactStore", lambda _, environment: environment.name)
    monkeypatch.setattr(status_reading, "Sam", lambda *_: SimpleNamespace(stack=stack))
    monkeypatch.setattr(status_reading, "read_history", read_history)
    monkeypatch.setattr(status_reading, "last_built", lambda _: built)


def rollback(number: int, to: str, of: str, **more: Any) -> Record:
    return record(number, to, kind="rollback", withdraws=of, **more)


CASES: dict[str, tuple[Histories, str, str | None, str]] = {
    # records; environment; what it could get, or None; why not
    "verified below": ({"dev": [record(1, A)]}, "staging", A, ""),
    "below never verified": (
        {"dev": [record(1, A, verified=False)]},
        "staging",
        None,
        "dev has verified no release yet",
    ),
    "nothing below": ({}, "prod", None, "staging has verified no release yet"),
    "the same release": (
        {"dev": [record(1, A)], "staging": [record(1, A)]},
        "staging",
        None,
        f"release {SHORT_A} is verified here already",
    ),
    "an older release here": (
        {"dev": [record(1, A), record(2, B)], "staging": [record(1, A)]},
        "staging",
        B,
        "",
    ),
    "failed below since": (
        {"dev": [record(1, A), record(2, A, verified=False)]},
        "staging",
        None,
        f"release {SHORT_A} was verified in dev once, but failed there since: "
        "verify: the smoke test failed",
    ),
    "another one failed below": (
        {"dev": [record(1, A), record(2, B, verified=False)]},
        "staging",
        A,
        "",
    ),
    "taken out below by a rollback that failed": (
        {"dev": [record(1, A), record(2, B), rollback(3, A, B, verified=False)]},
        "staging",
        None,
        f"release {SHORT_B} was taken out of dev by rollback 3",
    ),
    "put back below": (
        {"dev": [record(1, A), record(2, B), rollback(3, A, B)]},
        "staging",
        A,
        "",
    ),
    "put back below, from what is verified here": (
        {
            "dev": [record(1, A), record(2, B), rollback(3, A, B)],
            "staging": [record(1, A), record(2, B)],
        },
        "staging",
        None,
        "dev went back to it by rollback 3: what is verified here is newer",
    ),
    "promoted below again after a rollback": (
        {"dev": [record(1, A), record(2, B), rollback(3, A, B), record(4, B)]},
        "staging",
        B,
        "",
    ),
    "taken out here": (
        {"dev": [record(1, B)], "staging": [record(1, A), record(2, B), rollback(3, A, B)]},
        "staging",
        None,
        f"release {SHORT_B} was taken out of here by rollback 3",
    ),
    "taken out here, and failed when it was promoted again": (
        {
            "dev": [record(1, B)],
            "staging": [
                *(record(1, A), record(2, B), rollback(3, A, B)),
                record(4, B, verified=False, fell_back_to=A),
            ],
        },
        "staging",
        None,
        f"release {SHORT_B} was taken out of here by rollback 3",
    ),
    "taken out below, and failed there when it was promoted again": (
        {"dev": [record(1, A), record(2, B), rollback(3, A, B), record(4, B, verified=False)]},
        "staging",
        A,
        "",
    ),
    "taken out here, and verified again": (
        {
            "dev": [record(1, B)],
            "staging": [record(1, A), record(2, B), rollback(3, A, B), record(4, B)],
        },
        "staging",
        None,
        f"release {SHORT_B} is verified here already",
    ),
    "failed here": (
        {"dev": [record(1, B)], "staging": [record(1, A), record(2, B, verified=False)]},
        "staging",
        B,
        "",
    ),
    "what is verified here is not sure to run": (
        {"dev": [record(1, A)], "staging": [record(1, A), record(2, B, verified=False)]},
        "staging",
        A,
        "",
    ),
    "what is verified here was put back": (
        {
            "dev": [record(1, A)],
            "staging": [record(1, A), record(2, B, verified=False, fell_back_to=A)],
        },
        "staging",
        None,
        f"release {SHORT_A} is verified here already",
    ),
    "below cannot be read": ({"dev": DENIED}, "staging", None, "dev's records cannot be read"),
    "built last": ({}, "dev", A, ""),
    "built last and verified": (
        {"dev": [record(1, A)]},
        "dev",
        None,
        f"release {SHORT_A} is verified here already",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_could_be_promoted_and_why_not(rows: Any, case: str) -> None:
    histories, name, candidate, why_not = CASES[case]

    row = rows(histories)[name]

    assert row.why_not == why_not
    assert row.promotable is (candidate is not None)
    if candidate:
        assert row.candidate == candidate


BELOW = {each.name: each.promoted_from for each in ENVIRONMENTS}
CHOSEN = [
    case
    for case, (histories, name, *_) in CASES.items()
    if BELOW[name] and not isinstance(histories.get(BELOW[name] or ""), BatonError)
]


@pytest.mark.parametrize("case", CHOSEN)
def test_status_and_promote_take_the_same_release(rows: Any, case: str) -> None:
    # Given an environment whose release is chosen from the records of the one below
    histories, name, _, _ = CASES[case]
    below = BELOW[name] or ""
    records: Any = histories.get(below, [])

    # When a promotion without a wish chooses, Then status has said the same
    try:
        chosen = choose(None, records, below)[0]
    except NotEligibleError:
        chosen = None
    assert rows(histories)[name].candidate == chosen


def test_nothing_built_is_the_reason_of_the_first_environment(rows: Any) -> None:
    row = rows({}, built=None)["dev"]

    assert (row.candidate, row.why_not) == (None, "no release has been built here yet")


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (record(2, B), "2 verified"),
        (record(2, B, verified=False), "2 failed"),
        (record(2, B, verified=False, fell_back_to=A), f"2 fell back to {SHORT_A}"),
        (record(2, B, verified=False, interrupted=True), "2 interrupted"),
        (rollback(2, A, B), f"2 rollback to {SHORT_A}"),
        (rollback(2, A, B, verified=False), "2 rollback failed"),
        (rollback(2, A, B, verified=False, interrupted=True), "2 rollback interrupted"),
    ],
)
def test_the_table_says_how_the_newest_promotion_ended(rows: Any, last: Record, said: str) -> None:
    row = rows({"dev": [record(1, A), last]})["dev"]

    assert row.as_row()[2] == said


def test_infrastructure_and_release_are_those_last_verified(rows: Any) -> None:
    first = record(1, A, infrastructure="1" * 64)
    row = rows({"dev": [first, record(2, B, verified=False, infrastructure="2" * 64)]})["dev"]

    assert (row.verified, row.infrastructure) == (A, "1" * 64)
    assert (row.release, row.outcome) == (B, "failed")


def test_an_environment_that_does_not_answer_hides_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a dev that cannot be read, and records in the others
    pretend(monkeypatch, {"dev": DENIED, "staging": [record(1, A)], "prod": []}, A)

    # When the status is asked for, Then its code says that something is wrong
    assert main(["status", "--json"]) == 1
    dev, staging, prod = json.loads(capsys.readouterr().out)
    assert (dev["error"], dev["remedy"]) == (DENIED.message, DENIED.remedy)
    assert (staging["verified"], staging["error"]) == (A, "")
    assert prod["promotable"] is True
    assert staging["why_not"] == "dev's records cannot be read"

    # And people see all three, and the way out
    assert main(["status"]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["dev", "staging", "prod"]
    assert f"next: ./baton promote prod  # release {SHORT_A}" in out
    assert f"{DENIED.message}\n  next: {DENIED.remedy}" in err


@pytest.mark.parametrize(
    ("histories", "built", "ways"),
    [
        # nothing was built: that is the first thing to do, whichever environment is meant
        ({}, None, ["./baton build"] * 3),
        ({}, A, ["", "./baton promote dev", "./baton promote dev"]),
        ({"dev": [record(1, A)]}, A, ["", "", "./baton promote staging"]),
        ({"dev": [record(1, A)], "staging": [record(1, A)]}, A, ["", "", ""]),
        # where it is not known whether there is a release, the nearest command says more
        ({"dev": DENIED}, A, ["", "", "./baton promote staging"]),
    ],
)
def test_an_environment_without_a_source_is_offered_what_can_be_done_now(
    rows: Any, histories: Histories, built: str | None, ways: list[str]
) -> None:
    assert [row.way_out for row in rows(histories, built).values()] == ways


def test_the_command_to_begin_with_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, {}, None)

    assert main(["status"]) == 0

    said = "staging: nothing to promote: dev has verified no release yet\n  next: ./baton build\n"
    assert said in capsys.readouterr().err


def test_the_address_is_printed_of_what_was_promoted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, {"dev": [record(1, A)]}, A)

    assert main(["status"]) == 0

    out = capsys.readouterr().out.splitlines()
    assert f"dev: {ADDRESS}" in out
    assert not [line for line in out if line.startswith("staging: ")]


def test_a_stack_that_cannot_be_read_hides_no_records(
    rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that nobody may look at the stack
    def refused(*_: Any) -> Any:
        def stack() -> None:
            raise BatonError("DescribeStacks said AccessDenied")

        return SimpleNamespace(stack=stack)

    pretend(monkeypatch, {"dev": [record(1, A)]}, A)
    monkeypatch.setattr(status_reading, "Sam", refused)

    # When the status is read, Then all but the address is there
    dev = read_status(ENVIRONMENTS, Sessions(), None)[0]  # type: ignore[arg-type]
    assert (dev.verified, dev.address, dev.error) == (A, "", "")


WIDEST = record(9999, B, verified=False, fell_back_to=A)
WIDE: list[Record | BatonError] = [
    WIDEST,
    rollback(9999, A, B),
    rollback(9999, A, B, verified=False, interrupted=True),
    record(9999, A, failure=" ".join(["it failed"] * 40), verified=False),
    BatonError(" ".join(["it cannot be read"] * 40)),
]


@pytest.mark.parametrize("last", WIDE)
def test_it_is_not_wider_than_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], last: Any
) -> None:
    # Given environments of the longest names, each with records that take the most room
    names = [letter * 16 for letter in "abc"]
    chain = zip(names, [None, *names], strict=False)
    long = [
        ENVIRONMENTS[0].model_copy(update={"name": name, "promoted_from": below})
        for name, below in chain
    ]
    histories = {name: last if isinstance(last, BatonError) else [last] for name in names}
    pretend(monkeypatch, histories, A)
    monkeypatch.setattr(Checkout, "environments", lambda _: long)
    monkeypatch.setattr(Target, "activate", lambda _: None)

    # When the status is shown, Then no line is longer than 80 characters
    main(["status"])
    told = capsys.readouterr()
    lines = [*told.out.splitlines(), *told.err.splitlines()]
    assert len(lines) > len(names)
    assert [line for line in lines if len(line) > NARROW] == []


def test_the_json_is_complete(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, {"dev": [record(1, A), rollback(2, A, B)]}, B)

    assert main(["status", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)[0] == {
        "environment": "dev",
        "account_id": "1" * 12,
        "verified": A,
        "infrastructure": "i",
        "number": 2,
        "kind": "rollback",
        "outcome": "verified",
        "release": A,
        "fell_back_to": None,
        "withdraws": B,
        "by": "me",
        "at": "2026-01-01T00:00:00+00:00",
        "candidate": B,
        "why_not": f"release {SHORT_B} was taken out of here by rollback 2",
        "way_out": "",
        "address": ADDRESS,
        "error": "",
        "remedy": "",
        "promotable": False,
    }


def test_all_records_are_read_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given records of which the oldest cannot be read
    pretend(monkeypatch, {"dev": Damaged([record(1, A), record(2, A)])}, A)

    # When only the newest are asked for, Then all is well; with --check it is not
    assert main(["status"]) == 0
    assert main(["status", "--check"]) == 1
    assert "the chain is broken" in capsys.readouterr().err


class Damaged(list[Record]):
    """Records that end in an error when all of them are read."""

    def __iter__(self) -> Any:
        raise BatonError("the chain is broken")


# one rule for `baton promote` too


@pytest.mark.proves("P4")
def test_a_release_that_was_taken_out_goes_no_further() -> None:
    records = [record(1, A), record(2, B), rollback(3, A, B)]

    assert choose(None, records, "dev") == (A, "verified in dev (rollback 3)")
    with pytest.raises(NotEligibleError, match="was taken out of dev by rollback 3"):
        choose(B, records, "dev")
    assert choose(B[:8], [*records, record(4, B)], "dev") == (B, "verified in dev (promotion 4)")


def test_a_whole_id_is_found_without_reading_every_record() -> None:
    records = Damaged([record(1, A), record(2, B)])

    assert choose(B, records, "dev")[0] == B
    with pytest.raises(NotEligibleError, match=r"no release c+ was promoted to dev"):
        choose("c" * 64, records, "dev")
