"""What AWS says when it is not well, or this machine is not, comes with what helps."""

from __future__ import annotations

import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from codegen.errors import BatonError
from pipeline.adapters.aws import explained
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.builders import environment

DEV = environment()


def _remedy(error: Exception) -> str:
    with pytest.raises(BatonError, match="could not look") as raised, explained(DEV, "look"):
        raise error
    return raised.value.remedy


def _said(code: str, message: str = "", date: str = "") -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400, "HTTPHeaders": {"date": date}},
    }
    return ClientError(answer, "Look")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "code", ["SlowDown", "Throttling", "TooManyRequestsException", "InternalError", "503"]
)
def test_what_is_busy_is_to_be_tried_again(code: str) -> None:
    assert _remedy(_said(code)).endswith("wait a minute, then run the same command again")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestTimeTooSkewed", "The difference between the request time and the server's"),
        ("SignatureDoesNotMatch", "Signature expired: 20260101T000000Z is now earlier than"),
        ("InvalidSignatureException", "Signature not yet current: 20260101T000000Z is still"),
    ],
)
def test_a_clock_that_is_wrong_is_told_and_by_how_much(code: str, message: str) -> None:
    now = datetime.datetime.now(datetime.UTC)
    theirs = format_datetime(now - datetime.timedelta(minutes=20), usegmt=True)

    assert "clock is wrong by 20 minutes, ahead:" in _remedy(_said(code, message, theirs))
    assert "clock is wrong: set it" in _remedy(_said(code, message))


def test_a_signature_that_does_not_match_for_another_reason_is_not_the_clocks() -> None:
    assert "credentials" in _remedy(_said("SignatureDoesNotMatch", "check your key"))


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectTimeoutError])
def test_a_service_that_is_silent_does_not_answer(error: type[Exception]) -> None:
    assert "network" in _remedy(error(endpoint_url="https://s3"))  # type: ignore[call-arg]


def test_every_client_repeats_what_fails_and_waits_for_nothing_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a profile
    keys = "aws_access_key_id = key\naws_secret_access_key = secret\n"
    (tmp_path / "config").write_text(f"[profile desk-dev]\nregion = us-east-1\n{keys}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    session = Target("aws", Checkout(tmp_path, tmp_path)).session(DEV)

    # When clients of services that nobody has thought of are made, Then they are patient, not more
    for service in ("s3", "sts", "cloudformation", "lambda", "dynamodb"):
        config = session.client(service).meta.config  # type: ignore[call-overload]
        assert config.retries == {"mode": "standard", "total_max_attempts": 5}
        assert (config.connect_timeout, config.read_timeout) == (5, 25)
