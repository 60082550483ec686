"""An event bus that has a key loses it, and nothing else with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine, unique

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
OTHER = KEY.replace("1111-2222", "9999-2222")


def described(engine: Engine, bus: str) -> tuple[str | None, str]:
    found = engine.client("events").describe_event_bus(Name=bus)
    return found.get("KmsKeyIdentifier"), found["Description"]


def test_a_bus_loses_its_key(gap: Gap) -> None:
    # Given a bus with a key
    def observe(engine: Engine) -> tuple[str | None, str]:
        bus = unique("bus")
        engine.client("events").create_event_bus(Name=bus, KmsKeyIdentifier=KEY)

        # When it is updated without one, as Terraform's provider does
        engine.client("events").update_event_bus(Name=bus, Description="changed")
        return described(engine, bus)

    # Then it has EventBridge's own
    gap(observe, (None, "changed"))


def test_a_bus_gets_another_key(patched: Engine) -> None:
    # Given a bus with a key
    bus = unique("bus")
    patched.client("events").create_event_bus(Name=bus, Description="kept", KmsKeyIdentifier=KEY)

    # When it is given another
    patched.client("events").update_event_bus(Name=bus, KmsKeyIdentifier=OTHER)

    # Then it has that one
    assert described(patched, bus) == (OTHER, "kept")
