"""What a saved plan would do, read from its JSON (pure)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.values.origins import MOCK_MARKER

NOTHING = (["no-op"], ["read"])
# What is worst comes first wherever changes are listed or counted.
ACTIONS = ("destroy", "replace", "forget", "update", "create", "import", "move")
TAKEN_AWAY = ("destroy", "replace")
PLAN_JSON = "tfplan.json"


@dataclass(frozen=True)
class Change:
    """One resource that a plan would touch.

    Parameters
    ----------
    address:
        As Terraform writes it.
    action:
        How it is touched: one of `ACTIONS`.
    attributes:
        The names of those that change; never their values, which may be secret. Empty where the
        whole resource comes or goes.
    forces:
        Those of them for which it has to be replaced.
    """

    address: str
    action: str
    attributes: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputChange:
    """An output that a plan would give another value.

    Parameters
    ----------
    name:
        The output's name.
    action:
        "add", "change", or "remove".
    value:
        What it would be; None where it goes, is secret, or only the apply will know.
    known:
        Whether the plan knows the value.
    sensitive:
        Whether it is secret afterwards.
    """

    name: str
    action: str
    value: Any = field(default=None, repr=False)
    known: bool = True
    sensitive: bool = False


@dataclass(frozen=True)
class UnitPlan:
    """What one unit's plan would do.

    Parameters
    ----------
    unit:
        The unit's name.
    changes:
        The resources it would touch, the worst first.
    outputs_change:
        Whether an output would get another value.
    tainted:
        Whether a mocked dependency value is in it: it must not be applied (terragrunt#2178).
    digest:
        SHA-256 over what it would do, the same for the same intention.
    outputs:
        The outputs that would get another value.
    files:
        File name → SHA-256 of what was saved: that, and nothing else, is applied.
    """

    unit: str
    changes: tuple[Change, ...]
    outputs_change: bool
    tainted: bool
    digest: str
    outputs: tuple[OutputChange, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    @property
    def has_changes(self) -> bool:
        return bool(self.changes) or self.outputs_change

    @property
    def taken_away(self) -> list[Change]:
        """What it would destroy or replace."""
        return [change for change in self.changes if change.action in TAKEN_AWAY]

    @property
    def removed_outputs(self) -> list[str]:
        """The outputs that would be gone."""
        return [output.name for output in self.outputs if output.action == "remove"]

    @property
    def summary(self) -> str:
        """For people: "1 to destroy, 2 to create"; "new outputs" or "no changes" otherwise."""
        counts = count([self])
        named = [f"{number} to {action}" for action, number in counts.items()]
        if self.outputs_change and not named:
            named = ["new outputs"] * (len(self.removed_outputs) < max(len(self.outputs), 1))
        if self.removed_outputs:
            named.append(f"without output {', '.join(self.removed_outputs)}")
        return ", ".join(named) or "no changes"


def count(plans: Iterable[UnitPlan]) -> dict[str, int]:
    """Action → how many resources it is planned for, the worst first; none that is not planned."""
    counts = Counter(change.action for plan in plans for change in plan.changes)
    return {action: counts[action] for action in sorted(counts, key=_rank)}


def taken_away(plans: Iterable[UnitPlan]) -> frozenset[str]:
    """What plans would destroy, replace, or leave without an output, in words."""
    return frozenset(
        text
        for plan in plans
        for text in (
            *(f"{plan.unit}: {change.action} {change.address}" for change in plan.taken_away),
            *(f"{plan.unit}: without output {output}" for output in plan.removed_outputs),
        )
    )


def _rank(action: str) -> int:
    return ACTIONS.index(action) if action in ACTIONS else 0


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
            "run the same command again: it plans anew",
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
        changes=tuple(sorted(changes, key=lambda each: (_rank(each.action), each.address))),
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
