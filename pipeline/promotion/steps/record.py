"""Step `record`: the promotion record is written; from then on the release's objects are kept."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence

from codegen.errors import Interrupted
from pipeline.promotion.promotion import Promotion
from pipeline.records.history import append
from pipeline.records.record import Record
from pipeline.runs.step_runner import StepResult, summary, would


def record(run: Promotion) -> StepResult:
    """Keep the release's objects, then store the record under the next number."""
    _keep(run)
    run.record = append(run.store, compose(run))
    what = f"{run.kind} {run.record.number} of {run.environment.name}"
    return StepResult(f"{what}, {run.record.outcome}")


def _keep(run: Promotion) -> None:
    try:
        run.store.keep(run.release.keys)
    except Interrupted:
        raise
    except Exception as error:
        if not run.failure:
            raise
        # files that were never copied, say: the record of the failure matters more
        run.say(f"the release's files may expire: {summary(error)}")


def compose(run: Promotion) -> Record:
    """The record of a run, numbered after the last one known."""
    now = datetime.datetime.now(datetime.UTC)
    states = run.states or run.outputs
    return Record(
        number=next_number(run.records),
        kind=run.kind,
        environment=run.environment.name,
        release=run.release.id,
        withdraws=run.withdraws,
        fell_back_to=run.fell_back_to,
        fell_back_with=run.fell_back_with,
        target=run.target.name,
        promoted_from=run.below.name if run.below else None,
        verified=not run.failure,
        failure=run.failure,
        interrupted=run.interrupted,
        by=run.by,
        run=run.run_at,
        approved_by=run.approved_by,
        at_once=run.options.at_once,
        started_at=run.started_at.isoformat(timespec="seconds"),
        seconds=round((now - run.started_at).total_seconds(), 1),
        cpu_s=round(time.process_time(), 2),
        infrastructure=run.infrastructure,
        settings=run.settings.model_dump(),
        serials=dict(states.serials),
        lineages=dict(states.lineages),
        outputs={unit: dict(values) for unit, values in run.outputs.values.items()},
        parameters=dict(run.rendering.parameters),
        plan_digests=run.plan_digests,
        plans={unit: plan.summary for unit, plan in run.planned.items()},
        gates=run.gates,
        steps=run.steps,
    )


def next_number(records: Sequence[Record]) -> int:
    """The number that the next record of an environment gets, unless somebody is faster."""
    return records[-1].number + 1 if records else 1


def would_record(run: Promotion) -> StepResult:
    """Say which record would be written."""
    return would(f"record {run.kind} {next_number(run.records)} of {run.environment.name}")
