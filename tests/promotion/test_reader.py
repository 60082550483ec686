"""What was promoted below is read with the one role that may, whoever promotes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from codegen.errors import BatonError
from pipeline.adapters import reader
from pipeline.adapters.reader import store_below
from tests.pipeline.builders import environment

DEV, STAGING = environment("dev"), environment("staging")
TAKEN = {"AccessKeyId": "key", "SecretAccessKey": "secret", "SessionToken": "token"}


class Sts:
    """STS, as far as it is asked here."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: dict[str, Any] = {}
        self.refuses = refuses

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        if self.refuses:
            error = {"Error": {"Code": self.refuses, "Message": "is not authorized"}}
            raise ClientError(error, "AssumeRole")
        self.asked = asked
        return {"Credentials": TAKEN}


EMULATED = Sts()


def _target(name: str, sessions: dict[str, Sts]) -> Any:
    def session(of: Any) -> Any:
        credentials = Credentials(of.account_id, "secret")
        return SimpleNamespace(
            client=lambda _: sessions[of.name], get_credentials=lambda: credentials
        )

    return SimpleNamespace(name=name, session=session, guarded=lambda session, _: session)


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The sessions that are made of credentials: their arguments. STS is that of the first."""
    made: list[dict[str, Any]] = []

    def session(**arguments: Any) -> Any:
        made.append(arguments)
        return SimpleNamespace(client={"sts": EMULATED, "s3": None}.__getitem__)

    monkeypatch.setattr(reader.boto3, "Session", session)
    monkeypatch.setattr(reader, "check_account", lambda session, environment: None)
    return made


def test_on_aws_the_role_is_taken_by_whoever_promotes(made: list[dict[str, Any]]) -> None:
    # Given a caller who has a profile of staging, and none of dev
    sts = Sts()

    store = store_below(_target("aws", {"staging": sts}), DEV, STAGING)

    assert sts.asked["RoleArn"] == "arn:aws:iam::111111111111:role/desk-dev-release-reader"
    assert sts.asked["RoleSessionName"] == "desk-staging-promotion"
    assert store.bucket == DEV.artifact_bucket
    (taken,) = made
    assert taken["aws_session_token"] == "token"
    assert taken["profile_name"] is None


def test_locally_the_account_above_asks_the_emulator_below(made: list[dict[str, Any]]) -> None:
    store_below(_target("local", {}), DEV, STAGING)

    assert EMULATED.asked["RoleArn"].startswith("arn:aws:iam::111111111111:")
    asking, taken = made
    assert asking["aws_access_key_id"] == STAGING.account_id
    assert taken["aws_session_token"] == "token"
    for session in made:
        assert session["profile_name"] == "desk-dev"  # whose endpoint is the emulator's


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
def test_a_role_that_is_not_there_or_not_for_us_is_named_with_what_to_do(code: str) -> None:
    with pytest.raises(BatonError, match="may not read the releases of dev") as raised:
        store_below(_target("aws", {"staging": Sts(code)}), DEV, STAGING)

    assert "role/desk-dev-release-reader" in raised.value.message
    assert "./baton build && ./baton promote dev" in raised.value.remedy


def test_any_other_refusal_is_told_as_it_is() -> None:
    with pytest.raises(BatonError, match="ExpiredToken"):
        store_below(_target("aws", {"staging": Sts("ExpiredToken")}), DEV, STAGING)


def test_the_session_is_as_long_as_a_role_that_takes_a_role_may_have() -> None:
    sts = Sts()

    store_below(_target("aws", {"staging": sts}), DEV, STAGING)

    # docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html, role chaining
    assert sts.asked["DurationSeconds"] == 3600


def test_an_emulator_below_that_dies_is_called_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4001/")

    monkeypatch.setattr(EMULATED, "assume_role", refuses)

    with pytest.raises(BatonError, match=r"^dev does not answer") as raised:
        store_below(_target("local", {}), DEV, STAGING)

    assert raised.value.remedy == "./baton local start"


def test_the_emulator_below_must_be_this_checkouts_own() -> None:
    target = _target("local", {})
    guarded: list[str] = []

    def guard(session: Any, environment: Any) -> Any:
        guarded.append(environment.name)
        return session

    target.guarded = guard

    store_below(target, DEV, STAGING)

    # both that which asks for the role, and that which has it
    assert guarded == ["dev", "dev"]
