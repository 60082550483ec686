"""Emptying a bucket that is cut short: what is current stays so until nothing is below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from codegen.errors import BatonError, Interrupted
from pipeline.adapters.bucket import Bucket
from pipeline.adapters.states import StateStore
from pipeline.destruction.contents import read_contents
from tests.pipeline.builders import environment

DEV = environment("dev")
KEY = "live/dev/data/terraform.tfstate"
RESOURCE = b'{"mode": "managed", "type": "a", "name": "b", "instances": [{}]}'
FULL = b'{"version": 4, "resources": [' + RESOURCE + b"]}"
EMPTY = b'{"version": 4, "resources": []}'


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Iterator[StateStore]:
    """A state bucket that keeps every version, and lists two of them at a time."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = boto3.Session("key", "secret", region_name="us-east-1")
        states = StateStore(session, DEV)
        states._s3.create_bucket(Bucket=states.bucket.name)
        states._s3.put_bucket_versioning(
            Bucket=states.bucket.name, VersioningConfiguration={"Status": "Enabled"}
        )
        states.bucket._s3.meta.events.register(
            "provide-client-params.s3.ListObjectVersions",
            lambda params, **_: params | {"MaxKeys": 2},
        )
        yield states


def _put(states: StateStore, content: bytes, times: int = 1) -> None:
    for _ in range(times):
        states._s3.put_object(Bucket=states.bucket.name, Key=KEY, Body=content)


def _killed(patch: pytest.MonkeyPatch, after: int) -> None:
    """Let a removal raise, once so many were done."""
    remove, done = Bucket._remove, []

    def removal(bucket: Bucket, objects: list[Any]) -> None:
        if len(done) == after:
            raise Interrupted("killed")
        done.append(objects)
        remove(bucket, objects)

    patch.setattr(Bucket, "_remove", removal)


def _resources(states: StateStore) -> int:
    contents = read_contents(states.read_all(), states.where, states.owner)
    return sum(len(unit.addresses) for unit in contents)


@pytest.mark.parametrize("removals", range(4))
def test_no_state_of_before_comes_back_when_the_run_is_killed(
    states: StateStore, removals: int
) -> None:
    # Given more versions with resources in them than one removal takes, and a current one without
    _put(states, FULL, 5)
    _put(states, EMPTY)
    assert _resources(states) == 0

    # When
    with pytest.MonkeyPatch.context() as patch:
        _killed(patch, after=removals)
        with pytest.raises(Interrupted):
            states.bucket.empty()

    # Then, and the next run goes on to the end
    assert _resources(states) == 0
    assert states.bucket.empty() > 0
    assert states.bucket.count(limit=1) == 0


def test_a_deleted_state_does_not_come_back_either(states: StateStore) -> None:
    # Given a delete marker on a version with resources in it
    _put(states, FULL)
    states._s3.delete_object(Bucket=states.bucket.name, Key=KEY)

    # When
    with pytest.MonkeyPatch.context() as patch:
        _killed(patch, after=1)
        with pytest.raises(BatonError):
            states.bucket.empty()

    # Then
    assert states.read_all() == {}
    assert states.bucket.count(limit=9) == 1
