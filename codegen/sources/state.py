"""Terraform's state, as far as the hand-off reads it: a unit's outputs, and whose state it is.

Pure: bytes in, values out. Where the bytes come from is `codegen.sources.s3`' business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codegen.errors import BatonError
from codegen.sources.numbers import number_problem

STATE_FORMAT = 4  # Terraform 0.12 and later
# The tags by which terragrunt.hcl's provider marks whatever it makes (default_tags).
PROJECT_TAG, ENVIRONMENT_TAG = "project", "environment"
RESTORE = "restore the last good version: the state bucket keeps all versions of the object"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class StateError(BatonError):
    """A state is missing, cannot be read, or is not what Terraform writes."""


class WrongStateError(StateError):
    """A state lies under a key that is not its own: planning on it would be planning on lies."""


class _Read(BaseModel):
    # the numbers and booleans of JSON and no texts that look like them: Terraform writes no others
    model_config = ConfigDict(strict=True)


class _Output(_Read):
    value: Any = None
    sensitive: bool = False


class _Attributes(_Read):
    tags_all: Any = None


class _Instance(_Read):
    attributes: _Attributes | None = None


class _Resource(_Read):
    mode: str
    instances: list[_Instance] = []


class _StateDocument(_Read):
    """What is read of a state. A resource's other attributes, secrets too, never become objects."""

    version: int
    serial: int
    lineage: str = Field(min_length=1)
    outputs: dict[str, _Output] = {}
    resources: list[_Resource] = []


class _Format(_Read):
    version: int


@dataclass(frozen=True)
class Owner:
    """The project and environment that a resource is tagged with."""

    project: str
    environment: str

    def __str__(self) -> str:
        return f"{PROJECT_TAG}={self.project}, {ENVIRONMENT_TAG}={self.environment}"


@dataclass(frozen=True)
class UnitState:
    """What one unit's state says.

    Attributes
    ----------
    values:
        Output → value, without the sensitive ones: a secret is never in memory for rendering.
    sensitive:
        The names of the sensitive outputs, sorted.
    owners:
        Whose tags its resources carry, and how many carry them; empty where none is tagged.
    empty:
        Whether it holds neither a resource nor an output: the unit was destroyed, or its first
        apply made nothing.
    """

    values: Mapping[str, Any]
    sensitive: list[str]
    serial: int
    lineage: str
    owners: Mapping[Owner, int] = field(default_factory=dict)
    empty: bool = False


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
    empty:
        The units whose state holds neither a resource nor an output.
    """

    values: Mapping[str, Mapping[str, Any]]
    sensitive: Mapping[str, list[str]]
    serials: Mapping[str, int]
    lineages: Mapping[str, str]
    empty: frozenset[str] = frozenset()


def state_key(env: str, unit: str) -> str:
    """The key of a unit's state object: the same expression as in terragrunt.hcl."""
    return f"live/{env}/{unit}/terraform.tfstate"


def parse_state(content: bytes) -> UnitState:
    """Read a state document.

    Where a key is there twice the last one counts, as it does for Terraform.

    Parameters
    ----------
    content:
        The state object's bytes.

    Raises
    ------
    StateError
        It is cut off or no JSON, no Terraform state, of a format other than 4, or holds a number
        that no reader keeps. The message says what it is, and not where: who read it knows that.
    """
    try:
        state = _StateDocument.model_validate_json(content)
    except ValidationError as error:
        raise unusable(content, error) from error
    if state.version != STATE_FORMAT:
        raise _other_format(state.version)
    for name, output in state.outputs.items():
        if problem := number_problem(output.value):
            raise StateError(f"output {name} {problem}", "hand it over as text")
    managed = [resource for resource in state.resources if resource.mode == "managed"]
    return UnitState(
        values={name: out.value for name, out in state.outputs.items() if not out.sensitive},
        sensitive=sorted(name for name, out in state.outputs.items() if out.sensitive),
        serial=state.serial,
        lineage=state.lineage,
        owners=owners(
            instance.attributes.tags_all
            for resource in managed
            for instance in resource.instances
            if instance.attributes
        ),
        empty=not managed and not state.outputs,
    )


def unusable(content: bytes, error: ValidationError) -> StateError:
    """What is wrong with an object that is in a state's place.

    Parameters
    ----------
    content:
        The object's bytes.
    error:
        What a model of the state said to them.
    """
    try:
        version = _Format.model_validate_json(content).version
    except ValidationError:
        version = STATE_FORMAT  # none that can be read; then it is not the format that is wrong
    if version != STATE_FORMAT:
        return _other_format(version)
    if content.lstrip().startswith(b"<"):
        return StateError(
            "not a Terraform state: HTML or XML came in its place",
            "look for a proxy or a login page between here and S3, and at the profile's "
            "endpoint_url; otherwise " + RESTORE,
        )
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    reason = f"{place}: {first['msg']}" if place else first["msg"]
    if not content.strip():
        reason = "the object is empty"
    elif content.startswith(_BYTE_ORDER_MARK):
        reason = "it begins with a byte order mark, which Terraform refuses too"
    return StateError(f"not a Terraform state: {reason}", RESTORE)


def _other_format(version: int) -> StateError:
    remedy = RESTORE if version > STATE_FORMAT else "apply the unit with the Terraform pinned here"
    return StateError(
        f"not a Terraform state of format {STATE_FORMAT}, which Terraform has written since 0.12, "
        f"but of format {version}",
        remedy,
    )


def owners(tags: Iterable[object]) -> Counter[Owner]:
    """Who the resources of a state belong to, by their `tags_all`, and how many to whom."""
    found: Counter[Owner] = Counter()
    for each in tags:
        if isinstance(each, dict):  # other providers may mean anything by the name
            project, environment = each.get(PROJECT_TAG), each.get(ENVIRONMENT_TAG)
            if isinstance(project, str) and isinstance(environment, str):
                found[Owner(project, environment)] += 1
    return found


def check_owner(found: Mapping[Owner, int], owner: Owner) -> None:
    """Refuse a state that is not of the environment under whose key it lies.

    A module may tag a single resource otherwise, so one that carries the right tags is enough; a
    state without tagged resources says nothing.

    Raises
    ------
    WrongStateError
        Its resources are another environment's.
    """
    if not found or owner in found:
        return
    other, count = max(found.items(), key=lambda item: (item[1], str(item[0])))
    resources = "resource in it is" if count == 1 else "resources in it are"
    raise WrongStateError(
        f"the state of another environment: {count} {resources} tagged {other}, and none {owner}",
        "apply nothing, for Terraform would take what is in it for this environment's own; "
        + RESTORE,
    )


def copies(states: Mapping[str, UnitState]) -> list[list[str]]:
    """The units that share a lineage: Terraform gives each state its own, so one is a copy.

    Returns
    -------
    list
        A list for each such lineage: its units, sorted.
    """
    units: dict[str, list[str]] = {}
    for unit in sorted(states):
        units.setdefault(states[unit].lineage, []).append(unit)
    return [sharing for sharing in units.values() if len(sharing) > 1]


def combine(states: Mapping[str, UnitState]) -> StateOutputs:
    """Put the units' states together."""
    return StateOutputs(
        values={unit: state.values for unit, state in states.items()},
        sensitive={unit: state.sensitive for unit, state in states.items()},
        serials={unit: state.serial for unit, state in states.items()},
        lineages={unit: state.lineage for unit, state in states.items()},
        empty=frozenset(unit for unit, state in states.items() if state.empty),
    )
