from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from desk.domain.event import EventType, of_change
from tests.service.api.client import BODY, Service
from tests.service.in_memory import InMemoryTeams
from tests.service.samples import NOW, cause, ticket


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


def test_a_ticket_is_created(service: Service) -> None:
    # Given a body that fits / When it is posted
    answer = service.send("POST", "/tickets", BODY | {"assignee": "ada@example.com"})
    # Then the ticket is there, and the answer says where and in which version
    assert answer.status == 201
    assert answer.headers["Location"] == f"/tickets/{answer.body['id']}"
    assert answer.headers["ETag"] == '"1"'
    stored = service.tickets.get(answer.body["id"])
    assert (stored.title, stored.actor) == (BODY["title"], "api-key:k1")
    assert stored.assignee == answer.body["assignee"] == "ada@example.com"
    assert answer.body["due_at"] == "2026-03-11T07:00:00Z"
    # And so is its event, in the same correlation
    assert [event.id for event in service.tickets.events] == [f"{answer.body['id']}#1"]
    correlation = service.tickets.events[0].correlation_id
    assert correlation == answer.headers["X-Correlation-Id"] == "gateway-1"
    # And so is its team, and it is counted
    assert service.teams.all() == {"ops"}
    assert service.metrics.metric_set["TicketsCreated"]["Value"] == [1.0]


def test_ids_of_one_second_are_in_the_order_of_creation(service: Service) -> None:
    # Given two tickets, posted within a second / When their ids are compared
    first = service.send("POST", "/tickets", BODY).body["id"]
    service.clock.pass_(timedelta(milliseconds=5))
    second = service.send("POST", "/tickets", BODY).body["id"]
    # Then the later one is greater
    assert first < second


def test_a_team_made_up_for_a_smoke_test_is_not_registered(service: Service) -> None:
    # Given the team of a smoke test / When a ticket is posted for it
    assert service.send("POST", "/tickets", BODY | {"team": "smoke-0123456789ab"}).status == 201
    # Then it takes no other team's place
    assert service.teams.all() == frozenset()


def test_a_team_too_many_is_a_conflict(service: Service) -> None:
    # Given as many teams as there can be / When a ticket is posted for one more
    service = Service(metrics=service.metrics, teams=InMemoryTeams(limit=0))
    # Then it is refused, and nothing is written
    assert service.send("POST", "/tickets", BODY).status == 409
    assert service.tickets.events == []


def test_a_ticket_is_read_with_its_version(service: Service) -> None:
    # Given a ticket in its second version
    kept = service.kept(due_at=NOW)
    after = kept.escalated(cause())
    service.tickets.update(kept, after, of_change(EventType.ESCALATED, kept, after))
    # When it is read
    answer = service.send("GET", f"/tickets/{kept.id}")
    # Then its version is the ETag
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.body["priority"], answer.body["escalated"]) == ("high", True)


def test_many_tickets_come_in_the_order_asked_for(service: Service) -> None:
    # Given two tickets / When they are asked for, one twice, and one that there is not
    one, two, missing = ticket(1), ticket(2), ticket(3)
    service.keep(one, two)
    ids = [two.id, missing.id, one.id, two.id]
    answer = service.send("POST", "/tickets:batchGet", {"ids": ids})
    # Then each comes once, and the missing one is named
    assert answer.status == 200
    assert [each["id"] for each in answer.body["tickets"]] == [two.id, one.id]
    assert answer.body["missing"] == [missing.id]


@pytest.mark.parametrize(
    ("ids", "status"),
    [
        ([], 422),
        (["x"], 422),
        ([ticket().id.lower()], 422),
        ([ticket().id + "\n"], 422),
        ([ticket().id, 1], 422),
        (None, 422),
        ([ticket(number).id for number in range(100)], 200),
        ([ticket(number).id for number in range(101)], 422),
        ([ticket().id] * 100, 200),
    ],
)
def test_a_batch_has_one_to_a_hundred_ids(service: Service, ids: Any, status: int) -> None:
    # Given a list of ids / When it is asked for / Then it is taken if it is ids, and not too many
    assert service.send("POST", "/tickets:batchGet", {"ids": ids}).status == status


@pytest.mark.parametrize("path", ["/tickets%3AbatchGet", "/tickets%3abatchGet"])
def test_a_path_is_the_same_however_it_is_encoded(service: Service, path: str) -> None:
    # Given a path with its colon encoded / When it is asked for / Then it is that route
    assert service.send("POST", path, {"ids": [ticket().id]}).status == 200
