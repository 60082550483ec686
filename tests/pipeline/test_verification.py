"""What runs is compared with the release through the alias, never through $LATEST."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.deployed.differences import artifact_key, code_sha256
from pipeline.promotion.status import describe
from pipeline.promotion.verification import differing_parameters, function_problems
from tests.pipeline.builders import environment, record

# printf zip, piped to: openssl dgst -sha256 -binary, then base64; and the same in hexadecimal
ZIP_BASE64 = "SnD+mqZDbgLC3qNA+9HjUuTvLYzmylKtJdS5VHH8i/I="
ZIP_HEX = "4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2"


def _live(**more: Any) -> dict[str, Any]:
    return {"CodeSha256": "code", "Description": "revision", **more}


def test_lambdas_digest_is_the_artifacts_in_base_64() -> None:
    assert code_sha256(f"artifacts/{ZIP_HEX}.zip") == ZIP_BASE64
    assert artifact_key(ZIP_BASE64) == f"artifacts/{ZIP_HEX}.zip"


def test_the_same_code_and_revision_are_no_problem() -> None:
    assert function_problems("Api", _live(), code="code", revision="revision") == []


@pytest.mark.parametrize(
    ("live", "says"),
    [
        (None, "has no alias live"),
        (_live(CodeSha256="old"), "CodeSha256 old, released code"),
        (_live(Description="old"), "revision old, rendered revision"),
    ],
)
def test_other_code_another_revision_or_no_alias_is_named(live: Any, says: str) -> None:
    (problem,) = function_problems("Api", live, code="code", revision="revision")

    assert says in problem


def test_a_parameter_that_differs_is_missing_or_too_many_is_named() -> None:
    rendered = {"Same": "1", "Other": "new", "Missing": "x"}
    deployed = {"Same": "1", "Other": "old", "Extra": "y"}

    problems = differing_parameters(rendered, deployed)

    assert [problem.split(":")[0] for problem in problems] == [
        "parameter Extra",
        "parameter Missing",
        "parameter Other",
    ]


def test_an_environment_without_records_says_so() -> None:
    status = describe(environment(), [], None, "no release has been built here yet")

    assert (status.verified, status.as_row()[4]) == (None, "none yet")
    assert not status.promotable


def test_a_failed_last_promotion_shows_and_what_was_verified_before_stays() -> None:
    history = [record(1, "a" * 64), record(2, "b" * 64, verified=False)]

    status = describe(environment(), history, "b" * 64, "")

    assert status.verified == "a" * 64
    assert status.as_row()[4] == "2 failed"
    assert status.promotable


def test_what_is_verified_already_is_not_offered_again() -> None:
    assert not describe(environment(), [record(1, "a" * 64)], "a" * 64, "").promotable
