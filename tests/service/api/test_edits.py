from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from desk.domain.errors import StaleTicketError
from desk.domain.event import Event, EventType
from desk.domain.ticket import Status, Ticket
from desk.service import tickets as use_cases
from tests.service.api.client import Service
from tests.service.api.gateway import proxy_event
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import cause, ticket


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


def edit(
    service: Service, kept: Ticket, body: Any, if_match: str | None = '"1"'
) -> tuple[int, Any]:
    headers = {} if if_match is None else {"If-Match": if_match}
    answer = service.send("PATCH", f"/tickets/{kept.id}", body, headers)
    return answer.status, answer.body


def test_a_ticket_is_changed(service: Service) -> None:
    # Given a ticket of somebody's
    kept = service.kept(assignee="ada")
    # When fields are changed, and it is taken off them
    change = {
        "title": "New",
        "team": "net",
        "assignee": None,
        "priority": "urgent",
        "status": "open",
        "due_at": "2026-04-01T00:00:00Z",
    }
    status, body = edit(service, kept, change)
    # Then the answer is the next version, which is stored with an event, and its team is there
    assert (status, body["version"]) == (200, 2)
    assert change.items() <= body.items()
    stored = service.tickets.get(kept.id)
    assert (stored.assignee, stored.status, stored.version) == (None, Status.OPEN, 2)
    assert service.tickets.events[-1].type is EventType.EDITED
    assert service.teams.all() == {"net"}


@pytest.mark.parametrize("if_match", ['"1"', "*"])
def test_a_change_that_changes_nothing_makes_no_version(service: Service, if_match: str) -> None:
    # Given a ticket / When it is given the title it has
    kept = service.kept()
    answer = service.send(
        "PATCH", f"/tickets/{kept.id}", {"title": kept.title}, {"If-Match": if_match}
    )
    # Then the answer is the ticket as it is, and there is no event
    assert (answer.status, answer.headers["ETag"], answer.body["version"]) == (200, '"1"', 1)
    assert len(service.tickets.events) == 1


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        (None, 428),
        ('"2"', 412),
        ('"0"', 412),
        ('"01"', 412),
        ('"other"', 412),
        ('""', 412),
        ('W/"1"', 412),
        ('"99999999999999999999"', 412),
        ("1", 400),
        ("", 400),
        ('w/"1"', 400),
        ('"1", "2"', 400),
        ('"a b"', 400),
        ("**", 400),
    ],
)
def test_if_match_names_the_version_that_is_meant(
    service: Service, if_match: str | None, status: int
) -> None:
    # Given a ticket in its first version / When it is changed with a precondition
    kept = service.kept()
    answered, _ = edit(service, kept, {"title": "New"}, if_match)
    # Then only the strong tag of that version, or any version, is one that holds
    assert answered == status
    assert service.tickets.get(kept.id).version == (2 if status == 200 else 1)


def test_two_preconditions_are_refused(service: Service) -> None:
    # Given a ticket / When it is changed with two If-Match headers
    sent = [("If-Match", '"1"'), ("If-Match", '"2"'), ("Content-Type", "application/json")]
    answer = service.take(
        proxy_event("PATCH", f"/tickets/{service.kept().id}", sent, body='{"title": "x"}')
    )
    # Then neither is taken
    assert answer.status == 422


@pytest.mark.parametrize(
    ("status", "change", "answered"),
    [
        (Status.NEW, {"status": "solved"}, 409),
        (Status.SOLVED, {"status": "closed"}, 200),
        (Status.CLOSED, {"title": "x"}, 409),
        (Status.CLOSED, {"status": "closed"}, 200),
    ],
)
def test_a_change_that_the_rules_do_not_allow_is_a_conflict(
    service: Service, status: Status, change: dict[str, str], answered: int
) -> None:
    # Given a ticket in a status / When it is changed / Then the domain's rules say whether it is
    kept = service.kept(status=status)
    assert edit(service, kept, change)[0] == answered


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": None},
        {"team": None},
        {"priority": None},
        {"status": None},
        {"due_at": None},
        {"assignee": ""},
        {"assignee": "a#b"},
        {"version": 2},
        {"id": "x"},
        [],
        "title",
    ],
)
def test_a_change_that_does_not_fit_is_refused(service: Service, change: Any) -> None:
    # Given a ticket / When the change is none, empties a field or names another
    kept = service.kept()
    # Then it is refused, and nothing is written
    assert edit(service, kept, change)[0] == 422
    assert len(service.tickets.events) == 1


def test_a_change_of_a_ticket_that_is_not_there_is_not_found(service: Service) -> None:
    # Given no ticket / When it is changed / Then it is not found, whatever version was meant
    assert edit(service, ticket(), {"title": "x"})[0] == 404


def test_the_version_that_a_change_was_meant_for_is_named(service: Service) -> None:
    # Given a ticket in its first version / When the seventh is to be changed / Then that is named
    kept = service.kept()
    with pytest.raises(StaleTicketError, match="version 7"):
        use_cases.change_ticket(service.tickets, service.teams, kept.id, {}, cause(), 7)


class Moving(InMemoryTickets):
    """Tickets that somebody else changes, so many times, just before they are written."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    def update(self, before: Ticket, after: Ticket, event: Event) -> None:
        if self._times:
            self._times -= 1
            raise StaleTicketError(before.id, before.version)
        super().update(before, after, event)


@pytest.mark.parametrize(
    ("if_match", "times", "status"),
    [('"1"', 1, 412), ("*", use_cases.TRIES - 1, 200), ("*", use_cases.TRIES, 409)],
)
def test_a_ticket_that_moves_meanwhile(
    metrics: Metrics, if_match: str, times: int, status: int
) -> None:
    # Given somebody who is faster / When a version, or any, is changed
    service = Service(metrics=metrics, tickets=Moving(times))
    kept = service.kept()
    answer = service.send("PATCH", f"/tickets/{kept.id}", {"title": "x"}, {"If-Match": if_match})
    # Then a version is lost at once, and any version is tried for a while
    assert answer.status == status
    assert ("Retry-After" in answer.headers) is (status == 409)


def test_closing_is_the_same_event_whoever_does_it(service: Service) -> None:
    # Given a solved ticket / When somebody closes it, as the schedule would after a week
    made = service.kept(status=Status.SOLVED)
    path = f"/tickets/{made.id}"
    service.send("PATCH", path, {"status": "closed"}, {"If-Match": '"1"'})
    # Then whoever waits for closed tickets hears of it
    assert [event.type for event in service.tickets.events][1:] == [EventType.CLOSED]
