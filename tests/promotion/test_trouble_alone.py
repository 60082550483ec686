"""What a run holds while it changes an environment: the lease in S3, until it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from codegen.errors import BatonError
from pipeline.locking import environment as locking
from pipeline.locking.environment import alone
from pipeline.locking.holder import Holder
from pipeline.locking.lease import Stored
from pipeline.locking.lease_object import KEY, LeaseObject
from tests.pipeline.builders import environment

DEV = environment()


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A target whose dev is moto's, with a bucket."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(locking, "check_account", lambda *_: None)
    with mock_aws():
        session = boto3.Session("key", "secret", region_name="us-east-1")
        session.client("s3").create_bucket(Bucket=DEV.artifact_bucket)
        yield SimpleNamespace(
            session=lambda _: session, checkout=SimpleNamespace(home=tmp_path / "home")
        )


def test_the_object_is_written_on_its_conditions_only(target: Any) -> None:
    store = LeaseObject(target.session(DEV), DEV)
    assert store.read() is None

    first = store.create(b"1")
    assert first is not None
    assert store.create(b"2") is None
    second = store.replace(b"2", first)
    assert second is not None
    assert store.replace(b"3", first) is None
    assert not store.remove(first)
    assert store.read() == Stored(second, b"2")
    assert store.remove(second)
    assert store.read() is None
    assert not store.remove(second)


def test_another_machine_is_refused_while_a_run_is_at_work(
    target: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = SimpleNamespace(
        session=target.session, checkout=SimpleNamespace(home=tmp_path / "other")
    )
    store = LeaseObject(target.session(DEV), DEV)

    with alone(target, DEV, "promote dev") as held:
        # Given that the run renews each time that the other looks
        monkeypatch.setattr(locking.time, "sleep", lambda _: held.check())

        # When the other machine begins, Then it is refused
        with pytest.raises(BatonError, match="another run is changing dev: `baton promote dev`"):
            alone(other, DEV, "destroy dev").__enter__()
        held.check()

    # And nothing is left of the lease when the run has ended
    assert store.read() is None


def test_a_bucket_that_comes_with_the_first_apply_is_leased_from_then_on(target: Any) -> None:
    s3 = target.session(DEV).client("s3")
    s3.delete_bucket(Bucket=DEV.artifact_bucket)
    with alone(target, DEV, "promote dev") as held:
        held.check()
        s3.create_bucket(Bucket=DEV.artifact_bucket)
        held.check()
        found = s3.get_object(Bucket=DEV.artifact_bucket, Key=KEY)["Body"].read()
        assert Holder.model_validate_json(found).command == "promote dev"


def test_a_lease_given_back_is_not_taken_again(target: Any) -> None:
    store = LeaseObject(target.session(DEV), DEV)
    with alone(target, DEV, "destroy dev") as held:
        held.give_lease_back()
        held.check()
        assert store.read() is None


def test_what_changes_nothing_takes_no_lease(target: Any) -> None:
    store = LeaseObject(target.session(DEV), DEV)
    with alone(target, DEV, "promote dev --dry-run", lease=False) as held:
        held.check()
        assert store.read() is None
