"""Reading outputs from S3: every way in which it can fail has one clear message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.sources import s3 as reading
from codegen.sources.s3 import read_outputs, units_of
from codegen.sources.state import StateError, WrongStateError, state_key
from tests.codegen.answering import Answer, AnsweringServer, answering, error
from tests.codegen.builders import environment
from tests.codegen.states import STAGING, resource, state

ENV = environment("dev")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweringServer]:
    """What answers in S3's place; each request is made once."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(reading, "ATTEMPTS", 1)
    with answering(ENV.account_id) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        yield server


def session() -> boto3.Session:
    """Credentials that any server accepts that does not look at them."""
    return boto3.Session("key", "secret", region_name=ENV.region)


def path(unit: str) -> str:
    """Where a unit's state is asked for."""
    return f"/{ENV.state_bucket}/{state_key(ENV.name, unit)}"


def refusal(server: AnsweringServer, *units: str) -> str:
    """What is said where reading these units' outputs fails."""
    with pytest.raises(StateError) as caught:
        read_outputs(session(), ENV, units)
    said = f"{caught.value.message}\n→ {caught.value.remedy}"
    return said.replace(server.url, "http://127.0.0.1:4610")


def test_values_serials_and_lineages_are_read_for_each_unit(s3: AnsweringServer) -> None:
    # Given the states of two units
    s3.answers[path("data")] = Answer(body=state(lineage="a"))
    s3.answers[path("network")] = Answer(body=state(lineage="b", serial=3, outputs={}))

    # When the environment's outputs are read
    outputs = read_outputs(session(), ENV, ["data", "network"])

    # Then each unit has its own
    assert outputs.values == {"data": {"table_name": "desk-dev-tickets"}, "network": {}}
    assert outputs.sensitive == {"data": ["token"], "network": []}
    assert outputs.serials == {"data": 7, "network": 3}
    assert outputs.lineages == {"data": "a", "network": "b"}


def test_ten_thousand_outputs_are_read(s3: AnsweringServer) -> None:
    # Given a very large state
    many = {f"name_{n}": {"value": n, "type": "number"} for n in range(10_000)}
    s3.answers[path("data")] = Answer(body=state(outputs=many))

    # When it is read, then all of it is there
    values = read_outputs(session(), ENV, ["data"]).values["data"]
    assert values == {f"name_{n}": n for n in range(10_000)}


def test_more_units_than_are_read_at_once_are_all_read(s3: AnsweringServer) -> None:
    # Given many units
    units = [f"unit-{n:03}" for n in range(3 * reading.AT_ONCE + 1)]
    for unit in units:
        s3.answers[path(unit)] = Answer(body=state(lineage=unit))

    # When they are read, then each is there, in the order asked for
    assert list(read_outputs(session(), ENV, units).values) == units


KMS = (
    "User: arn:aws:sts::111111111111:assumed-role/deploy/me is not authorized to perform: "
    "kms:Decrypt on resource: arn:aws:kms:us-east-1:111111111111:key/1 because no identity-based "
    "policy allows the kms:Decrypt action"
)
HTML = b"<html><body>Please log in</body></html>"
ANSWERS = {
    "AccessDenied": error(403, "AccessDenied", "Access Denied"),
    "AccessDenied by KMS": error(403, "AccessDenied", KMS),
    "KMS.DisabledException": error(400, "KMS.DisabledException", "key/1 is disabled."),
    "InvalidAccessKeyId": error(403, "InvalidAccessKeyId", "It does not exist in our records."),
    "SignatureDoesNotMatch": error(403, "SignatureDoesNotMatch", "Check your key."),
    "ExpiredToken": error(400, "ExpiredToken", "The provided token has expired."),
    "RequestTimeTooSkewed": error(
        403, "RequestTimeTooSkewed", "The difference to the current time is too large."
    ),
    "NoSuchBucket": error(404, "NoSuchBucket", "The specified bucket does not exist"),
    "NoSuchKey": error(404, "NoSuchKey", "The specified key does not exist."),
    "404 without a word": Answer(404),
    "PermanentRedirect": error(301, "PermanentRedirect", "Use the specified endpoint."),
    "301 without a word": Answer(301),
    "AuthorizationHeaderMalformed": error(
        400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong"
    ),
    "IllegalLocationConstraintException": error(400, "IllegalLocationConstraintException"),
    "InternalError": error(500, "InternalError", "We encountered an internal error."),
    "SlowDown": error(503, "SlowDown", "Please reduce your request rate."),
    "an error nobody knows": error(400, "InvalidRequest", "Something\nelse."),
    "HTML instead of an error": Answer(403, HTML, {"Content-Type": "text/html"}),
    "HTML instead of a state": Answer(200, HTML, {"Content-Type": "text/html"}),
    "502 of a proxy": Answer(502, HTML),
    "cut off": Answer(200, state()[:50], claimed=len(state())),
    "no answer": Answer(hangs_up=True),
    "another environment": Answer(body=state(resources=[resource(STAGING)])),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_that_is_no_state_is_explained(
    case: str, s3: AnsweringServer, snapshot: SnapshotAssertion
) -> None:
    # Given an S3 that answers so
    s3.answers[path("data")] = ANSWERS[case]

    # When the outputs are read, then the message says where and why, and what to do
    assert refusal(s3, "data") == snapshot


def test_a_busy_s3_is_asked_again(s3: AnsweringServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given an S3 that is busy
    monkeypatch.setattr(reading, "ATTEMPTS", 2)
    s3.answers[path("data")] = error(503, "SlowDown")

    # When the outputs are read
    refusal(s3, "data")

    # Then it was asked as often as it may be
    assert s3.asked == [path("data")] * 2


def test_units_that_fail_for_one_reason_are_named_together(
    s3: AnsweringServer, snapshot: SnapshotAssertion
) -> None:
    # Given an S3 that refuses all units, each with its own name in the reason
    for unit in ("data", "network", "storage"):
        said = f"not authorized to perform: s3:GetObject on arn:aws:s3::{path(unit)}"
        s3.answers[path(unit)] = error(403, "AccessDenied", said)

    # When the outputs are read, then the reason is said once
    assert refusal(s3, "network", "data", "storage") == snapshot


def test_units_that_fail_for_several_reasons_are_all_named(
    s3: AnsweringServer, snapshot: SnapshotAssertion
) -> None:
    # Given units that fail in different ways, and one that does not
    s3.answers[path("access")] = Answer(body=state())
    s3.answers[path("data")] = Answer(body=state(version=3))
    s3.answers[path("network")] = Answer(body=state(resources=[resource(STAGING)], lineage="b"))

    # When the outputs are read, then each that fails is named once, with what to do for it
    units = ("access", "application", "data", "network", "storage")
    assert refusal(s3, *units) == snapshot


def test_a_state_copied_over_another_is_refused_with_both_keys(
    s3: AnsweringServer, snapshot: SnapshotAssertion
) -> None:
    # Given a unit whose state lies under another unit's key, too
    for unit in ("data", "network"):
        s3.answers[path(unit)] = Answer(body=state())
    s3.answers[path("storage")] = Answer(body=state(lineage="b"))

    # When the outputs are read, then both are named
    assert refusal(s3, "data", "network", "storage") == snapshot


@pytest.mark.parametrize("wrong", ["data", "network"])
def test_a_wrong_state_is_told_from_one_that_is_missing(wrong: str, s3: AnsweringServer) -> None:
    # Given a state of another environment, beside a unit that has none
    s3.answers[path(wrong)] = Answer(body=state(resources=[resource(STAGING)]))

    # When the outputs are read, then the error is of the kind that no plan may be made on
    with pytest.raises(WrongStateError):
        read_outputs(session(), ENV, ["data", "network"])


def test_what_comes_a_byte_at_a_time_is_not_waited_for(
    s3: AnsweringServer, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    # Given an S3 that never breaks off and never ends, which no other limit meets
    monkeypatch.setattr(reading, "TOTAL_S", 0.2)
    s3.answers[path("data")] = Answer(body=state() * 1000, pause=0.01)

    # When the outputs are read, then reading ends
    assert refusal(s3, "data") == snapshot


def test_a_dead_endpoint_is_said_with_what_to_do(
    s3: AnsweringServer, snapshot: SnapshotAssertion
) -> None:
    # Given an address at which nothing listens
    s3.stop_answering()

    # When the outputs are read, then the message has the address
    assert refusal(s3, "data", "network") == snapshot


SSO = "sso_account_id=111111111111\nsso_role_name=deploy"
PROFILES = {
    "no credentials": "region=us-east-1",
    "half of them": "aws_access_key_id=key",
    "not logged in": f"{SSO}\nsso_region=us-east-1\nsso_start_url=https://none.invalid/never",
    "a source that is not there": "role_arn=arn:aws:iam::1:role/x\nsource_profile=nowhere",
    "a process that is not there": "credential_process=/nonexistent",
    "a process that prints no JSON": "credential_process=/bin/echo hello",
    "a token file that is not there": (
        "role_arn=arn:aws:iam::1:role/x\nweb_identity_token_file=/nonexistent"
    ),
    "no address": "aws_access_key_id=key\naws_secret_access_key=secret\nendpoint_url=nowhere",
}


@pytest.mark.parametrize("case", PROFILES)
def test_a_profile_without_usable_credentials_is_explained(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    # Given a profile
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text(f"[profile {ENV.aws_profile}]\n{PROFILES[case]}\n")

    # When the outputs are read with it
    with pytest.raises(StateError) as caught:
        read_outputs(boto3.Session(profile_name=ENV.aws_profile), ENV, ["data"])

    # Then the message names the profile, and says what to do
    assert ENV.aws_profile in caught.value.message
    assert f"{caught.value.message}\n→ {caught.value.remedy}" == snapshot


def test_units_are_the_folders_that_terragrunt_knows(tmp_path: Path) -> None:
    # Given two units, and a folder that is none
    for unit in ("network", "data"):
        (tmp_path / "dev" / unit).mkdir(parents=True)
        (tmp_path / "dev" / unit / "terragrunt.hcl").touch()
    (tmp_path / "dev" / ".terragrunt-cache").mkdir()

    # When they are listed, then the units are there, by name
    assert units_of(tmp_path, "dev") == ["data", "network"]
