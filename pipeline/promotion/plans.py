"""What plans would do, of all units: counted, compared, and which of them must wait (pure)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What is worst comes first wherever changes are listed or counted.
ACTIONS = ("destroy", "replace", "forget", "update", "create", "import", "move")
TAKEN_AWAY = ("destroy", "replace")


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
    return {action: counts[action] for action in sorted(counts, key=rank)}


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


def rank(action: str) -> int:
    return ACTIONS.index(action) if action in ACTIONS else 0


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
