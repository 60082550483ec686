"""Units that are gone from a release, though their states still hold resources.

Terragrunt plans the units there are. What another one has made would stay, cost, and be known to
nobody.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.sources.state import StateError, parse_state
from pipeline.adapters.states import StateStore
from pipeline.promotion.gates.results import GateResult

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion

SHOWN = 3  # resources that are named of a unit


@dataclass(frozen=True)
class LeftBehind:
    """A unit that no release plans any more.

    Parameters
    ----------
    unit:
        The unit's name, as its state's key has it.
    resources:
        What its state holds: type and name of each.
    """

    unit: str
    resources: tuple[str, ...]

    def __str__(self) -> str:
        noun = "resource" if len(self.resources) == 1 else "resources"
        more = ", …" if len(self.resources) > SHOWN else ""
        named = ", ".join(self.resources[:SHOWN]) + more
        return f"unit {self.unit}: its state holds {len(self.resources)} {noun}: {named}"


def check_units(run: Promotion) -> GateResult:
    """No unit may be gone from the release whose state holds resources: nobody would plan them."""
    found = left_behind(StateStore(run.session, run.environment).read_all(), run.units)
    if not found:
        return GateResult("units", "passed", "no resource is in the state of a unit that is gone")
    name = run.environment.name
    return GateResult(
        "units",
        "refused",
        "units are not in the release any more, and their resources would stay, planned by nobody",
        tuple(map(str, found)),
        "keep the unit, with an empty module if its resources are to go; or, once no release needs "
        f"them, destroy them where it still is: cd live/{name}/{found[0].unit} && terragrunt "
        "destroy",
    )


def left_behind(states: Mapping[str, bytes], units: Collection[str]) -> list[LeftBehind]:
    """The units that are not among `units`, and whose states hold resources (pure).

    Parameters
    ----------
    states:
        Unit → its state, of every unit that has one.
    units:
        Those that the release has.

    Raises
    ------
    StateError
        The state of a unit that is gone cannot be read, so that it is not known what it holds.
    """
    found = []
    for unit in sorted(states.keys() - set(units)):
        try:
            parse_state(states[unit])
        except StateError as error:
            raise StateError(f"the state of unit {unit}: {error.message}", error.remedy) from error
        resources = tuple(
            f"{resource['type']}.{resource['name']}"
            for resource in json.loads(states[unit]).get("resources", [])
            if resource["mode"] == "managed"
            for _ in resource.get("instances", [])
        )
        if resources:
            found.append(LeftBehind(unit, resources))
    return found
