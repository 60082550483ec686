"""Requests that were done without anybody hearing of it, and are sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from unittest import mock

import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

from desk.domain.comment import Comment
from desk.domain.errors import BusyError
from desk.domain.event import Event
from desk.domain.ticket import Status, Ticket
from desk.service.tickets import change_ticket, comment_on
from tests.service import tables
from tests.service.api.client import BODY, InMemoryPersistence, Service
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import Context, cause

T = TypeVar("T")

KEY = {"Idempotency-Key": "k"}


class Killed(BaseException):
    """The invocation's time was up: nothing of it runs any more."""


class Unheard(InMemoryTickets):
    """Tickets that are written, whereupon the next of `errors` is all that is heard of it."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []

    def add(self, ticket: Ticket, event: Event) -> None:
        super().add(ticket, event)
        self._lose_the_answer()

    def comment(self, before: Ticket, after: Ticket, comment: Comment, event: Event) -> None:
        super().comment(before, after, comment, event)
        self._lose_the_answer()

    def _lose_the_answer(self) -> None:
        if self.errors:
            raise self.errors.pop()


@pytest.fixture(params=["in memory", "dynamodb"])
def persistence(request: pytest.FixtureRequest) -> BasePersistenceLayer:
    if request.param == "in memory":
        return InMemoryPersistence()
    client = request.getfixturevalue("dynamodb")
    return DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=client)


@pytest.mark.proves("D4")
def test_a_ticket_whose_writing_was_not_heard_of_is_one(
    metrics: Metrics, persistence: BasePersistenceLayer
) -> None:
    # Given a ticket that was written, but the store's answer did not come
    tickets = Unheard()
    service = Service(metrics=metrics, persistence=persistence, tickets=tickets)
    tickets.errors.append(BusyError("no answer"))
    assert service.send("POST", "/tickets", BODY, KEY).status == 503
    # When another one comes with its key / Then it is refused
    assert service.send("POST", "/tickets", BODY | {"title": "x"}, KEY).status == 422
    # When it is sent again / Then it is answered, and is the only one
    answers = [service.send("POST", "/tickets", BODY, KEY) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].status == 201
    assert [event.id for event in tickets.events] == [f"{answers[0].body['id']}#1"]


@pytest.mark.proves("D4")
def test_a_comment_whose_writing_was_not_heard_of_is_one(
    metrics: Metrics, persistence: BasePersistenceLayer
) -> None:
    # Given a comment below another that was written, but the store's answer did not come
    tickets = Unheard()
    service = Service(metrics=metrics, persistence=persistence, tickets=tickets)
    made = service.kept(status=Status.SOLVED)
    path = f"/tickets/{made.id}/comments"
    service.send("POST", path, {"text": "another"})
    tickets.errors.append(BusyError("no answer"))
    assert service.send("POST", path, {"text": "x"}, KEY).status == 503
    # When another one comes with its key / Then it is refused
    assert service.send("POST", path, {"text": "y"}, KEY).status == 422
    # When it is sent again, though the ticket takes no more by now / Then it is answered
    change_ticket(tickets, service.teams, made.id, {"status": Status.CLOSED}, cause(), None)
    answers = [service.send("POST", path, {"text": "x"}, KEY) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0].status, answers[0].body["text"]) == (201, "x")
    # And is the only one
    assert [each.id for each in tickets.comments_of(made.id)[1:]] == [answers[0].body["id"]]


class Overtaken(InMemoryTickets):
    """Tickets of which the first read is followed by what somebody else does meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def get(self, ticket_id: str) -> Ticket:
        return self._overtaken(super().get(ticket_id))

    def find_comment(self, ticket_id: str, comment_id: str) -> Comment | None:
        return self._overtaken(super().find_comment(ticket_id, comment_id))

    def _overtaken(self, read: T) -> T:
        if self.meanwhile:
            self.meanwhile.pop()()
        return read


def test_a_comment_that_is_written_while_it_is_looked_for_is_one(metrics: Metrics) -> None:
    # Given a try that was given up on, and writes its comment only while the next one reads
    tickets = Overtaken()
    made = Service(metrics=metrics, tickets=tickets).kept()
    comment = partial(
        comment_on, tickets, made.id, comment_id="01J0", text="x", cause=cause(), may_be_done=True
    )
    tickets.meanwhile.append(comment)
    # When the next one is done / Then it finds the comment, and there is one
    assert comment().id == "01J0"
    assert [each.id for each in tickets.comments_of(made.id)] == ["01J0"]


def test_a_comment_that_was_not_written_is(metrics: Metrics) -> None:
    # Given a comment that the store had no room for, below a ticket with another
    tickets = Unheard()
    service = Service(metrics=metrics, tickets=tickets)
    path = f"/tickets/{service.kept().id}/comments"
    service.send("POST", path, {"text": "other"})
    with mock.patch.object(InMemoryTickets, "comment", side_effect=BusyError("no room")):
        assert service.send("POST", path, {"text": "x"}, KEY).status == 503
    # When it is sent again / Then it is written
    assert service.send("POST", path, {"text": "x"}, KEY).status == 201
    found = service.send("GET", path).body["comments"]
    assert {each["text"] for each in found} == {"other", "x"}


def test_a_ticket_whose_writer_was_killed_is_one(metrics: Metrics, dynamodb: Any) -> None:
    # Given an invocation that wrote a ticket, and was killed when its time was up
    tickets = Unheard()
    records = DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=dynamodb)
    service = Service(metrics=metrics, persistence=records, tickets=tickets)
    tickets.errors.append(Killed())
    over = mock.patch.object(Context, "get_remaining_time_in_millis", return_value=-1)
    with over, pytest.raises(Killed):
        service.send("POST", "/tickets", BODY, KEY)
    # When it is sent again / Then it is answered, and is the only one
    answer = service.send("POST", "/tickets", BODY, KEY)
    assert answer.status == 201
    assert [event.id for event in tickets.events] == [f"{answer.body['id']}#1"]


def test_a_tickets_id_says_when_its_key_first_came(metrics: Metrics) -> None:
    # Given a ticket that could not be written at first, and another written meanwhile
    tickets = Unheard()
    service = Service(metrics=metrics, tickets=tickets)
    with mock.patch.object(InMemoryTickets, "add", side_effect=BusyError("no room")):
        service.send("POST", "/tickets", BODY, KEY)
    service.clock.pass_(timedelta(seconds=1))
    other = service.send("POST", "/tickets", BODY)
    # When it is sent again / Then it stands before the other
    assert service.send("POST", "/tickets", BODY, KEY).body["id"] < other.body["id"]
