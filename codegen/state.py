"""Terraform's state, as far as the hand-off reads it: the outputs of a unit.

Pure: bytes in, values out. Where the bytes come from is `codegen.outputs`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from codegen.errors import BatonError

STATE_FORMAT = 4  # Terraform 0.12 and later


class StateError(BatonError):
    """A state is missing, cannot be read, or is not what Terraform writes."""


class _Output(BaseModel):
    value: Any = None
    sensitive: bool = False


class _StateDocument(BaseModel):
    version: int
    serial: int
    lineage: str
    outputs: dict[str, _Output] = {}


@dataclass(frozen=True)
class UnitState:
    """What one unit's state says.

    Attributes
    ----------
    values:
        Output → value, without the sensitive ones: a secret is never in memory for rendering.
    sensitive:
        The names of the sensitive outputs, sorted.
    """

    values: Mapping[str, Any]
    sensitive: list[str]
    serial: int
    lineage: str


@dataclass(frozen=True)
class StateOutputs:
    """The outputs of an environment's units, and which states they were read from.

    Attributes
    ----------
    values:
        Unit → output → value; sensitive outputs are left out.
    sensitive:
        Unit → names of its sensitive outputs.
    serials, lineages:
        Unit → its state's serial and lineage; empty where the outputs came from a document.
    """

    values: Mapping[str, Mapping[str, Any]]
    sensitive: Mapping[str, list[str]]
    serials: Mapping[str, int]
    lineages: Mapping[str, str]


def parse_state(content: bytes, where: str) -> UnitState:
    """Read a state document.

    Parameters
    ----------
    content:
        The state object's bytes.
    where:
        What messages call it, as `unit data (s3://bucket/key)`.

    Raises
    ------
    StateError
        It is cut off or no JSON, no Terraform state, or of a format other than 4.
    """
    try:
        state = _StateDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise StateError(
            f"{where}: not a Terraform state: {place + ': ' if place else ''}{first['msg']}",
            "restore the last good version: the state bucket keeps all versions of the object",
        ) from error
    if state.version != STATE_FORMAT:
        raise StateError(
            f"{where}: state format {state.version}, but Baton reads format {STATE_FORMAT}",
            "apply the unit with the Terraform version this project pins",
        )
    return UnitState(
        values={name: out.value for name, out in state.outputs.items() if not out.sensitive},
        sensitive=sorted(name for name, out in state.outputs.items() if out.sensitive),
        serial=state.serial,
        lineage=state.lineage,
    )


def combine(states: Mapping[str, UnitState]) -> StateOutputs:
    """Put the units' states together."""
    return StateOutputs(
        values={unit: state.values for unit, state in states.items()},
        sensitive={unit: state.sensitive for unit, state in states.items()},
        serials={unit: state.serial for unit, state in states.items()},
        lineages={unit: state.lineage for unit, state in states.items()},
    )
