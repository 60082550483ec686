"""Saved plans: read from their JSON, and seen not to be changed before they are applied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.values.origins import MOCK_MARKER
from pipeline.promotion.plans import Change, OutputChange, UnitPlan, rank

NOTHING = (["no-op"], ["read"])
PLAN_JSON = "tfplan.json"


def read_plans(folder: Path, units: Iterable[str]) -> list[UnitPlan]:
    """Read the plan JSON of each unit, and take down what was saved.

    Raises
    ------
    BatonError
        A unit has none: the number of plans must be the number of units.
    """
    found = []
    for unit in units:
        file = folder / unit / PLAN_JSON
        if not file.exists():
            raise BatonError(f"terragrunt saved no plan for the unit {unit} in {folder}")
        plan = parse_plan(unit, file.read_text())
        found.append(replace(plan, files=_digests(folder / unit)))
    return found


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def check_untouched(folder: Path, plans: Iterable[UnitPlan]) -> None:
    """Make sure that the saved plans are those that were gated and approved.

    Raises
    ------
    BatonError
        A file of them is gone, or has other content; names each.
    """
    other = [
        f"{plan.unit}/{name}"
        for plan in plans
        for name, expected in plan.files.items()
        if _digests(folder / plan.unit).get(name) != expected
    ]
    if other:
        raise BatonError(
            f"the saved plan is no longer what was approved: {', '.join(other)} in {folder} "
            "was changed since it was planned; nothing of it was applied",
            "run the same command again: it plans again",
        )


def parse_plan(unit: str, text: str) -> UnitPlan:
    """Read one plan from its JSON."""
    document = json.loads(text)
    touched = [
        item
        for item in document.get("resource_changes", [])
        if item["change"]["actions"] not in NOTHING or _only_in_state(item)
    ]
    outputs = {
        name: change
        for name, change in document.get("output_changes", {}).items()
        if change["actions"] != ["no-op"]
    }
    intention = [[item["address"], item["change"]] for item in touched]
    canonical = json.dumps([intention, outputs], sort_keys=True)
    changes = [_change(item["address"], item["change"]) for item in touched]
    return UnitPlan(
        unit=unit,
        changes=tuple(sorted(changes, key=lambda each: (rank(each.action), each.address))),
        outputs_change=bool(outputs),
        tainted=MOCK_MARKER.search(text) is not None,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        outputs=tuple(_output(name, outputs[name]) for name in sorted(outputs)),
    )


def _only_in_state(item: Mapping[str, Any]) -> bool:
    """A `moved` or `import` block: a no-op for AWS, but not for the state."""
    moved = item.get("previous_address", item["address"]) != item["address"]
    return moved or bool(item["change"].get("importing"))


def _change(address: str, change: Mapping[str, Any]) -> Change:
    action = _action(change)
    if action not in ("update", "replace"):
        return Change(address, action)
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    names = sorted({*before, *after, *unknown})
    paths = change.get("replace_paths") or []
    return Change(
        address,
        action,
        attributes=tuple(
            name
            for name in names
            if holds_true(unknown.get(name)) or before.get(name) != after.get(name)
        ),
        forces=tuple(dict.fromkeys(str(path[0]) for path in paths if path)),
    )


def _action(change: Mapping[str, Any]) -> str:
    actions = change["actions"]
    if actions == ["no-op"]:
        return "import" if change.get("importing") else "move"
    if len(actions) == 2:
        return "replace"
    return {"delete": "destroy"}.get(actions[0], str(actions[0]))


def _output(name: str, change: Mapping[str, Any]) -> OutputChange:
    actions = change["actions"]
    if actions == ["delete"]:
        return OutputChange(name, "remove")
    sensitive = holds_true(change.get("after_sensitive"))
    value = change.get("after")
    # a mock's value tells as little of what it will be as one that is not there yet
    mocked = MOCK_MARKER.search(json.dumps(value)) is not None
    known = not holds_true(change.get("after_unknown")) and not mocked
    return OutputChange(
        name,
        "add" if actions == ["create"] else "change",
        value=value if known and not sensitive else None,
        known=known,
        sensitive=sensitive,
    )


def holds_true(marks: Any) -> bool:
    """Whether a mark of Terraform's (unknown, sensitive) is on a value, or on anything in it."""
    if isinstance(marks, dict | list):
        return any(map(holds_true, marks.values() if isinstance(marks, dict) else marks))
    return marks is True
