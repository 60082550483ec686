"""What a preview has found: for machines, and as a section of a pull request's comment (pure).

Neither has a value of a resource or of an output in it: only names, of which none is secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codegen.markdown import code
from pipeline.promotion.plans import ACTIONS, Change, UnitPlan, count, digest
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from pipeline.promotion.gates.results import GateResult
    from pipeline.promotion.preview import Preview

MARKS = {"passed": "✅", "refused": "❌", "skipped": "➖"}
MOST = 40_000  # characters of the table of all changes: GitHub takes 65,536 in a comment
COLUMNS = ("unit", "plan")
COLUMNS_OF_CHANGES = ("", "resource", "unit", "attributes")


def headline(plans: Sequence[UnitPlan]) -> str:
    """All units' changes in one line, the worst first."""
    counts = ", ".join(f"{number} to {action}" for action, number in count(plans).items())
    if counts:
        return counts
    return "new outputs" if any(plan.has_changes for plan in plans) else "no changes"


def rows(plans: Iterable[UnitPlan]) -> list[tuple[str, str]]:
    """Unit and summary, of every unit."""
    return [(plan.unit, plan.summary + _waits(plan)) for plan in plans]


def changes(plans: Iterable[UnitPlan]) -> list[tuple[str, ...]]:
    """Action, resource, unit and attributes of every change of all units, the worst first."""
    found = [(plan.unit, change) for plan in plans for change in plan.changes]
    found.sort(key=lambda each: ACTIONS.index(each[1].action))
    return [(each.action, each.address, unit, _attributes(each)) for unit, each in found]


def _attributes(change: Change) -> str:
    forced = f" (forced by {', '.join(change.forces)})" if change.forces else ""
    return ", ".join(change.attributes) + forced


def _waits(plan: UnitPlan) -> str:
    return " (on mocked values: planned again once its dependencies are there)" * plan.tainted


def document(run: Preview) -> dict[str, Any]:
    """For machines. `digest` is what `baton promote --expect-plan` takes."""
    return {
        "environment": run.environment.name,
        "release": run.release.id,
        "digest": digest(run.plans),
        "nothing_to_plan": run.nothing or None,
        "not_yet": run.not_yet or None,
        "units": [_unit(plan) for plan in run.plans],
        "gates": [asdict(result) for result in run.results],
        "refused": bool(run.refused),
    }


def _unit(plan: UnitPlan) -> dict[str, Any]:
    return {
        "unit": plan.unit,
        "summary": plan.summary,
        "tainted": plan.tainted,
        "outputs": {output.name: output.action for output in plan.outputs},
        "changes": [asdict(change) for change in plan.changes],
    }


def markdown(run: Preview) -> str:
    """A section for people: what goes first, then the units, the gates, and every change."""
    name, release = run.environment.name, short(run.release.id)
    lines = [
        f"#### {name}: {headline(run.plans)}",
        "",
        f"Release `{release}`, plan `{digest(run.plans)[:12]}`."
        + (f" Nothing to plan: {run.nothing}." if run.nothing else ""),
        "",
    ]
    if run.not_yet:
        lines += [f"> Not to be promoted to {name} yet: {code(run.not_yet)}", ""]
    lines += _taken_away(run.plans)
    changing = [plan for plan in run.plans if plan.has_changes or plan.tainted]
    lines += _table(COLUMNS, [(code(unit), text) for unit, text in rows(changing)])
    lines += _gates(run.results)
    lines += _changes(changing, f"./baton plan {name} {release} --json")
    return "\n".join(lines)


def _taken_away(plans: Sequence[UnitPlan]) -> list[str]:
    """In bold, what no later promotion brings back."""
    lines = [
        f"- **{change.action}** {code(change.address)} in {code(plan.unit)}"
        for plan in plans
        for change in plan.taken_away
    ]
    lines += [
        f"- **without output** {code(output)} of {code(plan.unit)}"
        for plan in plans
        for output in plan.removed_outputs
    ]
    return [*lines, ""] if lines else []


def _gates(results: Sequence[GateResult]) -> list[str]:
    lines = _table(
        ("gate", "", "says"),
        [(each.name, MARKS[each.outcome], code(each.said)) for each in results],
    )
    for each in results:
        if each.outcome == "refused":
            lines += [f"**{each.name}** refuses: {code(each.said)}", ""]
            lines += [f"- {code(finding)}" for finding in each.findings]
            lines += ["", f"Next: {code(each.remedy)}", ""] if each.remedy else [""]
    return lines


def _changes(plans: Sequence[UnitPlan], whole: str) -> list[str]:
    found = list(_rows(plans))
    if not found:
        return []
    shown, room = [], MOST
    for row in found:
        room -= sum(map(len, row)) + 4 * len(row)
        if room < 0:
            break
        shown.append(row)
    lines = ["<details><summary>every change</summary>", ""]
    lines += _table(("unit", "", "resource", "attributes"), shown)
    if left := len(found) - len(shown):
        lines += [f"… and {left} more: `{whole}` has all of them.", ""]
    return [*lines, "</details>", ""]


def _rows(plans: Sequence[UnitPlan]) -> Iterator[tuple[str, ...]]:
    for plan in plans:
        for change in plan.changes:
            names = _attributes(change)
            what = code(names) if names else ""
            yield code(plan.unit), change.action, code(change.address), what


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    return [
        f"| {' | '.join(columns)} |",
        "|" + " --- |" * len(columns),
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
