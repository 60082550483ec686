"""What every store of objects must do: the one in memory, and S3 on moto and on the emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from desk.adapters.objects import S3Objects
from desk.ports.objects import Objects
from tests.service.in_memory import InMemoryObjects

ONE_TRY = Config(retries={"total_max_attempts": 1})
KEY = "quarantine/2026-03-10/1.json"


@dataclass
class Store:
    """A store of objects, and a way to look into it."""

    objects: Objects
    text: Callable[[str], str]


@dataclass
class Bucket:
    """A bucket of S3."""

    s3: Any
    name: str

    @property
    def objects(self) -> S3Objects:
        """The port over it."""
        return S3Objects(lambda: self.s3, self.name)

    def text(self, key: str) -> str:
        """An object's text."""
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body.decode()


@pytest.fixture
def moto_bucket(aws_environment: None) -> Iterator[Bucket]:
    with mock_aws():
        yield _bucket()


@pytest.fixture
def emulated_bucket(on_emulator: str) -> Bucket:
    return _bucket(endpoint_url=on_emulator)


def _bucket(**where: str) -> Bucket:
    s3 = boto3.client("s3", **where)
    name = f"desk-{uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return Bucket(s3, name)


ON_S3 = ["moto_bucket", pytest.param("emulated_bucket", marks=pytest.mark.engine)]


@pytest.fixture(params=ON_S3)
def bucket(request: pytest.FixtureRequest) -> Bucket:
    of: Bucket = request.getfixturevalue(request.param)
    return of


@pytest.fixture(params=["memory", *ON_S3])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        objects = InMemoryObjects()
        return Store(objects, lambda key: objects.objects[key])
    of: Bucket = request.getfixturevalue(request.param)
    return Store(of.objects, of.text)


@pytest.mark.proves("S3")
def test_what_is_put_is_there(store: Store) -> None:
    # Given a document / When it is put / Then it is there as it was
    store.objects.put(KEY, '{"title": "Printer on fire 🔥"}')
    assert store.text(KEY) == '{"title": "Printer on fire 🔥"}'


@pytest.mark.proves("S3")
def test_the_same_key_is_written_over(store: Store) -> None:
    # Given an object / When another is put under its key / Then that is there
    store.objects.put(KEY, "1")
    store.objects.put(KEY, "2")
    assert store.text(KEY) == "2"


@pytest.mark.proves("S3")
def test_what_is_put_once_is_never_written_over(store: Store) -> None:
    # Given a document / When another is to be put once under its key / Then the first one stays
    store.objects.put_once(KEY, '{"title": "Brände 🔥"}')
    store.objects.put_once(KEY, "{}")
    assert store.text(KEY) == '{"title": "Brände 🔥"}'


@pytest.mark.proves("S3")
@pytest.mark.parametrize("put", [S3Objects.put, S3Objects.put_once])
def test_an_object_is_json_and_was_checked_on_arrival(
    bucket: Bucket, put: Callable[[S3Objects, str, str], None]
) -> None:
    # Given a bucket / When a document is put
    put(bucket.objects, KEY, "{}")
    # Then it is known to be JSON, and S3 compared it with the sum that came with it
    head = bucket.s3.head_object(Bucket=bucket.name, Key=KEY, ChecksumMode="ENABLED")
    assert head["ContentType"] == "application/json"
    assert head["ChecksumSHA256"] == "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="


def test_the_bucket_says_how_it_is_encrypted_and_who_may_read(aws_environment: None) -> None:
    # Given S3 as botocore knows it / When a document is put
    client = boto3.client("s3")
    asked: dict[str, Any] = {}
    client.meta.events.register(
        "before-parameter-build.s3.PutObject", lambda params, **_: asked.update(params)
    )
    with Stubber(client) as stubbed:
        stubbed.add_response("put_object", {})
        S3Objects(lambda: client, "desk-test-data").put(KEY, "{}")
    # Then the request has neither an encryption nor a list of who may read
    assert set(asked) == {"Bucket", "Key", "Body", "ContentType", "ChecksumAlgorithm"}


@pytest.mark.parametrize("put", [S3Objects.put, S3Objects.put_once])
@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "AccessDenied"])
def test_a_refusal_is_an_error(
    aws_environment: None, code: str, put: Callable[[S3Objects, str, str], None]
) -> None:
    # Given a bucket that refuses / When a document is put / Then that is said: try again
    client = boto3.client("s3", config=ONE_TRY)
    with Stubber(client) as stubbed:
        stubbed.add_client_error("put_object", code, http_status_code=503)
        with pytest.raises(ClientError, match=code):
            put(S3Objects(lambda: client, "desk-test-data"), KEY, "{}")


@pytest.mark.parametrize("then", ["", "PreconditionFailed"])
def test_what_another_write_got_in_the_way_of_is_tried_once_more(
    aws_environment: None, then: str
) -> None:
    # Given a bucket in which the same key is being written, with or without success
    client = boto3.client("s3")
    with Stubber(client) as stubbed:
        stubbed.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
        if then:
            stubbed.add_client_error("put_object", then, http_status_code=412)
        else:
            stubbed.add_response("put_object", {})
        # When a document is put once / Then it is there, this one or the other
        S3Objects(lambda: client, "desk-test-data").put_once(KEY, "{}")
        stubbed.assert_no_pending_responses()


def test_what_other_writes_get_in_the_way_of_again_is_an_error(aws_environment: None) -> None:
    # Given a bucket in which the same key is always being written / When a document is put once
    client = boto3.client("s3")
    with Stubber(client) as stubbed:
        for _ in range(2):
            stubbed.add_client_error(
                "put_object", "ConditionalRequestConflict", http_status_code=409
            )
        # Then that is said
        with pytest.raises(ClientError, match="ConditionalRequestConflict"):
            S3Objects(lambda: client, "desk-test-data").put_once(KEY, "{}")


def test_no_answer_is_an_error() -> None:
    # Given a bucket that cannot be reached
    class Unreachable:
        def put_object(self, **_: Any) -> object:
            raise ConnectTimeoutError(endpoint_url="https://s3.amazonaws.com")

    # When a document is put / Then that is said
    with pytest.raises(ConnectTimeoutError):
        S3Objects(Unreachable, "desk-test-data").put(KEY, "{}")  # type: ignore[arg-type]
