"""What a saved plan would do, read from its JSON (pure)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.values.origins import MOCK_MARKER

NOTHING = (["no-op"], ["read"])


@dataclass(frozen=True)
class Change:
    """One resource that a plan would touch: its address, and how ("create", "replace", …)."""

    address: str
    action: str


@dataclass(frozen=True)
class UnitPlan:
    """What one unit's plan would do.

    Parameters
    ----------
    unit:
        The unit's name.
    changes:
        The resources it would touch.
    outputs_change:
        Whether an output would get another value.
    tainted:
        Whether a mocked dependency value is in it: it must not be applied (terragrunt#2178).
    digest:
        SHA-256 over what it would do, the same for the same intention.
    """

    unit: str
    changes: tuple[Change, ...]
    outputs_change: bool
    tainted: bool
    digest: str

    @property
    def has_changes(self) -> bool:
        return bool(self.changes) or self.outputs_change

    @property
    def summary(self) -> str:
        """For people: "2 to create, 1 to destroy"; "new outputs" or "no changes" otherwise."""
        counts = Counter(change.action for change in self.changes)
        named = [f"{count} to {action}" for action, count in sorted(counts.items())]
        return ", ".join(named) or ("new outputs" if self.outputs_change else "no changes")


def read_plans(folder: Path, units: Iterable[str]) -> list[UnitPlan]:
    """Read the plan JSON of each unit.

    Raises
    ------
    BatonError
        A unit has none: the number of plans must be the number of units.
    """
    found = []
    for unit in units:
        file = folder / unit / "tfplan.json"
        if not file.exists():
            raise BatonError(f"terragrunt saved no plan for the unit {unit} in {folder}")
        found.append(parse_plan(unit, file.read_text()))
    return found


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
    return UnitPlan(
        unit=unit,
        changes=tuple(Change(item["address"], _action(item["change"])) for item in touched),
        outputs_change=bool(outputs),
        tainted=MOCK_MARKER.search(text) is not None,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _only_in_state(item: Mapping[str, Any]) -> bool:
    """A `moved` or `import` block: a no-op for AWS, but not for the state."""
    moved = item.get("previous_address", item["address"]) != item["address"]
    return moved or bool(item["change"].get("importing"))


def _action(change: Mapping[str, Any]) -> str:
    actions = change["actions"]
    if actions == ["no-op"]:
        return "import" if change.get("importing") else "move"
    if len(actions) == 2:
        return "replace"
    return {"delete": "destroy"}.get(actions[0], str(actions[0]))


def waiting(plans: Iterable[UnitPlan], dependencies: Mapping[str, Sequence[str]]) -> set[str]:
    """The units whose plans must be made again once others have been applied.

    A plan that has a mocked value is one; so is the plan of a unit below another whose outputs will
    change: it was made on the outputs of before.

    Parameters
    ----------
    plans:
        The plans at hand.
    dependencies:
        Unit → the units whose outputs it reads.
    """
    found = list(plans)
    moving = {plan.unit for plan in found if plan.outputs_change}
    held = {plan.unit for plan in found if plan.tainted}
    return held | {
        plan.unit for plan in found if moving & _above(plan.unit, dependencies) - {plan.unit}
    }


def _above(unit: str, dependencies: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that a unit depends on, directly or not."""
    found: set[str] = set()
    open_ = list(dependencies.get(unit, ()))
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += dependencies.get(name, ())
    return found


def digest(plans: Iterable[UnitPlan]) -> str:
    """One digest over all units' plans: what an approval is given for."""
    lines = sorted(f"{plan.unit} {plan.digest}\n" for plan in plans)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
