"""The units' part of drift: what a plan of the release that was applied last would still change.

Nothing is pending in such a plan: what a newer release would change is not in it. So every change
is one that somebody made outside Terraform, or that an apply has not brought about. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.values.origins import MOCK_MARKER
from pipeline.inspect.drift.findings import HIDDEN, UNITS, Finding, Kind, Remedy
from pipeline.promotion.saved_plans import NOTHING

UNKNOWN = "(known after apply)"
NOTES: dict[Kind, str] = {
    "resource": "changed outside Terraform: a promotion puts it back; what is to stay goes into "
    "units/ or env.yaml, and what is to stay as it is into policies/accepted-drift.yaml",
    "unapplied": "an apply has not brought it about, or was cut off: a promotion applies it",
    "unrecorded": "the state has moved since the last promotion: somebody has applied by hand",
}


@dataclass(frozen=True)
class PlannedUnit:
    """One unit's plan, made from the release that was applied last.

    Parameters
    ----------
    unit:
        The unit's name.
    plan:
        The plan's JSON (terraform show -json).
    moved:
        Whether the state's serial is another than the record says.
    """

    unit: str
    plan: Mapping[str, Any]
    moved: bool


def unit_findings(planned: PlannedUnit, again: Remedy) -> list[Finding]:
    """Everything in which a unit is not as its configuration says.

    Parameters
    ----------
    planned:
        The plan.
    again:
        What applies the infrastructure of that release once more.
    """
    if MOCK_MARKER.search(json.dumps(planned.plan)):
        return [_without_outputs(planned, again)]
    return [
        *(
            finding
            for change in planned.plan.get("resource_changes", [])
            if change["change"]["actions"] not in NOTHING
            for finding in _of_resource(planned, change, again)
        ),
        *_of_outputs(planned, again),
    ]


def _finding(
    kind: Kind, subject: str, expected: str | None, actual: str | None, again: Remedy
) -> Finding:
    note = "; ".join(filter(None, (NOTES[kind], again.note)))
    return Finding(kind, subject, expected, actual, again.commands, note, part=UNITS)


def _without_outputs(planned: PlannedUnit, again: Remedy) -> Finding:
    """A unit below one without outputs can only be planned on mocks, which says nothing of it."""
    subject = f"{planned.unit}: what it depends on"
    return _finding("unapplied", subject, "has outputs", "has none", again)


def _of_resource(
    planned: PlannedUnit, change: Mapping[str, Any], again: Remedy
) -> Iterator[Finding]:
    address, actions = change["address"], change["change"]["actions"]
    outside = _changed_outside(planned.plan, address)
    subject = f"{planned.unit}: {address}"
    if actions == ["create"]:
        yield _finding(_kind(planned, outside is not None), subject, "there", None, again)
    elif actions == ["delete"]:
        yield _finding(_kind(planned, outside is not None), subject, None, "there", again)
    else:
        for name in _changing(change["change"]):
            kind = _kind(planned, outside is not None and name in _changing(outside))
            expected, actual = _sides(change["change"], name)
            yield _finding(kind, f"{subject}.{name}", expected, actual, again)


def _changed_outside(plan: Mapping[str, Any], address: str) -> Mapping[str, Any] | None:
    """What Terraform has seen change of a resource since it was there last; None for nothing."""
    changes = (
        each["change"] for each in plan.get("resource_drift", []) if each["address"] == address
    )
    return next(changes, None)


def _kind(planned: PlannedUnit, outside: bool) -> Kind:
    if outside:
        return "resource"
    return "unrecorded" if planned.moved else "unapplied"


def _changing(change: Mapping[str, Any]) -> list[str]:
    """The attributes that are not the same before and after.

    One that only an apply will know is no drift: it follows from another change, which is told.
    """
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    return [
        name
        for name in sorted({*before, *after})
        if not unknown.get(name) and before.get(name) != after.get(name)
    ]


def _sides(change: Mapping[str, Any], name: str) -> tuple[str | None, str | None]:
    """What the configuration says of an attribute, and what is there."""
    if any(_is_sensitive(change.get(f"{side}_sensitive"), name) for side in ("before", "after")):
        return HIDDEN, HIDDEN
    expected, actual = ((change.get(side) or {}).get(name) for side in ("after", "before"))
    return _text(expected), _text(actual)


def _is_sensitive(marks: Any, name: str) -> bool:
    """Whether any of an attribute is; Terraform marks a whole value, or places inside it."""
    return marks is True or (isinstance(marks, dict) and _any_true(marks.get(name)))


def _any_true(marks: Any) -> bool:
    if isinstance(marks, dict | list):
        return any(map(_any_true, marks.values() if isinstance(marks, dict) else marks))
    return marks is True


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True)


def _of_outputs(planned: PlannedUnit, again: Remedy) -> Iterator[Finding]:
    kind = _kind(planned, outside=False)
    for name, change in sorted(planned.plan.get("output_changes", {}).items()):
        if change["actions"] == ["no-op"]:
            continue
        hidden = change.get("before_sensitive") or change.get("after_sensitive")
        expected = UNKNOWN if change.get("after_unknown") else _text(change.get("after"))
        sides = (HIDDEN, HIDDEN) if hidden else (expected, _text(change.get("before")))
        yield _finding(kind, f"{planned.unit}: output {name}", *sides, again)
