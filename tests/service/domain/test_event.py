"""How an event moves the counters, and what is told of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.counting import DayTotal, OpenTickets, movements
from desk.domain.errors import NotAllowedError
from desk.domain.event import EventType
from desk.domain.notifying import Notification, document, text
from desk.domain.teams import is_real
from desk.domain.ticket import Priority, Status
from tests.service.samples import HOUR, NOW, cause, changed, created, edited, solved, ticket


def test_a_new_ticket_counts_as_open_and_on_its_day() -> None:
    # Given the event of a new ticket / When it is counted / Then both counters go up
    assert movements(created(ticket())) == {
        OpenTickets("ops", Priority.NORMAL): 1,
        DayTotal("ops", "2026-03-10", Status.NEW): 1,
    }


def test_an_escalation_moves_between_priorities() -> None:
    # Given an escalation from normal to high
    before = ticket(due_at=NOW - HOUR)
    event = changed(before, before.escalated(cause()), EventType.ESCALATED)
    # When it is counted / Then one goes down, one up, and no day's total moves
    assert movements(event) == {
        OpenTickets("ops", Priority.NORMAL): -1,
        OpenTickets("ops", Priority.HIGH): 1,
    }


def test_an_urgent_escalation_moves_nothing() -> None:
    # Given an escalation that changes no priority
    before = ticket(due_at=NOW - HOUR, priority=Priority.URGENT)
    event = changed(before, before.escalated(cause()), EventType.ESCALATED)
    # When it is counted / Then no counter is touched
    assert movements(event) == {}


@pytest.mark.parametrize(
    "after", [ticket().commented(cause()), edited(ticket(), title="another", assignee="ann")]
)
def test_what_counters_do_not_care_about_moves_nothing(after: Any) -> None:
    # Given a comment, or a change of text / When it is counted / Then no counter is touched
    assert movements(changed(ticket(), after)) == {}


def test_a_transfer_moves_the_open_tickets_of_both_teams() -> None:
    # Given a ticket that goes to another team, and becomes urgent
    after = edited(ticket(), team="sales", priority=Priority.URGENT)
    # When that is counted / Then one team has one less, the other one more; no day's total moves
    assert movements(changed(ticket(), after)) == {
        OpenTickets("ops", Priority.NORMAL): -1,
        OpenTickets("sales", Priority.URGENT): 1,
    }


def test_a_transfer_with_a_new_status_counts_for_the_team_that_has_it_then() -> None:
    # Given a ticket that goes to another team as it is taken up
    after = edited(ticket(), team="sales", status=Status.OPEN)
    # When that is counted / Then it came into the status there
    assert movements(changed(ticket(), after)) == {
        OpenTickets("ops", Priority.NORMAL): -1,
        OpenTickets("sales", Priority.NORMAL): 1,
        DayTotal("sales", "2026-03-10", Status.OPEN): 1,
    }


def test_what_is_done_is_open_no_more_and_a_transfer_of_it_moves_nothing() -> None:
    # Given a ticket that is solved, given away, and closed
    opened = edited(ticket(), status=Status.OPEN)
    done = edited(opened, status=Status.SOLVED)
    given_away = edited(done, team="sales")
    # When each is counted / Then only solving takes it from the open ones
    assert movements(changed(opened, done)) == {
        OpenTickets("ops", Priority.NORMAL): -1,
        DayTotal("ops", "2026-03-10", Status.SOLVED): 1,
    }
    assert movements(changed(done, given_away)) == {}
    assert movements(changed(given_away, given_away.closed(cause()), EventType.CLOSED)) == {
        DayTotal("sales", "2026-03-10", Status.CLOSED): 1
    }


def test_the_day_is_that_of_the_change() -> None:
    # Given a change on the next day (UTC) / Then it counts there
    after = edited(ticket(), NOW + 12 * HOUR, status=Status.OPEN)
    assert movements(changed(ticket(), after)) == {DayTotal("ops", "2026-03-11", Status.OPEN): 1}


edits = st.fixed_dictionaries(
    {},
    optional={
        "team": st.sampled_from(["ops", "sales", "law"]),
        "priority": st.sampled_from(Priority),
        "status": st.sampled_from([Status.OPEN, Status.WAITING, Status.SOLVED]),
    },
)


@given(st.lists(edits, max_size=10), st.randoms())
def test_all_events_together_say_what_is_open(changes: list[Any], random: Any) -> None:
    # Given a ticket's life
    current, events = ticket(), [created(ticket())]
    for edit in changes:
        try:
            after = edited(current, **edit)
        except NotAllowedError:
            continue
        events.append(changed(current, after))
        current = after
    # When its events are counted in any order
    random.shuffle(events)
    values: Counter[Any] = Counter()
    for event in events:
        values.update(movements(event))
    # Then what is open is what the ticket is now
    opened = {count: n for count, n in values.items() if isinstance(count, OpenTickets) and n}
    is_open = current.status.running
    assert opened == ({OpenTickets(current.team, current.priority): 1} if is_open else {})


def test_what_is_told_is_all_that_others_may_know() -> None:
    # Given a change of a ticket / When it is told of / Then without what the customer wrote
    after = edited(ticket(assignee="ann"), team="sales", title="secret")
    event = changed(ticket(), after)
    assert document(event) == {
        "schema_version": 1,
        "event_id": f"{ticket().id}#2",
        "type": "TicketEdited",
        "ticket_id": ticket().id,
        "version": 2,
        "team": "sales",
        "before": {"team": "ops", "status": "new", "priority": "normal"},
        "after": {"team": "sales", "status": "new", "priority": "normal"},
        "occurred_at": "2026-03-10T12:30:00Z",
        "correlation_id": "c-1",
    }
    assert json.loads(text(event)) == document(event)


def test_of_a_new_ticket_nothing_is_told_of_before() -> None:
    assert document(created(ticket()))["before"] is None


def test_each_watcher_is_told_with_an_id_of_their_own() -> None:
    # Given an event that two watch / Then each message has its id, the same whenever it is sent
    event = changed(ticket(), solved(ticket()))
    ids = [Notification(event, watcher).id for watcher in ("ann", "bob", "ann")]
    assert ids == [f"{event.id}#ann", f"{event.id}#bob", f"{event.id}#ann"]


@pytest.mark.parametrize(
    ("team", "people"),
    [
        ("ops", True),
        ("smoke-control", True),
        ("smoke-0123456789ab", False),
        ("smoke-0123456789abc", True),
        ("smoke-0123456789ab\n", True),
        ("xsmoke-0123456789ab", True),
    ],
)
def test_the_smoke_tests_teams_are_nobodys(team: str, people: bool) -> None:
    assert is_real(team) == people
