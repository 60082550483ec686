"""From a rule's event to its jobs: which ones, for how long, and what if they fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain import instants
from desk.domain.jobs import Job, Lease
from desk.jobs.job import Report
from desk.jobs.leased import Leased
from desk.jobs.scheduled import SPARE_MS, ScheduledEvents
from desk.jobs.tick import UnknownEventError
from desk.service.run import Run
from desk.store import ticket_item
from tests.service.in_memory import InMemoryJobs
from tests.service.jobs.world import NIGHTLY_RULE, SWEEP_RULE, World
from tests.service.samples import DAY, HOUR, NOW, Context, tick

AT = "2026-03-10T12:30:00Z"


class Remembers:
    """Work that only keeps its runs."""

    def __init__(self, job: Job, error: Exception | None = None, **cursor: str) -> None:
        self.job = job
        self.runs: list[Run] = []
        self._error = error
        self._cursor = cursor

    def __call__(self, run: Run) -> Report:
        self.runs.append(run)
        if self._error:
            raise self._error
        return Report({"runs": len(self.runs)}, self._cursor, ())


class Clock(Context):
    """An invocation whose time goes by when it is told."""

    left = 120_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


def function(jobs: InMemoryJobs, logger: Logger, *works: Any) -> ScheduledEvents:
    rules = {SWEEP_RULE: works[:1], NIGHTLY_RULE: works[1:]}
    return ScheduledEvents(rules, Leased(jobs, logger), logger, clock=lambda: NOW)


@pytest.fixture
def works() -> tuple[Remembers, Remembers, Remembers]:
    return Remembers(Job.SWEEP), Remembers(Job.ARCHIVE), Remembers(Job.RECONCILE)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.metrics.clear_metrics()


@pytest.mark.parametrize(("rule", "ran"), [(SWEEP_RULE, [1, 0, 0]), (NIGHTLY_RULE, [0, 1, 1])])
def test_the_rule_says_which_jobs_run(
    works: Any, logger: Logger, rule: str, ran: list[int]
) -> None:
    # Given the jobs of two rules / When one of them fires / Then its own run, as of its time
    done = function(InMemoryJobs(), logger, *works)(tick(AT, "tick-1", rule), Context())
    assert [len(work.runs) for work in works] == ran
    assert list(done) == [work.job.value for work in works if work.runs]
    for run in (run for work in works for run in work.runs):
        assert (run.id, run.at, run.cursor) == ("tick-1", NOW, {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"resources": ["arn:aws:events:us-east-1:1:rule/desk-test-sweeper"]}, "desk-test-sweeper"),
        ({"resources": ["arn:aws:events:us-east-1:1:rule/other/desk-test-sweep"]}, "other/desk"),
        ({"resources": ["desk-test-sweep"]}, "rule '' is none of desk-test-sweep, "),
        ({"resources": [7]}, "AttributeError"),
        ({"resources": []}, "ValueError"),
        ({"resources": None}, "TypeError"),
        ({"time": "soon"}, "Invalid isoformat"),
        ({"time": "2026-03-10T12:30:00"}, "offset is missing"),
        ({"time": None}, "TypeError"),
        ({"id": ""}, "id is ''"),
        ({"id": 7}, "id is 7"),
    ],
)
def test_any_other_event_is_refused(
    works: Any, logger: Logger, change: dict[str, Any], message: str
) -> None:
    # Given an event that is not one of the two rules' / When it comes / Then it says what is wrong
    with pytest.raises(UnknownEventError, match=message):
        function(InMemoryJobs(), logger, *works)(tick(AT) | change, Context())
    assert not any(work.runs for work in works)


@pytest.mark.parametrize("name", ["id", "time", "resources"])
def test_an_event_that_lacks_something_is_refused(works: Any, logger: Logger, name: str) -> None:
    event = tick(AT)
    del event[name]
    with pytest.raises(UnknownEventError, match=name):
        function(InMemoryJobs(), logger, *works)(event, Context())


@pytest.mark.parametrize(
    "at", ["2026-03-10T12:45:01Z", "2027-03-10T12:30:00Z", "2099-12-31T23:59:59Z"]
)
def test_an_event_whose_time_is_yet_to_come_is_refused(works: Any, logger: Logger, at: str) -> None:
    # Given an event of more than a quarter of an hour ahead / When it comes / Then it is refused
    jobs = InMemoryJobs()
    with pytest.raises(UnknownEventError, match=f"its time, {at}, is yet to come"):
        function(jobs, logger, *works)(tick(at), Context())
    # And nothing has run, nor moved on
    assert not any(work.runs for work in works)
    assert jobs.cursor(Job.SWEEP) == {}


@pytest.mark.parametrize(
    "at", ["2026-03-10T12:45:00Z", "2026-03-10T12:30:00Z", "2020-01-01T00:00:00Z"]
)
def test_a_clock_that_is_a_little_behind_is_no_matter(works: Any, logger: Logger, at: str) -> None:
    # Given an event a little ahead, or however late / When it comes / Then it runs as of its time
    function(InMemoryJobs(), logger, *works)(tick(at), Context())
    (run,) = works[0].runs
    assert instants.text(run.at) == at


def test_a_run_of_the_future_leaves_the_sweeps_as_they_are(world: World) -> None:
    # Given an overdue ticket, and an event of a year ahead that somebody has made up
    world.sweep()
    world.open(1, due_at=NOW + HOUR)
    world.move_on(NOW + 2 * HOUR)
    with pytest.raises(UnknownEventError):
        world.sweep(NOW + 365 * DAY)
    # When the rule fires / Then the ticket is escalated
    assert world.sweep()["sweep"]["escalated"] == 1


def test_a_run_is_told_where_the_last_one_stopped(logger: Logger) -> None:
    # Given a job that says where it stopped / When it runs again / Then it is told that
    jobs, work = InMemoryJobs(), Remembers(Job.SWEEP, hour="2026-03-10T12")
    run = function(jobs, logger, work)
    for identity in ("a", "b"):
        run(tick(AT, identity), Context())
    assert [each.cursor for each in work.runs] == [{}, {"hour": "2026-03-10T12"}]


def test_a_job_that_fails_keeps_no_other_from_running(logger: Logger) -> None:
    # Given an archive that fails / When the night comes
    error = TimeoutError("no answer")
    failing, next_one = Remembers(Job.ARCHIVE, error), Remembers(Job.RECONCILE, at=AT)
    jobs = InMemoryJobs()
    with pytest.raises(ExceptionGroup, match="1 pieces of work failed") as raised:
        function(jobs, logger, Remembers(Job.SWEEP), failing, next_one)(
            tick(AT, rule=NIGHTLY_RULE), Context()
        )
    # Then the reconciliation has run, and the invocation has failed
    assert raised.value.exceptions == (error,)
    assert len(next_one.runs) == 1
    assert jobs.cursor(Job.RECONCILE) == {"at": AT}
    # And the lease is free: Lambda gives the event again
    assert jobs.acquire(Lease(Job.ARCHIVE, "another", NOW, NOW + DAY))


def test_a_job_whose_lease_cannot_be_asked_for_keeps_no_other_from_running(
    logger: Logger,
) -> None:
    class Down(InMemoryJobs):
        def acquire(self, lease: Lease) -> bool:
            if lease.job is Job.ARCHIVE:
                raise TimeoutError("no answer")
            return super().acquire(lease)

    works = [Remembers(job) for job in (Job.SWEEP, Job.ARCHIVE, Job.RECONCILE)]
    with pytest.raises(ExceptionGroup):
        function(Down(), logger, *works)(tick(AT, rule=NIGHTLY_RULE), Context())
    assert [len(work.runs) for work in works] == [0, 0, 1]


def test_of_many_failures_the_first_are_shown(logger: Logger) -> None:
    class Failing(Remembers):
        def __call__(self, run: Run) -> Report:
            return Report({}, {}, tuple(ValueError(str(number)) for number in range(1000)))

    with pytest.raises(ExceptionGroup, match="1000 pieces of work failed") as raised:
        function(InMemoryJobs(), logger, Failing(Job.SWEEP))(tick(AT), Context())
    assert len(raised.value.exceptions) == 10


def test_what_failed_is_logged_with_its_trace(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given twelve tickets that cannot be read, and what customers wrote in them
    world = World()
    world.metrics, world.logger = metrics, Logger(service="test-work-failed", stream=sys.stdout)
    for number in range(1, 13):
        world.open(number, due_at=NOW - HOUR, title="written by a customer")
    world.move_on(NOW)

    def unreadable(ids: Any) -> Any:
        items = [ticket_item.to_item(world.tickets.get(each)) for each in ids]
        return [ticket_item.from_item(item | {"status": "paused"}) for item in items]

    world.tickets.get_many = unreadable  # type: ignore[method-assign]
    # When the rule fires / Then a line for each of the first ten says what, where, and which
    with pytest.raises(ExceptionGroup, match="12 pieces of work failed"):
        world.sweep(identity="tick-7")
    said = capsys.readouterr().out
    lines = [json.loads(line) for line in said.splitlines() if "work failed" in line]
    assert len(lines) == 10
    for number, line in enumerate(lines, start=1):
        assert (line["level"], line["job"], line["correlation_id"]) == ("ERROR", "sweep", "tick-7")
        assert line["exception_name"] == "ValueError"
        assert line["exception"].startswith("Traceback")
        assert "in from_item" in line["exception"]
        assert line["exception"].endswith(
            f"'paused' is not a valid Status\nticket 01J{number:023d}"
        )
    # And none of them what was written
    assert "customer" not in said


def test_a_job_that_fails_as_a_whole_is_logged(
    logger: Logger, caplog: pytest.LogCaptureFixture
) -> None:
    # Given an archive that fails, and a reconciliation / When the night comes
    works = (Remembers(Job.ARCHIVE, TimeoutError("no answer")), Remembers(Job.RECONCILE))
    with pytest.raises(ExceptionGroup):
        function(InMemoryJobs(), logger, Remembers(Job.SWEEP), *works)(
            tick(AT, rule=NIGHTLY_RULE), Context()
        )
    # Then one line says which job, and why
    (line,) = [each for each in caplog.records if each.getMessage() == "work failed"]
    assert vars(line)["job"] == "archive"
    assert line.exc_info
    assert isinstance(line.exc_info[1], TimeoutError)


@pytest.mark.parametrize(
    ("rule", "position", "margin"),
    [(SWEEP_RULE, 0, SPARE_MS), (NIGHTLY_RULE, 1, 60_000), (NIGHTLY_RULE, 2, SPARE_MS)],
)
def test_jobs_share_the_time_that_there_is(
    works: Any, logger: Logger, rule: str, position: int, margin: int
) -> None:
    # Given two minutes / When a rule fires
    clock = Clock()
    function(InMemoryJobs(), logger, *works)(tick(AT, rule=rule), clock)
    (run,) = works[position].runs
    # Then a job has time for as long as the margin, or the next job's share, is left
    clock.left = margin + 1
    assert run.has_time()
    clock.left = margin
    assert not run.has_time()


def test_a_short_time_out_leaves_half_of_it(works: Any, logger: Logger) -> None:
    # Given a time-out that is shorter than the margin / When the rule fires / Then half is used
    clock = Clock()
    clock.left = 8_000
    function(InMemoryJobs(), logger, *works)(tick(AT), clock)
    (run,) = works[0].runs
    assert run.has_time()
    clock.left = 4_000
    assert not run.has_time()


def test_a_lease_outlives_what_the_run_can_take(works: Any, logger: Logger) -> None:
    # Given an invocation with two minutes / When it takes a lease / Then for a little more
    taken: list[Lease] = []

    class Watched(InMemoryJobs):
        def acquire(self, lease: Lease) -> bool:
            taken.append(lease)
            return super().acquire(lease)

    function(Watched(), logger, *works)(tick(AT, "tick-1"), Clock())
    assert taken == [Lease(Job.SWEEP, "tick-1", NOW, NOW + timedelta(seconds=121))]


def test_what_was_done_is_logged_under_the_events_id(
    works: Any, logger: Logger, caplog: pytest.LogCaptureFixture
) -> None:
    function(InMemoryJobs(), logger, *works)(tick(AT, "tick-1"), Context())
    (line,) = caplog.records
    assert (vars(line)["job"], vars(line)["done"]) == ("sweep", {"runs": 1})
    assert logger.get_correlation_id() == "tick-1"


def test_the_same_night_twice_is_one_night(world: World) -> None:
    # Given a ticket that was closed long ago / When the night's event is delivered twice
    world.night()
    closed = world.close(world.open(1, due_at=NOW + DAY).id)
    world.deliver()
    world.move_on(NOW + 90 * DAY)
    first = world.night(identity="night")
    second = world.night(identity="night")
    # Then the second has nothing left to do
    assert (first["archive"]["archived"], second["archive"]["archived"]) == (1, 0)
    assert not world.archive.read(closed.id)
