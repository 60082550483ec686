"""A secret without a value has no version, and its first value has no predecessor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from desk.adapters.secrets import Secret

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]
MISSING = "ResourceNotFoundException"


def read(engine: Engine, secret: str, stage: str) -> str | None:
    """A secret's value, or the code of what AWS says instead."""
    try:
        answer = engine.client("secretsmanager").get_secret_value(
            SecretId=secret, VersionStage=stage
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return answer.get("SecretString")


def test_the_first_value_has_no_predecessor(gap: Gap) -> None:
    # Given a secret that was created without a value, as Terraform does
    def observe(engine: Engine) -> list[Any]:
        secrets = engine.client("secretsmanager")
        created = secrets.create_secret(Name=unique("secret"))
        seen: list[Any] = ["VersionId" in created]

        # When it gets a first value, and a second
        for value in (None, "first", "second"):
            if value:
                secrets.put_secret_value(SecretId=created["ARN"], SecretString=value)
            seen.append([read(engine, created["ARN"], f"AWS{s}") for s in ("CURRENT", "PREVIOUS")])
        return seen

    # Then there is what was put, and nothing else
    gap(observe, [False, [MISSING, MISSING], ["first", MISSING], ["second", "first"]])


def test_a_secret_that_is_created_with_a_value_has_it(patched: Engine) -> None:
    secrets = patched.client("secretsmanager")
    created = secrets.create_secret(Name=unique("secret"), SecretString="value")
    assert created["VersionId"]
    assert read(patched, created["ARN"], "AWSCURRENT") == "value"


def test_a_name_that_is_taken_is_refused(patched: Engine) -> None:
    secrets, name = patched.client("secretsmanager"), unique("secret")
    secrets.create_secret(Name=name)
    with pytest.raises(ClientError, match="ResourceExistsException"):
        secrets.create_secret(Name=name)


def test_the_desk_reads_what_may_have_signed_a_page_token(gap: Gap) -> None:
    # Given the secret of page tokens, as the module `application` makes it
    def observe(engine: Engine) -> tuple[str, ...] | str:
        client = engine.client("secretsmanager")
        arn = client.create_secret(Name=unique("secret"))["ARN"]
        client.put_secret_value(SecretId=arn, SecretString="signs")
        # When the API looks for the key of a token, the previous one included
        try:
            return Secret(lambda: client, arn).valid()
        except Exception as error:  # noqa: BLE001  whatever it is, the API answers 500
            return type(error).__name__

    # Then there is the one
    gap(observe, ("signs",))
