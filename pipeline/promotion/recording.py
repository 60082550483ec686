"""Writes the promotion record; from then on the release's objects are kept."""

from __future__ import annotations

import datetime
import time

from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.promotion.records import Record, append


def record(run: Promotion) -> StepResult:
    """Keep the release's objects, then store the record under the next number."""
    run.store.keep(run.release.keys)
    run.record = append(run.store, compose(run))
    outcome = "verified" if run.record.verified else "failed"
    return StepResult(f"promotion {run.record.number} of {run.environment.name}, {outcome}")


def compose(run: Promotion) -> Record:
    """The record of a run, numbered after the last one known."""
    now = datetime.datetime.now(datetime.UTC)
    last = run.records[-1].number if run.records else 0
    return Record(
        number=last + 1,
        environment=run.environment.name,
        release=run.release.id,
        target=run.target.name,
        promoted_from=run.below.name if run.below else None,
        verified=not run.failure,
        failure=run.failure,
        by=run.by,
        approved_by=run.approved_by,
        at_once=run.options.at_once,
        started_at=run.started_at.isoformat(timespec="seconds"),
        seconds=round((now - run.started_at).total_seconds(), 1),
        cpu_s=round(time.process_time(), 2),
        infrastructure=run.infrastructure,
        settings=run.settings.model_dump(),
        serials=dict(run.outputs.serials),
        lineages=dict(run.outputs.lineages),
        outputs={unit: dict(values) for unit, values in run.outputs.values.items()},
        parameters=dict(run.rendering.parameters),
        plan_digests=run.plan_digests,
        plans={unit: plan.summary for unit, plan in run.planned.items()},
        gates=run.gates,
        steps=run.steps,
    )
