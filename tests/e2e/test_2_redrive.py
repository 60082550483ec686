"""An event that nothing can read is put aside, and processed after all once it is mended."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.proves("A8", "S3")]
TABLE, TEAM = "desk-dev-table", "redriven"
TICKET = "01J0000000000000000000000X"


def _waiting(world: World) -> list[dict[str, Any]]:
    done = world.baton("redrive", "list", "dev", "--json")
    assert done.returncode in (0, 3), done.stderr
    waiting: list[dict[str, Any]] = json.loads(done.stdout)
    assert bool(waiting) == (done.returncode == 3)
    return waiting


def _unreadable_event(world: World) -> dict[str, Any]:
    """An event's item like one that the service has written, of a type that nobody knows."""
    due_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"title": "Printer on fire", "team": TEAM, "due_at": due_at}
    status, ticket = world.call("dev", "POST", "/tickets", body)
    assert status == 201, ticket
    key = {"pk": {"S": f"TICKET#{ticket['id']}"}, "sk": {"S": "EVENT#0000000001"}}
    written = world.client("dev", "dynamodb").get_item(TableName=TABLE, Key=key)["Item"]
    return written | {
        "pk": {"S": f"TICKET#{TICKET}"},
        "ticket_id": {"S": TICKET},
        "event_id": {"S": f"{TICKET}#1"},
        "type": {"S": "TicketTeleported"},
    }


def _open_tickets(world: World) -> int:
    return int(world.call("dev", "GET", f"/teams/{TEAM}/stats")[1]["open"]["normal"])


def test_what_is_parked_is_listed_and_replayed_once_it_is_mended(world: World) -> None:
    # Given an event in the outbox that the processor can make nothing of
    world.client("dev", "dynamodb").put_item(TableName=TABLE, Item=_unreadable_event(world))

    # When the stream has come to it, Then it waits in the quarantine, and the list says why
    ends = time.monotonic() + 60
    while not (waiting := _waiting(world)) and time.monotonic() < ends:
        time.sleep(1)
    (parked,) = waiting
    assert parked["source"] == "quarantine"
    assert "type" in parked["reason"]
    assert _open_tickets(world) == 1

    # When it is replayed as it is, Then it is refused again, and waits as before
    assert world.baton("redrive", "replay", "dev", "--all", "--dry-run").returncode == 3
    refused = world.baton("redrive", "replay", "dev", "--all")
    assert refused.returncode == 1, refused.stderr
    assert _waiting(world) == [parked]

    # When a person has mended it, and it is replayed, Then it is counted, and nothing waits
    _mend(world)
    replayed = world.baton("redrive", "replay", "dev", "--all")
    assert replayed.returncode == 0, replayed.stderr
    assert _open_tickets(world) == 2
    assert _waiting(world) == []


def _mend(world: World) -> None:
    s3 = world.client("dev", "s3")
    bucket = f"desk-dev-{world.settings('dev')['account_id']}-data"
    (listed,) = s3.list_objects_v2(Bucket=bucket, Prefix="quarantine/")["Contents"]
    record = json.loads(s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"].read())
    record["dynamodb"]["NewImage"]["type"]["S"] = "TicketCreated"
    s3.put_object(Bucket=bucket, Key=listed["Key"], Body=json.dumps(record).encode())
