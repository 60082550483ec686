"""What holds of the processor whatever happens: over random histories, batches and failures.

`make test-long` looks at ten thousand examples of each, new ones every time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.counting import Count, OpenTickets, movements
from desk.domain.event import Event
from desk.domain.processing import Stage
from desk.domain.teams import is_real
from desk.domain.ticket import Priority
from tests import at_random
from tests.service.stream_mapping.histories import TEAMS, History, histories
from tests.service.stream_mapping.plans import Outcome, Plan, plans, run

examples = at_random.examples(80, long=10_000)
pytestmark = pytest.mark.proves("A6")


@pytest.fixture
def logger() -> Logger:
    # thousands of lines for each example, which nobody reads
    return Logger(service="test-properties", level="CRITICAL")


@examples
@given(history=histories(), plan=plans())
def test_nothing_is_lost_silently(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given tickets' histories / When they go through the stream, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    # Then each event went through all of its stages, or the on-failure queue says where it stood
    for event in taken(outcome):
        wanted = set(Stage) if is_real(event.team) else {Stage.AGGREGATE, Stage.INTEGRATE}
        assert outcome.world.progress.done(event.id) == wanted
    # And all that the queue names is told apart: it is a batch of records that stood together
    for document, records in outcome.given_up:
        assert document["DDBStreamBatchInfo"]["batchSize"] == len(records)


@examples
@given(history=histories(), plan=plans())
def test_counters_move_exactly_once(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given tickets' histories / When they go through the stream, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    # Then the counters are the sum of what each counted event moves, each once
    counted = [e for e in history.events if Stage.AGGREGATE in outcome.world.progress.done(e.id)]
    assert {event.id for event in taken(outcome)} <= {event.id for event in counted}
    assert outcome.counters == sums(counted)
    # And where no event was given up, they are the tickets' own numbers
    if len(counted) == len(history.events):
        assert outcome.open_tickets == by_state(history)


@examples
@given(history=histories(), plan=plans())
def test_each_event_reaches_each_watcher_under_one_id(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given watched tickets / When their events go through the stream, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    sent = [(each.event.id, each.watcher, each.id) for each in outcome.world.notifier.sent]
    published = {each.id for each in outcome.world.event_bus.published}
    # Then each watcher heard of each event that was taken, and so did the other systems
    for event in (each for each in taken(outcome) if is_real(each.team)):
        watchers = outcome.world.watchers.of(event.ticket_id)
        assert {(event.id, each) for each in watchers} <= {pair[:2] for pair in sent}
        assert event.id in published
    # And repeats carry the same id, which no other notification has
    assert len({pair[:2] for pair in sent}) == len({pair[2] for pair in sent}) == len(set(sent))
    # And nobody heard of what a smoke test made up
    told = {each[0] for each in sent} | published
    assert told <= {event.id for event in history.events if is_real(event.team)}


@examples
@given(history=histories(), plan=plans())
def test_a_tickets_events_are_told_in_their_order(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given watched tickets / When their events go through the stream, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    known = {event.id for event in taken(outcome)}
    # Then what each watcher heard first of each version is in the versions' order
    heard = [((n.event.ticket_id, n.watcher), n.event) for n in outcome.world.notifier.sent]
    heard += [((each.ticket_id, ""), each) for each in outcome.world.event_bus.published]
    for listener in {each for each, _ in heard}:
        told = [event for each, event in heard if each == listener and event.id in known]
        firsts = [event.version for event in dict.fromkeys(told)]
        assert firsts == sorted(firsts)


@examples
@given(history=histories(), plan=plans())
def test_poison_is_parked_whole_and_the_shard_goes_on(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given records that hold no event / When they come, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    # Then each is kept whole, where its pointer says, or the on-failure queue says where it stood
    world, lost = outcome.world, outcome.lost
    places = {each.sequence_number: each.object_key for each in world.quarantine.records}
    for record in history.poison:
        number = record["dynamodb"]["SequenceNumber"]
        if number not in lost:
            assert json.loads(world.objects.objects[places[number]]) == record
    # And nothing else is
    assert set(places) <= {each["dynamodb"]["SequenceNumber"] for each in history.poison}
    # And the shards are through
    assert all(shard.done for shard in outcome.shards)


@examples
@given(history=histories(), plan=plans())
def test_no_pointer_ever_leads_nowhere(
    metrics: Metrics, logger: Logger, history: History, plan: Plan
) -> None:
    # Given records that hold no event / When they come, and whatever fails, fails
    outcome = run(history, plan, metrics, logger)
    note(f"broke off while parking: {outcome.faults.happened('put', 'add')}")
    # Then there was an object at each pointer after every invocation, those that broke off too
    assert outcome.dangling == []


@examples
@given(history=histories(), plan=plans(), data=st.data())
def test_a_replay_changes_nothing_that_is_stored(
    metrics: Metrics, logger: Logger, history: History, plan: Plan, data: st.DataObject
) -> None:
    # Given a stream that has been taken, and what was given up has been delivered by hand
    outcome = run(history, plan, metrics, logger)
    outcome.redrive()
    assert outcome.open_tickets == by_state(history)
    before, told = outcome.stored(), len(outcome.world.notifier.sent)
    # When parts of it come again, in any order and any batching
    for shard in outcome.shards:
        if not shard.records:
            continue
        starts = data.draw(st.lists(st.integers(0, len(shard.records) - 1), max_size=3))
        for start in starts:
            outcome.replay(shard, start, data.draw(st.integers(1, 7)))
    # Then nothing is changed, and nobody is told again
    assert outcome.stored() == before
    assert len(outcome.world.notifier.sent) == told


def taken(outcome: Outcome) -> list[Event]:
    """The events that were not given up."""
    return [e for e in outcome.history.events if outcome.history.numbers[e.id] not in outcome.lost]


def sums(events: Iterable[Event]) -> Counter[Count]:
    """What all of these together move."""
    total: Counter[Count] = Counter()
    for event in events:
        total.update(movements(event))
    return total


def by_state(history: History) -> dict[OpenTickets, Any]:
    """How many running tickets there are, by team and priority."""
    found = Counter(
        OpenTickets(each.team, each.priority)
        for each in history.tickets.values()
        if each.status.running
    )
    return {OpenTickets(t, p): found[OpenTickets(t, p)] for t in TEAMS for p in Priority}
