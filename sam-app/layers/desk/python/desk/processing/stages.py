"""What is done for each event of the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from desk.domain.errors import UndeliverableError, UndeliveredError
from desk.domain.event import Event
from desk.domain.notifying import Notification
from desk.domain.processing import Stage
from desk.domain.teams import is_real
from desk.ports.people import Watchers
from desk.ports.processing import EventBus, Notifier, Progress
from desk.ports.statistics import Statistics
from desk.processing.figures import Figures

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Stages:
    """Takes an event through its stages: aggregate, notify, integrate.

    The counters move exactly once for an event, together with the mark that says so. What goes
    outside comes after, and at least once: a stage is marked as done when its work is, so a crash
    in between repeats the work, under the same ids. An event that comes again goes on at the first
    stage that is not marked.

    Tickets that a smoke test makes up are counted, which shows that the stream works, but neither
    people nor other systems hear of them: they would take them for real ones.
    """

    statistics: Statistics
    progress: Progress
    watchers: Watchers
    notifier: Notifier
    event_bus: EventBus
    figures: Figures
    logger: Logger
    clock: Callable[[], datetime]

    def __call__(self, event: Event) -> None:
        """Process an event, or what is left of it.

        Raises
        ------
        PermanentEventError
            Whoever a stage tells will never take it; the stages before it have done their work.
        Exception
            A stage could not do its work now; the ones before it have.
        """
        now = self.clock()
        with self._watched(Stage.AGGREGATE, event):
            counted = self.statistics.count(event, now)
            done = frozenset[Stage]() if counted else self.progress.done(event.id)
        lag = max(now - event.occurred_at, timedelta(0)) // MILLISECOND
        self.figures.taken(event.type, lag, counted=counted)
        if is_real(event.team):
            self._once(Stage.NOTIFY, self._notify, event, done)
            self._once(Stage.INTEGRATE, self.event_bus.publish, event, done)
        else:
            # the last mark says of any event that it is through, so these have it as well
            self._once(Stage.INTEGRATE, _tell_nobody, event, done)
        self.logger.info("event taken", event_id=event.id, type=event.type.value, counted=counted)

    def _once(
        self, stage: Stage, work: Callable[[Event], None], event: Event, done: frozenset[Stage]
    ) -> None:
        if stage in done:
            return
        with self._watched(stage, event):
            work(event)
            self.progress.mark(event.id, stage, self.clock())

    def _notify(self, event: Event) -> None:
        told = [Notification(event, watcher) for watcher in self.watchers.of(event.ticket_id)]
        if told:
            self.notifier.notify(told)
            self.figures.sent(len(told))

    @contextmanager
    def _watched(self, stage: Stage, event: Event) -> Iterator[None]:
        # said here: a batch reports where it stopped, and not why
        try:
            yield
        except Exception as error:
            self.figures.failed(stage.value)
            told = error if isinstance(error, UndeliveredError | UndeliverableError) else None
            self.logger.warning(
                "stage failed",
                stage=stage.value,
                event_id=event.id,
                code=told.code if told else type(error).__name__,
                exc_info=told is None,
            )
            raise


def _tell_nobody(event: Event) -> None:
    """What there is to do for an event that concerns nobody."""
