"""The functions' settings, read from their environment."""

from __future__ import annotations

from dataclasses import fields

import pytest

from desk.runtime.settings import (
    ApiSettings,
    ProcessorSettings,
    ScheduledSettings,
    Settings,
    SettingsError,
    read,
)
from tests.service.runtime.test_entry_points import ENVIRONMENT


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (model, name.upper())
        for model in (ApiSettings, ProcessorSettings, ScheduledSettings)
        for name in (each.name for each in fields(model))
    ],
)
def test_a_missing_setting_is_named_at_the_start(model: type[Settings], name: str) -> None:
    # Given an environment that lacks one variable / When the settings are read / Then it is named
    with pytest.raises(SettingsError, match=name):
        read(model, {key: value for key, value in ENVIRONMENT.items() if key != name})


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "desk-test-notifications",
        "arn:aws:sqs:us-east-1:123456789012:desk-test",
        "arn:aws:sns:::",
    ],
)
def test_only_a_topics_arn_is_taken_for_one(arn: str) -> None:
    # Given an environment with something else for the topic / When read / Then it is refused
    with pytest.raises(SettingsError, match="NOTIFICATIONS_TOPIC_ARN"):
        read(ProcessorSettings, ENVIRONMENT | {"NOTIFICATIONS_TOPIC_ARN": arn})


@pytest.mark.parametrize("url", ["http://example.com/hook", "example.com", "ftp://x", "https://"])
def test_only_an_https_address_is_taken_for_a_webhooks(url: str) -> None:
    # Given an environment with something else for the webhook / When read / Then it is refused
    with pytest.raises(SettingsError, match="WEBHOOK_URL"):
        read(ScheduledSettings, ENVIRONMENT | {"WEBHOOK_URL": url})


def test_a_wrong_setting_is_told_without_its_value() -> None:
    # Given an address that holds a token, and is none for another reason / When read
    with pytest.raises(SettingsError) as raised:
        read(ScheduledSettings, ENVIRONMENT | {"WEBHOOK_URL": "https://example.com/ t0ken"})
    # Then the variable is named, and what it should be, and not what it is
    assert str(raised.value) == r"WEBHOOK_URL does not match |https://\S+"
