"""Which code a function must have is known where the release has it, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.deployed.differences import CODE, released_code, version_differences
from pipeline.inspect.drift.configuration import meant
from pipeline.release.manifest import artifact

KEY = artifact("ab" * 32)
BUCKET = {"Ref": "ArtifactBucket"}


@pytest.mark.parametrize(
    ("properties", "is_known"),
    [
        ({"CodeUri": {"Bucket": BUCKET, "Key": KEY}}, True),
        ({"CodeUri": {"Bucket": "mine", "Key": "code.zip"}}, False),
        ({"CodeUri": {"Bucket": "mine", "Key": {"Ref": "Key"}}}, False),
        ({"CodeUri": "s3://mine/code.zip"}, False),
        ({"InlineCode": "def handler(event, context): ..."}, False),
        ({}, False),
    ],
)
def test_code_that_the_release_does_not_have_is_not_compared(
    properties: dict[str, Any], is_known: bool
) -> None:
    # Given a function and the version of it that runs, with some code
    code = released_code(properties)
    live = {"CodeSha256": "other", "Description": "r"}

    # When they are compared / Then other code is a difference where the release's is known
    found = [each.what for each in version_differences(live, code=code, description="r")]
    assert found == ([CODE] if is_known else [])
    side = meant(properties, code, frozenset())
    assert (side.values.get(CODE), side.says(CODE)) == ((code, True) if is_known else (None, False))
