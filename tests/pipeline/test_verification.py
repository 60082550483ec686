"""What runs is compared with the release: the version behind the alias, or $LATEST without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.deployed.differences import artifact_key, code_sha256
from pipeline.deployed.expected import ExpectedFunction
from pipeline.deployed.functions import DeployedFunction
from pipeline.inspect.status import describe
from pipeline.promotion.steps.verify import differing_parameters, function_problems
from tests.pipeline.builders import environment, record

# printf zip, piped to: openssl dgst -sha256 -binary, then base64; and the same in hexadecimal
ZIP_BASE64 = "SnD+mqZDbgLC3qNA+9HjUuTvLYzmylKtJdS5VHH8i/I="
ZIP_HEX = "4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2"


LIVE = {"CodeSha256": "code", "Description": "revision", "Version": "3"}
LATEST = {"CodeSha256": "code", "Description": "Answers.", "Version": "$LATEST"}
WITH_ALIAS = ExpectedFunction(code="code", alias="current", description="revision")
WITHOUT = ExpectedFunction(code="code")


def _runs(**more: Any) -> DeployedFunction:
    fields = {
        "name": "desk-dev-api",
        "alias": "current",
        "live": LIVE,
        "latest": LATEST,
        "weights": {},
        "published": "3",
    }
    return DeployedFunction(**fields | more)


def _problems(expected: ExpectedFunction, deployed: DeployedFunction | None) -> list[str]:
    return list(function_problems("Api", expected, deployed))


def test_lambdas_digest_is_the_artifacts_in_base_64() -> None:
    assert code_sha256(f"artifacts/{ZIP_HEX}.zip") == ZIP_BASE64
    assert artifact_key(ZIP_BASE64) == f"artifacts/{ZIP_HEX}.zip"


@pytest.mark.parametrize(
    ("expected", "deployed"),
    [
        (WITH_ALIAS, _runs()),
        (WITH_ALIAS, _runs(published=None)),
        (WITH_ALIAS, _runs(latest=LATEST | {"CodeSha256": "edited"})),  # drift, and not what runs
        (WITHOUT, _runs(alias=None, live=None, published=None)),
        # a version's description is the template's business where it gives none
        (replace(WITH_ALIAS, description=None), _runs(live=LIVE | {"Description": "Answers."})),
        # code that is no artifact of the release
        (ExpectedFunction(code=None), _runs(latest=LATEST | {"CodeSha256": "inline"})),
    ],
)
def test_what_is_as_released_is_no_problem(
    expected: ExpectedFunction, deployed: DeployedFunction
) -> None:
    assert _problems(expected, deployed) == []


@pytest.mark.parametrize(
    ("expected", "deployed", "says"),
    [
        (WITH_ALIAS, None, "the stack has no such function"),
        (WITH_ALIAS, _runs(live=None), "desk-dev-api has no alias current"),
        (WITH_ALIAS, _runs(live=LIVE | {"CodeSha256": "old"}), "CodeSha256 old, released code"),
        (WITH_ALIAS, _runs(live=LIVE | {"Description": "old"}), "revision old, rendered revision"),
        (WITH_ALIAS, _runs(published="4"), "current has version 3, the stack published 4"),
        (WITHOUT, _runs(latest=None), "desk-dev-api has no $LATEST"),
        (WITHOUT, _runs(latest=LATEST | {"CodeSha256": "old"}), "$LATEST has CodeSha256 old"),
    ],
)
def test_other_code_another_revision_or_no_alias_is_named(
    expected: ExpectedFunction, deployed: DeployedFunction | None, says: str
) -> None:
    (problem,) = _problems(expected, deployed)

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

    assert (status.verified, status.as_row()[2]) == (None, "none yet")
    assert not status.promotable


def test_a_failed_last_promotion_shows_and_what_was_verified_before_stays() -> None:
    history = [record(1, "a" * 64), record(2, "b" * 64, verified=False)]

    status = describe(environment(), history, "b" * 64, "")

    assert status.verified == "a" * 64
    assert status.as_row()[2] == "2 failed"
    assert status.promotable


def test_what_is_verified_already_is_not_offered_again() -> None:
    assert not describe(environment(), [record(1, "a" * 64)], "a" * 64, "").promotable
