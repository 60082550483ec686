"""A log group that is there already gets a key, and loses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"


def key_of(engine: Engine, group: str) -> str | None:
    found = engine.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    key: str | None = found[0].get("kmsKeyId")
    return key


def test_a_log_group_that_is_there_gets_a_key(gap: Gap) -> None:
    # Given a log group without a key
    def observe(engine: Engine) -> str | None:
        group = unique("group")
        engine.client("logs").create_log_group(logGroupName=group)

        # When it is given one
        try:
            engine.client("logs").associate_kms_key(logGroupName=group, kmsKeyId=KEY)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return key_of(engine, group)

    # Then it has it
    gap(observe, KEY)


def test_a_log_group_loses_its_key(gap: Gap) -> None:
    # Given a log group with a key
    def observe(engine: Engine) -> str | None:
        group = unique("group")
        engine.client("logs").create_log_group(logGroupName=group, kmsKeyId=KEY)

        # When it is taken away
        try:
            engine.client("logs").disassociate_kms_key(logGroupName=group)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return key_of(engine, group)

    # Then it has none
    gap(observe, None)


def test_a_log_group_that_is_not_there_gets_none(patched: Engine) -> None:
    # When
    with pytest.raises(ClientError) as caught:
        patched.client("logs").associate_kms_key(logGroupName=unique("group"), kmsKeyId=KEY)

    # Then
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
