"""The artifact bucket, on moto: records are created once, objects expire unless kept."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError, SSOTokenLoadError
from botocore.stub import Stubber

from codegen.errors import BatonError
from pipeline.adapters.aws import check_account, explained
from pipeline.adapters.store import ArtifactStore
from pipeline.records.history import append, read_history
from pipeline.records.record import last_verified
from tests.pipeline.builders import environment, record

DEV = environment("dev")


@pytest.fixture
def store(session: boto3.Session) -> ArtifactStore:
    session.client("s3").create_bucket(Bucket=DEV.artifact_bucket)
    return ArtifactStore(session, DEV)


def test_a_bucket_that_is_not_there_yet_has_no_records(session: boto3.Session) -> None:
    assert list(read_history(ArtifactStore(session, DEV))) == []


@pytest.mark.proves("P4")
def test_a_record_reads_back_and_its_number_is_never_given_twice(store: ArtifactStore) -> None:
    # Given two runs that both believe theirs is the first record
    first = append(store, record(1, "a" * 64, verified=False))
    second = append(store, record(1, "b" * 64))

    # Then the second got the next number, and both are there unchanged
    assert (first.number, second.number) == (1, 2)
    assert list(read_history(store)) == [first, second]
    assert last_verified(read_history(store)) == second


def test_creating_what_is_there_changes_nothing(store: ArtifactStore) -> None:
    assert store.create("promotions/000001.json", b"one")
    assert not store.create("promotions/000001.json", b"two")
    assert store.read("promotions/000001.json") == b"one"


def test_something_else_among_the_records_is_named(store: ArtifactStore) -> None:
    store.create("promotions/000001.json", b"{}")

    with pytest.raises(BatonError, match=r"promotions/000001\.json is no promotion record"):
        list(read_history(store))


@pytest.mark.proves("S2")
def test_a_copied_object_expires_until_it_is_kept(store: ArtifactStore) -> None:
    store.put_unrecorded("artifacts/a.zip", b"zip")
    assert not store.is_kept("artifacts/a.zip")

    store.keep(["artifacts/a.zip"])

    assert store.is_kept("artifacts/a.zip")


def test_an_object_that_is_missing_is_not_kept_and_reads_as_none(store: ArtifactStore) -> None:
    assert not store.is_kept("artifacts/a.zip")
    assert store.read("artifacts/a.zip") is None


def test_an_expired_object_of_a_versioned_bucket_is_not_kept(store: Any) -> None:
    # Given an object whose newest version is a delete marker, as the lifecycle leaves it
    store._s3.put_bucket_versioning(
        Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    store.put_unrecorded("artifacts/a.zip", b"zip")
    store._s3.delete_object(Bucket=store.bucket, Key="artifacts/a.zip")

    # When it is looked for, Then it has to be put again, and can be
    assert not store.is_kept("artifacts/a.zip")
    store.put_unrecorded("artifacts/a.zip", b"zip")
    assert store.read("artifacts/a.zip") == b"zip"


def test_a_login_that_has_expired_comes_with_the_command_that_renews_it() -> None:
    with pytest.raises(BatonError, match="is not logged in") as raised, explained(DEV, "look"):
        raise SSOTokenLoadError(error_msg="expired")

    assert raised.value.remedy == "aws sso login --profile desk-dev"


def test_no_error_of_botocore_gets_through() -> None:
    with pytest.raises(BatonError, match="could not look"), explained(DEV, "look"):
        raise ParamValidationError(report="no")


def test_the_account_of_the_settings_is_accepted_and_another_refused(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "1" * 12)
    check_account(session, DEV)

    with pytest.raises(BatonError, match=r"leads to account 111111111111, but live/prod/env\.yaml"):
        check_account(session, environment("prod"))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDenied", "give the profile 'desk-dev' the permission"),
        ("ExpiredToken", "aws sso login --profile desk-dev"),
        ("InternalError", ""),
    ],
)
def test_what_s3_says_comes_with_a_way_out(store: Any, code: str, remedy: str) -> None:
    with Stubber(store._s3) as stub:
        stub.add_client_error("get_object", service_error_code=code, http_status_code=400)

        with pytest.raises(BatonError, match=code) as raised:
            store.read("releases/x/release.json")
    assert remedy in raised.value.remedy
