"""Reading outputs from S3: every way in which it can fail has one clear message."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from syrupy.assertion import SnapshotAssertion

from codegen.errors import UsageError
from codegen.outputs import outputs_from_document, read_outputs, units_of
from codegen.state import StateError
from tests.codegen.builders import environment

ENV = environment("dev")
KEY = "live/dev/data/terraform.tfstate"


def state(**changes: Any) -> bytes:
    """A state as Terraform writes it."""
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": "3f0f1c2e-0000-4000-8000-000000000001",
        "outputs": {
            "table_name": {"value": "desk-dev-tickets", "type": "string"},
            "token": {"value": "a secret", "type": "string", "sensitive": True},
        },
        "resources": [],
        "check_results": None,
    }
    return json.dumps({**document, **changes}).encode()


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """An account in this process, with the environment's state bucket."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=ENV.region)
        session.client("s3").create_bucket(Bucket=ENV.state_bucket)
        yield session


def put(session: boto3.Session, content: bytes, key: str = KEY) -> None:
    session.client("s3").put_object(Bucket=ENV.state_bucket, Key=key, Body=content)


def test_values_serials_and_lineages_are_read_for_each_unit(session: boto3.Session) -> None:
    # Given the states of two units
    put(session, state())
    put(session, state(serial=3, outputs={}), "live/dev/network/terraform.tfstate")

    # When the environment's outputs are read
    outputs = read_outputs(session, ENV, ["data", "network"])

    # Then each unit has its own
    assert outputs.values == {"data": {"table_name": "desk-dev-tickets"}, "network": {}}
    assert outputs.serials == {"data": 7, "network": 3}
    assert outputs.lineages["data"] == "3f0f1c2e-0000-4000-8000-000000000001"


def test_a_sensitive_output_is_named_and_its_value_left_out(session: boto3.Session) -> None:
    # Given a state with a sensitive output
    put(session, state())

    # When it is read
    outputs = read_outputs(session, ENV, ["data"])

    # Then its name is known and its value is nowhere
    assert outputs.sensitive == {"data": ["token"]}
    assert "a secret" not in repr(outputs)


def test_ten_thousand_outputs_are_read(session: boto3.Session) -> None:
    # Given a very large state
    many = {f"name_{n}": {"value": n, "type": "number"} for n in range(10_000)}
    put(session, state(outputs=many))

    # When it is read, then all of it is there
    assert read_outputs(session, ENV, ["data"]).values["data"]["name_9999"] == 9999


BROKEN = {
    "no JSON": b"<html>",
    "cut off": state()[:120],
    "empty object": b"",
    "format 3": state(version=3),
    "no state": b'{"version": 4}',
    "a list": b"[]",
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_state_is_refused(
    case: str, session: boto3.Session, snapshot: SnapshotAssertion
) -> None:
    # Given an object in the state's place
    put(session, BROKEN[case])

    # When the outputs are read
    with pytest.raises(StateError) as caught:
        read_outputs(session, ENV, ["data"])

    # Then the message says unit, object, and what is wrong with it
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


def test_a_unit_never_applied_is_named(session: boto3.Session, snapshot: SnapshotAssertion) -> None:
    # Given a bucket without the unit's state
    # When the outputs are read
    with pytest.raises(StateError) as caught:
        read_outputs(session, ENV, ["data"])

    # Then the remedy is to apply
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


def test_a_missing_bucket_is_named(session: boto3.Session, snapshot: SnapshotAssertion) -> None:
    # Given an account without the state bucket
    session.client("s3").delete_bucket(Bucket=ENV.state_bucket)

    # When the outputs are read
    with pytest.raises(StateError) as caught:
        read_outputs(session, ENV, ["data"])

    # Then the message says which bucket
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDenied"), (403, "InvalidAccessKeyId"), (500, "InternalError")]
)
def test_an_answer_that_is_no_state_is_explained(
    status: int, code: str, snapshot: SnapshotAssertion
) -> None:
    # Given an S3 that refuses
    client = boto3.Session("testing", "testing", region_name=ENV.region).client("s3")
    stub = Stubber(client)
    stub.add_client_error("get_object", service_error_code=code, http_status_code=status)

    # When the outputs are read
    with stub, pytest.raises(StateError) as caught:
        read_outputs(_Fixed(client), ENV, ["data"])

    # Then the message says what it answered, and what to do
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


def test_a_download_that_breaks_off_is_explained() -> None:
    # Given an S3 whose answer ends too early
    from botocore.response import StreamingBody

    client = boto3.Session("testing", "testing", region_name=ENV.region).client("s3")
    stub = Stubber(client)
    body = StreamingBody(io.BytesIO(b'{"version"'), content_length=500)
    stub.add_response("get_object", {"Body": body})

    # When the outputs are read, then it is no traceback
    with stub, pytest.raises(StateError, match="S3 was not reached"):
        read_outputs(_Fixed(client), ENV, ["data"])


def test_a_dead_endpoint_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given an address at which nothing listens
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    session = boto3.Session("testing", "testing", region_name=ENV.region)

    # When the outputs are read
    with pytest.raises(StateError) as caught:
        read_outputs(session, ENV, ["data"])

    # Then the message has the address, and the remedy how to see what is up
    assert str(port) in caught.value.message
    assert "baton local status" in caught.value.remedy


def test_units_are_the_folders_that_terragrunt_knows(tmp_path: Path) -> None:
    # Given two units, and a folder that is none
    for unit in ("network", "data"):
        (tmp_path / "dev" / unit).mkdir(parents=True)
        (tmp_path / "dev" / unit / "terragrunt.hcl").touch()
    (tmp_path / "dev" / ".terragrunt-cache").mkdir()

    # When they are listed, then the units are there, by name
    assert units_of(tmp_path, "dev") == ["data", "network"]


def test_a_document_stands_in_for_the_states(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given outputs as a document, in a file and on standard input
    document = '{"data": {"table_name": "t"}}'
    file = tmp_path / "outputs.json"
    file.write_text(document)
    monkeypatch.setattr("sys.stdin", io.StringIO(document))

    # When they are taken from either, then they are the same
    assert outputs_from_document(str(file)).values == {"data": {"table_name": "t"}}
    assert outputs_from_document("-") == outputs_from_document(str(file))


@pytest.mark.parametrize("content", ["", "[]", '{"data": "t"}', "{"])
def test_a_document_of_another_shape_is_refused(content: str, tmp_path: Path) -> None:
    # Given a file that is not {unit: {output: value}}
    file = tmp_path / "outputs.json"
    file.write_text(content)

    # When outputs are taken from it, then the remedy shows the shape
    with pytest.raises(UsageError) as caught:
        outputs_from_document(str(file))
    assert '{"data": {"table_name"' in caught.value.remedy


class _Fixed(boto3.Session):
    """A session that gives one client, so that a test can stub it."""

    def __init__(self, client: Any) -> None:
        super().__init__("testing", "testing", region_name=ENV.region)
        self._client = client

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return self._client
