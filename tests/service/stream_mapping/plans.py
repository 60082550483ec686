"""What goes wrong while a history goes through the stream, and what comes of it."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from hypothesis import strategies as st

from desk.domain import instants
from desk.domain.counting import Count, DayTotal, OpenTickets
from desk.domain.ticket import Priority
from tests.service.in_memory import InMemoryEventBus
from tests.service.processing.world import World
from tests.service.samples import NOW, cause, ticket
from tests.service.stream_mapping.faults import Fault, Faults, Halfway, Place
from tests.service.stream_mapping.filtering import matches
from tests.service.stream_mapping.histories import TEAMS, TICKETS, USERS, History
from tests.service.stream_mapping.mapping import Record, Shard, StreamMapping
from tests.service.stream_mapping.settings import Settings

MAPPING = Settings.of_template()
SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """What goes wrong.

    Parameters
    ----------
    faults:
        What happens at which call of a port.
    limits:
        How many records have come in, at each invocation in turn.
    turns:
        Which of the unfinished shards is next, in turn.
    rewinds:
        After which invocation which shard's checkpoint is lost, and where it goes back to.
    silent:
        The events, by their place in the history, that people can never be told of.
    shut:
        The events that can never be published.
    outage:
        After which invocation the mapping stands still for longer than records may be old.
    """

    faults: Mapping[Place, Fault]
    limits: Sequence[int]
    turns: Sequence[int]
    rewinds: Mapping[int, tuple[int, int]]
    silent: frozenset[int]
    shut: frozenset[int]
    outage: int | None


def plans() -> st.SearchStrategy[Plan]:
    """Any plan; the simplest is that nothing goes wrong, in batches of one."""
    nobody: st.SearchStrategy[frozenset[int]] = st.just(frozenset())
    numbers = st.one_of(nobody, nobody, st.frozensets(st.integers(0, 20), max_size=2))
    fault = st.sampled_from(Fault)
    # where nearly everything fails, batches are soon halved into single records
    few = st.dictionaries(st.integers(0, 80), fault, max_size=6)
    one_after_another = st.lists(fault, max_size=30).map(lambda each: dict(enumerate(each)))
    # few of all calls park a record: by their number alone, hardly ever one of them would fail
    calls = st.tuples(st.sampled_from(["put", "add"]), st.integers(0, 3))
    parking = st.dictionaries(calls, fault, max_size=2)
    anywhere = st.one_of(few, few, one_after_another)
    return st.builds(
        Plan,
        faults=st.tuples(anywhere, parking).map(lambda both: {**both[0], **both[1]}),
        limits=st.lists(st.one_of(st.integers(1, 12), st.just(12)), min_size=1, max_size=5),
        turns=st.lists(st.integers(0, 2), min_size=1, max_size=8),
        rewinds=st.dictionaries(
            st.integers(0, 20), st.tuples(st.integers(0, 2), st.integers(0, 20)), max_size=3
        ),
        silent=numbers,
        shut=numbers,
        # it ends all else, so it is rare
        outage=st.one_of(*[st.none()] * 9, st.integers(0, 20)),
    )


@dataclass
class Outcome:
    """What came of it."""

    history: History
    world: World
    mapping: StreamMapping
    shards: list[Shard]
    faults: Faults
    # after which invocation a pointer led nowhere, and where to
    dangling: list[tuple[int, str]]
    given_up: list[tuple[dict[str, Any], list[Record]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for document in self.mapping.destination:
            self.given_up.append((document, self._named_by(document["DDBStreamBatchInfo"])))

    @property
    def lost(self) -> frozenset[str]:
        """The numbers of the records that the on-failure queue names."""
        records = itertools.chain(*(records for _, records in self.given_up))
        return frozenset(each["dynamodb"]["SequenceNumber"] for each in records)

    @property
    def counters(self) -> Counter[Count]:
        """All counters."""
        found: Counter[Count] = Counter()
        for team in TEAMS:
            stats = self.world.statistics.of_team(team, instants.EARLIEST.date())
            found.update({OpenTickets(team, each): n for each, n in stats.open.items()})
            for day, totals in stats.days.items():
                found.update({DayTotal(team, day, each): n for each, n in totals.items()})
        return found

    @property
    def open_tickets(self) -> dict[OpenTickets, int]:
        """The counters of open tickets."""
        return {
            OpenTickets(team, priority): self.world.statistics.open_tickets(team)[priority]
            for team in TEAMS
            for priority in Priority
        }

    def stored(self) -> tuple[Any, ...]:
        """All that the processor stores."""
        world = self.world
        marks = {each.id: world.progress.done(each.id) for each in self.history.events}
        parked = list(world.quarantine.records)
        return self.counters, marks, dict(world.objects.objects), parked

    def redrive(self) -> None:
        """Deliver all once more, when nothing fails any more."""
        self.faults.end()
        self.world.notifier.failing.clear()
        self.world.event_bus.failing.clear()
        self.mapping.clock = lambda: NOW + SOON
        for shard in self.shards:
            self.replay(shard, 0, MAPPING.batch_size)

    def replay(self, shard: Shard, start: int, size: int) -> None:
        """Deliver a shard from this record on once more, so many at a time."""
        shard.rewind(start)
        with contextlib.redirect_stdout(io.StringIO()):
            while not shard.done:
                self.mapping.step(shard, size)

    def _named_by(self, named: Mapping[str, Any]) -> list[Record]:
        shard = next(each for each in self.shards if each.id == named["shardId"])
        first, last = int(named["startSequenceNumber"]), int(named["endSequenceNumber"])
        return [
            each
            for each in shard.records
            if first <= int(each["dynamodb"]["SequenceNumber"]) <= last
            and any(matches(each, pattern) for pattern in MAPPING.patterns)
        ]


def run(history: History, plan: Plan, metrics: Metrics, logger: Logger) -> Outcome:
    """Have the history go through the stream, and go wrong what is planned to."""
    faults = Faults(plan.faults)
    world = World(
        metrics,
        logger,
        clock=lambda: NOW + SOON,
        over=faults.over,
        notifier=Halfway(_ids(history, plan.silent)),
        event_bus=InMemoryEventBus(_ids(history, plan.shut)),
    )
    for number in range(TICKETS):
        if ticket(number).id in history.tickets:
            world.tickets.add(ticket(number), history.events[0])
            for user in USERS[:number]:
                world.watchers.add(ticket(number).id, user, cause())
    shards = [Shard(f"shard-{number}", each) for number, each in enumerate(history.records)]
    now = [NOW + SOON]
    dangling: list[tuple[int, str]] = []
    mapping = StreamMapping(MAPPING, _function(world, dangling), clock=lambda: now[0])
    with contextlib.redirect_stdout(io.StringIO()):
        _deliver(plan, mapping, shards, now)
    return Outcome(history, world, mapping, shards, faults, dangling)


def _deliver(
    plan: Plan, mapping: StreamMapping, shards: Sequence[Shard], now: list[datetime]
) -> None:
    limits, turns = itertools.cycle(plan.limits), itertools.cycle(plan.turns)
    for invocation in itertools.count():
        unfinished = [each for each in shards if not each.done]
        if not unfinished:
            return
        mapping.step(unfinished[next(turns) % len(unfinished)], next(limits))
        if invocation in plan.rewinds:
            shard, to = plan.rewinds[invocation]
            shards[shard % len(shards)].rewind(to)
        if invocation == plan.outage:
            now[0] += 2 * MAPPING.max_age


def _function(world: World, dangling: list[tuple[int, str]]) -> Any:
    invocations = itertools.count()

    def function(event: dict[str, Any]) -> Any:
        invocation = next(invocations)
        try:
            return world.function(event, None)
        finally:
            # kept and not raised: the mapping takes whatever is raised for the function's failure
            keys = (each.object_key for each in world.quarantine.records)
            dangling.extend((invocation, key) for key in keys if key not in world.objects.objects)

    return function


def _ids(history: History, places: frozenset[int]) -> list[str]:
    return [each.id for place, each in enumerate(history.events) if place in places]
