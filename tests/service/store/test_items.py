"""What is in the table: the items that the ports write on DynamoDB, on each engine."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from desk.domain import documents
from desk.domain.errors import StaleTicketError
from desk.domain.event import Event
from desk.domain.jobs import Job, Lease
from desk.domain.processing import Stage
from desk.domain.ticket import Cause, Status
from desk.ports.processing import Quarantined
from desk.store import event_item, ticket_item
from desk.store.attributes import plain
from desk.store.table import Table
from desk.store.watchers import WATCHER_LIMIT, DynamoWatchers
from tests.service import tables
from tests.service.samples import (
    DAY,
    HOUR,
    NOW,
    cause,
    changed,
    closed,
    created,
    edited,
    solved,
    ticket,
)
from tests.service.stores import Store, on_dynamodb

META = {"pk": {"S": f"TICKET#{ticket().id}"}, "sk": {"S": "META"}}
PARKED = Quarantined(
    day=date(2026, 3, 10),
    sequence_number="100",
    item_key={"pk": "TICKET#01J0", "sk": "EVENT#0000000001"},
    object_key="quarantine/2026-03-10/100.json",
    reason="type is none that is known",
)


@pytest.fixture
def store(desk_client: Any) -> Store:
    return on_dynamodb(desk_client)


def stored(client: Any, prefix: str) -> list[dict[str, Any]]:
    return [plain(item) for item in tables.items(client, prefix)]


def meta(client: Any) -> dict[str, Any]:
    return client.get_item(TableName=tables.TABLE, Key=META)["Item"]


def test_a_ticket_stands_where_the_indexes_look(desk_client: Any, store: Store) -> None:
    # Given an urgent ticket with an assignee / When it is there
    store.having(ticket(assignee="ann", due_at=NOW + HOUR))
    # Then it has the keys of its lists
    keys = {name: value for name, value in plain(meta(desk_client)).items() if name[:3] == "gsi"}
    assert keys == {
        "gsi1pk": "ASSIGNEE#ann",
        "gsi1sk": f"new#2026-03-10T13:30:00Z#{ticket().id}",
        "gsi2pk": "TEAM#ops#new",
        "gsi2sk": f"2-normal#2026-03-10T12:30:00Z#{ticket().id}",
        "gsi3pk": f"DUE#2026-03-10T13#{ticket_item.shard(ticket().id)}",
        "gsi3sk": f"2026-03-10T13:30:00Z#{ticket().id}",
    }


@pytest.mark.parametrize(
    ("status", "partition"), [("solved", "SOLVED#2026-03-10#"), ("closed", "CLOSED#2026-03-10#")]
)
def test_what_is_done_is_under_no_deadline(
    desk_client: Any, store: Store, status: str, partition: str
) -> None:
    # Given a ticket / When it is solved, or closed / Then the clock knows it as that only
    store.having(ticket())
    store.solve(ticket()) if status == "solved" else store.close(ticket())
    item = plain(meta(desk_client))
    assert item["gsi3pk"] == f"{partition}{ticket_item.shard(ticket().id)}"
    assert item["gsi3sk"] == f"2026-03-10T12:30:00Z#{ticket().id}"


def test_what_newer_code_has_written_stays(desk_client: Any, store: Store) -> None:
    # Given a ticket with an attribute that this code does not know
    store.having(ticket())
    desk_client.put_item(TableName=tables.TABLE, Item={**meta(desk_client), "mood": {"S": "angry"}})
    # When it is read and changed / Then the attribute is still there
    store.edit(store.tickets.get(ticket().id), title="another")
    assert meta(desk_client)["mood"] == {"S": "angry"}


def test_what_older_code_has_written_is_read(desk_client: Any, store: Store) -> None:
    # Given an item from before tickets had assignees and could be solved
    store.having(ticket())
    older = {"assignee", "solved_at", "closed_at", "escalated_for"}
    assert older.isdisjoint(meta(desk_client))
    # When it is read / Then it is a ticket without
    assert store.tickets.get(ticket().id) == ticket()


def test_what_newer_code_has_written_is_archived_too(desk_client: Any, store: Store) -> None:
    # Given a ticket with attributes that this code knows nothing of, of every kind
    store.having(ticket())
    newer = {
        "labels": {"SS": ["b", "a"]},
        "weights": {"NS": ["1.5", "2"]},
        "digests": {"BS": [b"\x00"]},
        "digest": {"B": b"\x01"},
        "effort": {"N": "1.5"},
        "nothing": {"NULL": True},
        "nested": {"M": {"inner": {"L": [{"N": "1"}, {"B": b"\x02"}]}}},
    }
    desk_client.put_item(TableName=tables.TABLE, Item=meta(desk_client) | newer)
    # When all of it is read / Then it can become a document, as it is
    (item,) = (each for each in store.archive.read(ticket().id) if each["sk"] == "META")
    assert json.loads(documents.text({name: item[name] for name in newer})) == {
        "labels": ["a", "b"],
        "weights": ["1.5", 2],
        "digests": ["AA=="],
        "digest": "AQ==",
        "effort": "1.5",
        "nothing": None,
        "nested": {"inner": [1, "Ag=="]},
    }


def test_a_ticket_is_not_written_without_its_event(desk_client: Any, store: Store) -> None:
    # Given that the event of a new ticket is there already, as nothing should have done
    item = event_item.key(created(ticket()))
    desk_client.put_item(
        TableName=tables.TABLE, Item={name: {"S": value} for name, value in item.items()}
    )
    # When the ticket is added / Then that is no matter of versions, and nothing is written
    with pytest.raises(Exception, match="conditions of writes") as raised:
        store.tickets.add(ticket(), created(ticket()))
    assert not isinstance(raised.value, StaleTicketError)
    assert len(tables.items(desk_client, "TICKET#")) == 1


@pytest.mark.parametrize(
    "event",
    [created(ticket()), changed(ticket(), edited(ticket(), team="sales"))],
    ids=["created", "transferred"],
)
def test_an_event_is_read_as_it_was_written(desk_client: Any, store: Store, event: Event) -> None:
    # Given an event's item in the table / When it is read / Then it is the event, and expires
    store.tickets.add(ticket()._replace(version=event.version), event)
    (item,) = [i for i in tables.items(desk_client) if i["sk"]["S"].startswith("EVENT#")]
    assert event_item.from_image(item) == event
    assert int(item["expires_at"]["N"]) == int((NOW + 30 * DAY).timestamp())
    assert "team" not in item


def test_what_was_done_is_remembered_for_two_days(desk_client: Any, store: Store) -> None:
    # Given an event / When it is counted and notified / Then both markers expire in two days
    event = created(ticket())
    store.statistics.count(event, NOW)
    store.progress.mark(event.id, Stage.NOTIFY, NOW)
    store.progress.mark(event.id, Stage.NOTIFY, NOW + HOUR)
    expires_at = int((NOW + 2 * DAY).timestamp())
    assert stored(desk_client, "SEEN#") == [
        {"pk": f"SEEN#{event.id}", "sk": sk, "entity": "Seen", "expires_at": expires_at}
        for sk in ("aggregate", "notify")
    ]


def test_a_parked_record_is_pointed_to_once(desk_client: Any, store: Store) -> None:
    # Given a record that is parked / When that is kept, and again an hour later
    store.quarantine.add(PARKED, NOW)
    store.quarantine.add(PARKED, NOW + HOUR)
    # Then there is one pointer, as it was first
    assert stored(desk_client, "QUARANTINE#") == [
        {
            "pk": "QUARANTINE#2026-03-10",
            "sk": "100",
            "entity": "Quarantined",
            "schema_version": 1,
            "item_pk": "TICKET#01J0",
            "item_sk": "EVENT#0000000001",
            "object_key": "quarantine/2026-03-10/100.json",
            "reason": "type is none that is known",
            "parked_at": "2026-03-10T12:30:00Z",
            "expires_at": int((NOW + 90 * DAY).timestamp()),
        }
    ]


def test_a_lease_does_not_expire_as_items_do(desk_client: Any, store: Store) -> None:
    # Given a lease / When it is taken / Then it has no attribute that the table would delete it by
    store.jobs.acquire(Lease(Job.SWEEP, "run", NOW, NOW + HOUR))
    (item,) = stored(desk_client, "JOB#")
    assert (item["pk"], item["sk"]) == ("JOB#sweep", "LEASE")
    assert item["held_until"] == "2026-03-10T13:30:00Z"
    assert "expires_at" not in item


def test_a_ticket_can_have_a_hundred_watchers(desk_client: Any, store: Store) -> None:
    # Given a ticket with 99 watchers / When two more come / Then one may, and the other not
    store.having(ticket())
    desk_client.put_item(
        TableName=tables.TABLE,
        Item={**meta(desk_client), "watchers": {"N": str(WATCHER_LIMIT - 1)}},
    )
    watchers = DynamoWatchers(Table(desk_client, tables.TABLE))
    watchers.add(ticket().id, "ann", cause())
    with pytest.raises(Exception, match="100 watchers"):
        watchers.add(ticket().id, "bob", cause())
    assert meta(desk_client)["watchers"] == {"N": "100"}


def test_who_let_somebody_watch_stands_on_the_watcher(desk_client: Any, store: Store) -> None:
    # Given a ticket / When somebody is made to watch it, and once more by somebody else
    store.having(ticket())
    store.watchers.add(ticket().id, "ann", cause())
    store.watchers.add(ticket().id, "ann", Cause("iam:other", NOW + HOUR, "c-2"))
    # Then the item says who did it, when, and within which request: the first one
    (item,) = (each for each in stored(desk_client, "TICKET#") if each["entity"] == "Watcher")
    assert {name: item[name] for name in ("actor", "created_at", "correlation_id")} == {
        "actor": "api-key:k1",
        "created_at": "2026-03-10T12:30:00Z",
        "correlation_id": "c-1",
    }


def test_a_ticket_that_is_gone_does_not_come_back_with_its_watchers(
    desk_client: Any, store: Store
) -> None:
    # Given a watcher whose ticket is gone / When the watcher leaves / Then there is no new ticket
    store.having(ticket())
    store.watchers.add(ticket().id, "ann", cause())
    desk_client.delete_item(TableName=tables.TABLE, Key=META)
    store.watchers.remove(ticket().id, "ann")
    assert "META" not in [item["sk"] for item in store.archive.read(ticket().id)]


def test_statuses_of_the_clock_are_told_apart() -> None:
    # Given a ticket in each status of its life / Then its place in the clock is its status's
    places = {
        each.status: ticket_item.to_item(each)["gsi3pk"].split("#")[0]
        for each in (ticket(), edited(ticket(), status=Status.OPEN), solved(ticket()))
    }
    assert places == {Status.NEW: "DUE", Status.OPEN: "DUE", Status.SOLVED: "SOLVED"}
    assert ticket_item.to_item(closed(ticket()))["gsi3pk"].startswith("CLOSED#")
