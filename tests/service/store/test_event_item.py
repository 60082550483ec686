"""What the stream's images are read as: the event that was written, or a refusal."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import notifying
from desk.domain.errors import PermanentEventError
from desk.domain.event import Event, EventType, State
from desk.domain.ticket import Priority, Status
from desk.store import event_item
from desk.store.attributes import typed
from tests.service.samples import NOW, changed, created, edited, ticket

ITEM = event_item.to_item(changed(ticket(), edited(ticket(), team="sales")))

texts = st.text(min_size=1, max_size=12)
states = st.builds(State, texts, st.sampled_from(Status), st.sampled_from(Priority))
events = st.builds(
    Event,
    type=st.sampled_from(EventType),
    ticket_id=texts,
    version=st.integers(1, 10**9),
    before=st.none() | states,
    after=states,
    occurred_at=st.just(NOW),
    actor=texts,
    correlation_id=texts,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.just({"set"})
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)

# what DynamoDB may call a value, and some that it may not
kinds = st.sampled_from(["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "X", ""])
images = st.dictionaries(kinds, anything, max_size=2) | anything


@given(events)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    # Given any event / When its item is read, from the table or from the stream / Then it is it
    assert event_item.from_item(event_item.to_item(event)) == event
    assert event_item.from_image(typed(event_item.to_item(event))) == event


@given(st.sampled_from(sorted(ITEM)), anything)
def test_what_does_not_fit_is_refused_and_raises_nothing_else(name: str, value: Any) -> None:
    # Given an event's item with one attribute that may be anything
    item = ITEM | {name: value}
    # When it is read / Then it is an event with types that fit, or refused
    with contextlib.suppress(PermanentEventError):
        assert_fits(event_item.from_item(item))


@given(
    st.sampled_from(["before", "after"]), st.sampled_from(["team", "status", "priority"]), anything
)
def test_states_that_do_not_fit_are_refused(side: str, name: str, value: Any) -> None:
    # Given an event's item with one part of a state that may be anything / Then likewise
    with contextlib.suppress(PermanentEventError):
        assert_fits(event_item.from_item(ITEM | {side: ITEM[side] | {name: value}}))


@given(st.sampled_from(sorted(ITEM)), images)
def test_images_that_are_none_are_refused(name: str, value: Any) -> None:
    # Given an image with an attribute that DynamoDB may have typed so, or never would
    with contextlib.suppress(PermanentEventError):
        assert_fits(event_item.from_image(typed(ITEM) | {name: value}))


@given(anything)
def test_what_is_no_image_is_refused(image: Any) -> None:
    with pytest.raises(PermanentEventError):
        event_item.from_image(image)


def assert_fits(event: Event) -> None:
    """Types alone: what the values may be is the domain's."""
    assert type(event.version) is int
    assert event.version > 0
    texts = [event.ticket_id, event.actor, event.correlation_id, event.team]
    assert {type(text) for text in texts} == {str}
    assert isinstance(event.type, EventType)
    for state in filter(None, (event.before, event.after)):
        assert isinstance(state.status, Status)
        assert isinstance(state.priority, Priority)


@pytest.mark.parametrize("name", sorted(set(ITEM) - {"before"}))
def test_what_is_missing_is_missed(name: str) -> None:
    # Given an item without an attribute / When it is read / Then those that an event needs are
    read = {"schema_version", "type", "ticket_id", "version", "after", "occurred_at", "actor"}
    item = {key: value for key, value in ITEM.items() if key != name}
    if name in read | {"correlation_id"}:
        with pytest.raises(PermanentEventError, match=name if name != "after" else "state"):
            event_item.from_item(item)
    else:
        assert event_item.from_item(item) == event_item.from_item(ITEM)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema_version", 2),
        ("schema_version", "1"),
        ("schema_version", True),
        ("type", "TicketMerged"),
        ("version", 0),
        ("version", -1),
        ("version", True),
        ("version", Decimal("1.5")),
        ("occurred_at", "yesterday"),
        ("occurred_at", "2026-03-10T12:30:00"),
        ("before", {}),
        ("before", []),
        ("before", "new"),
        ("after", None),
        ("after", {"M": {"team": "ops"}}),
        ("after", ITEM["after"] | {"status": "lost"}),
        ("after", ITEM["after"] | {"priority": ["low"]}),
        ("after", ITEM["after"] | {"team": None}),
    ],
)
def test_what_is_wrong_is_refused_without_being_repeated(name: str, value: Any) -> None:
    # Given an item with a wrong value / When it is read / Then it is refused
    with pytest.raises(PermanentEventError) as raised:
        event_item.from_item(ITEM | {name: value})
    # And the reason, which is logged and kept, does not tell what stood there
    assert not isinstance(value, str) or len(value) < 2 or value not in str(raised.value)


def test_an_event_of_a_newer_schema_names_it() -> None:
    with pytest.raises(PermanentEventError, match="schema version 2 is not known"):
        event_item.from_item(ITEM | {"schema_version": 2})


def test_how_events_are_stored_is_nobody_elses_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given events that are stored in another way from now on / When one is written and announced
    monkeypatch.setattr(event_item, "SCHEMA_VERSION", 2)
    event = created(ticket())
    # Then the item says so, and the document that others read has not changed
    assert event_item.to_item(event)["schema_version"] == 2
    assert notifying.document(event)["schema_version"] == 1


def test_a_new_ticket_has_no_state_before() -> None:
    # Given the event of a new ticket / Then its image says nothing of before
    image = typed(event_item.to_item(created(ticket())))
    assert "before" not in image
    assert event_item.from_image(image).before is None
