"""The keys that the smoke test and redrive look for are those that the application writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from desk.domain.errors import PermanentEventError
from desk.domain.processing import Stage
from desk.domain.ticket import Status
from desk.ports.processing import Quarantined
from desk.processing.record import quarantined
from desk.store import counter_item, event_item, quarantine_item, seen_item, ticket_item
from pipeline.redrive import keys as redrive
from tests.service.samples import NOW, created, ticket
from verification import keys
from verification.keys import Key


def key_of(item: Mapping[str, Any]) -> Key:
    return str(item["pk"]), str(item["sk"])


def test_a_tickets_items_are_found_by_its_id() -> None:
    # Given a ticket / When it is stored / Then it and its events are where they are looked for
    made = ticket()
    assert ticket_item.partition(made.id) == f"{keys.TICKET}{made.id}"
    stored = ticket_item.to_item(made)
    assert stored[f"{keys.TEAM_INDEX}pk"] == keys.team_tickets(made.team, "new")
    assert (ticket_item.TEAM_INDEX, Status.NEW.value) == (keys.TEAM_INDEX, "new")


def test_an_event_and_its_markers_are_found_by_its_id() -> None:
    # Given an event / When it is stored / Then its key says its id, and that its markers
    event = created(ticket())
    key = key_of(event_item.to_item(event))
    assert key[1].startswith(keys.EVENT)
    assert key[1].startswith(redrive.EVENT)
    assert keys.event_id(key) == redrive.event_id(key) == event.id
    stages = list(Stage)
    assert (stages[0].value, stages[-1].value) == (keys.FIRST_STAGE, redrive.LAST_STAGE)
    for stage in stages:
        made = key_of(seen_item.to_item(event.id, stage, NOW))
        assert made == keys.marker(event.id, stage.value) == redrive.marker(event.id, stage.value)


def test_what_a_team_leaves_behind_is_found_by_its_name() -> None:
    assert counter_item.partition("ops") == keys.statistics("ops")


def test_a_parked_record_is_found_by_its_day() -> None:
    parked = Quarantined(date(2026, 3, 2), "100", {}, "o", "no reason")
    assert key_of(quarantine_item.to_item(parked, NOW))[0] == redrive.quarantine(date(2026, 3, 2))


def test_a_parked_record_that_does_not_say_when_it_was_made_is_found_too() -> None:
    undated = {"dynamodb": {"SequenceNumber": "100"}}
    assert quarantined(undated, PermanentEventError("no event")).day == redrive.UNDATED
