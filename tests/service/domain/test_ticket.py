"""A ticket's life: what may change, into what, until when."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.errors import NotAllowedError
from desk.domain.event import EventType, State, of_change
from desk.domain.ticket import COMMENTS_LIMIT, RUNNING, Cause, Priority, Status, Ticket
from tests.service.samples import DAY, HOUR, NOW, cause, closed, edited, solved, ticket

SECOND = timedelta(seconds=1)
SMOKE_TEAM = "smoke-0123456789ab"
LATER = Cause(actor="user:ann", at=NOW + HOUR, correlation_id="c-2")

# as the picture of a ticket's life has it: new → open → waiting ⇄ open → solved → closed
MOVES = {
    ("new", "open"),
    ("open", "waiting"),
    ("waiting", "open"),
    ("open", "solved"),
    ("solved", "open"),
    ("solved", "closed"),
}


def in_status(status: Status) -> Ticket:
    at = {"solved_at": NOW} if status in (Status.SOLVED, Status.CLOSED) else {}
    if status is Status.CLOSED:
        at["closed_at"] = NOW
    return ticket()._replace(status=status, **at)


@pytest.mark.parametrize(
    ("before", "after"),
    [("low", "normal"), ("normal", "high"), ("high", "urgent"), ("urgent", "urgent")],
)
def test_a_priority_is_raised_by_one(before: str, after: str) -> None:
    # Given a priority / When it is raised / Then it is the next, and the highest stays
    assert Priority(before).raised() == Priority(after)


def test_a_deadline_is_breached_when_it_is_reached() -> None:
    # Given a ticket due now / When is it breached / Then now, and not a second earlier
    due = ticket(due_at=NOW)
    assert due.breached(NOW)
    assert not due.breached(NOW - SECOND)


@pytest.mark.parametrize("status", Status)
def test_only_what_is_running_can_be_breached(status: Status) -> None:
    # Given an overdue ticket / Then that is a breach unless it is done
    breached = in_status(status)._replace(due_at=NOW - HOUR).breached(NOW)
    assert breached == (status in RUNNING)
    assert set(RUNNING) == {Status.NEW, Status.OPEN, Status.WAITING}


def test_each_breach_escalates_once() -> None:
    # Given an overdue ticket
    overdue = ticket(due_at=NOW - HOUR)
    # When it is escalated
    escalated = overdue.escalated(cause(NOW))
    # Then it is one version and one priority further, and this breach is answered
    assert (escalated.version, escalated.priority) == (2, Priority.HIGH)
    assert not escalated.breached(NOW + HOUR)
    # And a new deadline can be breached again
    assert escalated._replace(due_at=NOW).breached(NOW + HOUR)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_a_status_moves_as_a_tickets_life_does(before: Status, after: Status) -> None:
    # Given a ticket in any status / When it is to become any other / Then only as its life goes
    now = in_status(before)
    if before is after:
        assert now.edited({"status": after}, LATER) is now
    elif (before.value, after.value) in MOVES:
        assert now.edited({"status": after}, LATER).status is after
    else:
        with pytest.raises(NotAllowedError):
            now.edited({"status": after}, LATER)


def test_an_edit_is_the_next_version_by_whoever_made_it() -> None:
    # Given a ticket / When several things are changed / Then these, and who did it and when
    after = ticket().edited({"title": "Fire is out", "assignee": "ann", "team": "sales"}, LATER)
    assert after == ticket()._replace(
        title="Fire is out",
        assignee="ann",
        team="sales",
        version=2,
        updated_at=NOW + HOUR,
        actor="user:ann",
        correlation_id="c-2",
    )


@pytest.mark.parametrize("names", [(), ("title",), ("assignee", "status", "due_at")])
@pytest.mark.parametrize("status", [Status.NEW, Status.CLOSED])
def test_an_edit_that_changes_nothing_is_no_version(names: Any, status: Status) -> None:
    # Given a ticket, even a closed one / When it is set to what it is / Then it stays as it is
    now = in_status(status)
    same: Any = {name: getattr(now, name) for name in names}
    assert now.edited(same, LATER) is now


@pytest.mark.parametrize(
    "change",
    [
        lambda: closed(ticket()).edited({"title": "another"}, LATER),
        lambda: closed(ticket()).edited({"status": Status.OPEN}, LATER),
        lambda: closed(ticket()).commented(LATER),
        lambda: closed(ticket()).closed(LATER),
    ],
)
def test_what_is_closed_does_not_change(change: Any) -> None:
    with pytest.raises(NotAllowedError):
        change()


@pytest.mark.parametrize(
    ("late", "allowed"), [(timedelta(0), True), (-SECOND, True), (SECOND, False)]
)
def test_a_solved_ticket_is_opened_again_for_seven_days(late: timedelta, allowed: bool) -> None:
    # Given a solved ticket / When it is opened about seven days later
    now, at = solved(ticket()), cause(NOW + 7 * DAY + late)
    # Then that is allowed to the end; exactly when it is not, it may be closed by the clock
    assert now.left_solved(at.at) != allowed
    if allowed:
        opened = now.edited({"status": Status.OPEN}, at)
        assert (opened.status, opened.solved_at) == (Status.OPEN, None)
    else:
        with pytest.raises(NotAllowedError, match="7 days"):
            now.edited({"status": Status.OPEN}, at)


def test_what_is_opened_again_is_solved_anew() -> None:
    # Given a ticket that was solved, opened again, and solved / Then since the last time
    again = edited(solved(ticket()), NOW + DAY, status=Status.OPEN)
    anew = edited(again, NOW + 2 * DAY, status=Status.SOLVED)
    assert anew.solved_at == NOW + 2 * DAY
    assert not anew.left_solved(NOW + 9 * DAY)
    assert anew.left_solved(NOW + 9 * DAY + SECOND)


def test_other_changes_of_a_solved_ticket_leave_its_period() -> None:
    # Given a solved ticket / When it is commented, and given to somebody / Then it stays solved
    after = edited(solved(ticket()).commented(LATER), NOW + DAY, assignee="ann")
    assert (after.status, after.solved_at) == (Status.SOLVED, NOW)


def test_a_ticket_has_so_many_comments_and_not_one_more() -> None:
    # Given a ticket with almost as many comments as one can have
    almost = ticket()._replace(comments=COMMENTS_LIMIT - 1)
    # When one more is written / Then it is full
    full = almost.commented(cause())
    assert full.comments == COMMENTS_LIMIT
    with pytest.raises(NotAllowedError, match=str(COMMENTS_LIMIT)):
        full.commented(cause())


@pytest.mark.parametrize(("team", "other"), [("ops", SMOKE_TEAM), (SMOKE_TEAM, "ops")])
def test_a_ticket_goes_neither_to_nor_from_a_smoke_test(team: str, other: str) -> None:
    # Given a ticket of people, or of a smoke test / When it is to change sides / Then it may not:
    # whoever watches it would never hear of it again
    with pytest.raises(NotAllowedError, match="smoke test"):
        ticket(team=team).edited({"team": other}, cause())


def test_what_is_closed_says_since_when() -> None:
    # Given a solved ticket / When it is closed / Then since then, and it is solved no more
    after = solved(ticket()).closed(LATER)
    assert (after.status, after.closed_at) == (Status.CLOSED, NOW + HOUR)
    assert (after.version, after.actor) == (4, "user:ann")
    assert not after.left_solved(NOW + 99 * DAY)


@pytest.mark.parametrize("status", RUNNING)
def test_only_what_is_solved_is_closed(status: Status) -> None:
    with pytest.raises(NotAllowedError):
        in_status(status).closed(LATER)


def test_a_run_that_answers_for_an_earlier_time_does_not_turn_back_the_clock() -> None:
    # Given a ticket that was changed after the time that a run answers for
    now = solved(ticket(), NOW + HOUR)
    # When the run changes it / Then not before that change
    after = now.closed(cause(NOW))
    assert (after.updated_at, after.closed_at) == (NOW + HOUR, NOW + HOUR)


operations = st.one_of(
    st.builds(
        lambda edit: lambda of, at: of.edited(edit, at),
        st.fixed_dictionaries(
            {},
            optional={
                "title": st.text(max_size=3),
                "team": st.sampled_from(["ops", "sales"]),
                "assignee": st.none() | st.just("ann"),
                "priority": st.sampled_from(Priority),
                "status": st.sampled_from(Status),
            },
        ),
    ),
    st.sampled_from([Ticket.commented, Ticket.closed, Ticket.escalated]),
)


@given(st.lists(st.tuples(operations, st.integers(-10, 300)), max_size=12))
def test_whatever_happens_versions_have_no_gaps_and_times_fit(changes: Any) -> None:
    # Given a ticket that anything is tried on, in any order of times
    current = ticket()
    for change, hours in changes:
        if current.status is Status.CLOSED and change is Ticket.escalated:
            continue  # nobody does: it is not breached
        try:
            after = change(current, cause(NOW + hours * HOUR))
        except NotAllowedError:
            continue
        # Then each change is one version, and none lies before the last
        assert after is current or after.version == current.version + 1
        assert after.updated_at >= current.updated_at
        current = after
    # And it says since when it is what it is, and of nothing else
    assert (current.solved_at is not None) == (current.status is Status.SOLVED)
    assert (current.closed_at is not None) == (current.status is Status.CLOSED)


def test_an_event_is_known_by_its_ticket_and_version() -> None:
    # Given a change / When its event is made, twice / Then it is the same, and says who and when
    before = ticket()
    after = before.edited({"team": "sales", "status": Status.OPEN}, LATER)
    event = of_change(EventType.EDITED, before, after)
    assert event == of_change(EventType.EDITED, before, after)
    assert event.id == f"{before.id}#2"
    assert event.before == State("ops", Status.NEW, Priority.NORMAL)
    assert event.after == State("sales", Status.OPEN, Priority.NORMAL)
    assert (event.team, event.actor, event.correlation_id) == ("sales", "user:ann", "c-2")
    assert event.occurred_at == NOW + HOUR
