"""What saved plans would change, in words (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.promotion.plans import UnitPlan


def summary(unit_plans: Sequence[UnitPlan]) -> str:
    """What would change in each unit, and all that would go; one line when nothing would."""
    changing = [plan for plan in unit_plans if plan.has_changes or plan.tainted]
    if not changing:
        return f"{len(unit_plans)} units, no changes" if unit_plans else "nothing was planned"
    lines = [f"{len(changing)} of {len(unit_plans)} units change"]
    for unit in changing:
        wait = " (on mocked values: planned again once its dependencies are there)"
        lines.append(f"{unit.unit}: {unit.summary}{wait if unit.tainted else ''}")
        lines += [f"  {change.action} {change.address}" for change in unit.taken_away]
    return "\n".join(lines)
