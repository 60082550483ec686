"""From a scheduled event to the jobs of its rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from desk.domain.jobs import HasTime, Job
from desk.jobs.job import Work
from desk.jobs.leased import Leased
from desk.jobs.tick import Tick, UnknownEventError, read

# What may still come when a piece of work is begun, where everything answers late: tickets are
# read and one is written, the webhook's secret is read and the webhook tried, the cursor is moved
# and the lease given back. What takes longer (a ticket with a thousand comments, archived) is cut
# off: that loses nothing, and the next run does it again.
SPARE_MS = 50_000
# The first say what is wrong.
SHOWN_ERRORS = 10


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class ScheduledEvents:
    """Runs a rule's jobs, one after the other.

    Parameters
    ----------
    rules:
        The jobs of each rule, by the rule's name.
    clock:
        Only tells whether an event's time has come: what is done is as of that.
    """

    rules: Mapping[str, Sequence[Work]]
    leased: Leased
    logger: Logger
    clock: Callable[[], datetime] = _now

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Run the jobs of the rule that fired; answers what each has done.

        Raises
        ------
        UnknownEventError
            It is no scheduled event, or one of a rule that is not known here, or its time is yet
            to come.
        ExceptionGroup
            Something failed, when everything else was done: Lambda gives the event again.
        """
        tick = read(event, self.clock())
        if tick.rule not in self.rules:
            raise UnknownEventError(f"rule {tick.rule!r} is none of {', '.join(self.rules)}")
        self.logger.set_correlation_id(tick.id)
        return self._run(self.rules[tick.rule], tick, context)

    def _run(self, works: Sequence[Work], tick: Tick, context: Any) -> dict[str, Any]:
        done: dict[str, Any] = {}
        failed: list[tuple[Job, Exception]] = []
        for position, work in enumerate(works):
            left = context.get_remaining_time_in_millis()
            try:
                report = self.leased(
                    work, tick, timedelta(milliseconds=left), _share(context, len(works) - position)
                )
            except Exception as error:  # noqa: BLE001 - raised below, when the other jobs have run
                failed.append((work.job, error))
            else:
                done[work.job.value] = report.done
                failed += ((work.job, error) for error in report.errors)
        if failed:
            shown = failed[:SHOWN_ERRORS]
            self._tell(shown)
            errors = [error for _, error in shown]
            raise ExceptionGroup(f"{len(failed)} pieces of work failed", errors)
        return done

    def _tell(self, failed: Sequence[tuple[Job, Exception]]) -> None:
        # said here: of a group, Lambda's runtime writes down how many it holds, and not which
        for job, error in failed:
            self.logger.error("work failed", job=job.value, exc_info=error)


def _share(context: Any, jobs: int) -> HasTime:
    """Whether a job still has time, when so many, itself included, are to share what is left."""
    left = context.get_remaining_time_in_millis()
    # of a time-out so short that nothing could be begun, half
    kept = max(min(SPARE_MS, left // 2), left - left // jobs)
    return lambda: context.get_remaining_time_in_millis() > kept
