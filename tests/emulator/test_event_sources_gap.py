"""A role that may put events of one source puts those, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Engine, unique
from .roles import allow, role_of, taken

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]


def put(engine: Engine, source: str) -> str:
    """What becomes of an event that is put by whoever may put those of the desk."""
    bus = engine.client("events").create_event_bus(Name=unique("bus"))["EventBusArn"]
    may = allow("events:PutEvents", resource=bus, StringEquals={"events:source": "desk"})
    client = taken(engine, role_of(engine, may))("events")
    entry = {"Source": source, "DetailType": "TicketCreated", "Detail": "{}", "EventBusName": bus}
    try:
        answer = client.put_events(Entries=[entry])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return f"{answer['FailedEntryCount']} failed"


def test_an_event_of_the_source_that_a_policy_names_is_taken(gap: Gap) -> None:
    # Given a role that may put events of the desk / When it puts one / Then it is taken
    gap(lambda engine: put(engine, "desk"), "0 failed")


def test_an_event_of_another_source_is_refused(patched: Engine) -> None:
    # Given a role that may put events of the desk / When it puts another's / Then it may not
    assert put(patched, "payroll") == "AccessDeniedException"
