"""What two environments' last verified promotions differ in, and which of it is meant. Pure.

A difference is meant where the settings say it: in live/, or in what the release's own templates
and modules make of a setting. What follows from an environment's names, and the ids that AWS makes,
differ everywhere and mean nothing. The rest nobody has asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from pipeline.inspect.diff.behind import behind
from pipeline.inspect.diff.likeness import Likeness
from pipeline.records.record import Record
from pipeline.release.manifest import short

# What makes it another environment, rather than how it is set up.
NAMES = frozenset({"name", "project", "region", "account_id", "aws_profile", "promoted_from"})
LONGEST = 40  # characters of a value in a table; `--json` has all of it
Values = Mapping[str, Any]


class Group(IntEnum):
    """Why two environments differ in something; the greater, the more it is worth a look."""

    MADE = 0  # follows from their names, or AWS made it
    INTENDED = 1
    UNINTENDED = 2

    @property
    def words(self) -> str:
        """As tables have it."""
        return ("names and ids", "intended", "not intended")[self]


@dataclass(frozen=True)
class Side:
    """An environment's last verified promotion, and what its release says.

    Parameters
    ----------
    record:
        The promotion's.
    reads:
        Parameter → what the release's template makes it of: `environment.api.auth`,
        `outputs.data.table_name`.
    decides:
        `<unit>.<output>` → the settings that decide it, as `api.auth`.
    said:
        Environment → its settings in this release, as `api.auth`; both environments', where the
        release has them.
    shared:
        The digest of what the release has for every environment's infrastructure: modules, units,
        defaults, and which environments there are.
    commit:
        What the release was built from, as people read it; empty where that is not known.
    releases:
        The releases that were verified there, each once, the newest first.
    """

    record: Record
    reads: Mapping[str, frozenset[str]]
    decides: Mapping[str, frozenset[str]]
    said: Mapping[str, Values]
    shared: str
    commit: str = ""
    releases: tuple[str, ...] = ()

    @property
    def outputs(self) -> Values:
        """`<unit>.<output>` → value."""
        units = self.record.outputs.items()
        return {f"{unit}.{name}": value for unit, own in units for name, value in own.items()}


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same.

    Parameters
    ----------
    kind:
        "release", "infrastructure", "setting", "output" or "parameter".
    left, right:
        Its values; None where there is none, or where null is the value.
    why:
        What the group follows from.
    """

    kind: str
    name: str
    left: Any
    right: Any
    group: Group
    why: str

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        values = (_as_text(self.left), _as_text(self.right))
        return self.group.words, self.kind, self.name, *values, self.why

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {**asdict(self), "group": self.group.name.lower()}


def columns(left: Side, right: Side) -> tuple[str, ...]:
    """The table's, with the environments' names."""
    return "group", "what", "name", left.record.environment, right.record.environment, "why"


def _as_text(value: Any) -> str:
    """A value in one line, the middle of a long one left out: both ends tell more than one."""
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split()) or "(empty)"
    half = (LONGEST - 1) // 2
    return line if len(line) <= LONGEST else f"{line[:half]}…{line[-half:]}"


def compare(left: Side, right: Side) -> list[Difference]:
    """Everything that the two differ in, each with its group."""
    settings = list(_settings(left, right))
    outputs = list(_outputs(left, right, settings))
    parameters = _parameters(left, right, [*settings, *outputs])
    return [*_releases(left, right), *settings, *outputs, *parameters]


def _releases(left: Side, right: Side) -> Iterator[Difference]:
    one, other = left.record, right.record
    if one.release != other.release:
        values = (_release(left), _release(right))
        yield Difference("release", "id", *values, Group.UNINTENDED, behind(left, right))
    if one.infrastructure == other.infrastructure:
        return
    group, why = Group.INTENDED, "live/<environment> is part of it"
    if left.shared != right.shared:
        group, why = Group.UNINTENDED, "modules, units, defaults or the list of environments differ"
    for record in (one, other):
        if record.kind == "rollback":
            group = Group.UNINTENDED
            why = f"{record.environment} has the one before rollback {record.number}"
    digests = (one.infrastructure, other.infrastructure)
    yield Difference("infrastructure", "digest", *digests, group, why)


def _release(side: Side) -> str:
    return f"{short(side.record.release)} {side.commit}".rstrip()


def _settings(left: Side, right: Side) -> Iterator[Difference]:
    one, other = flat(left.record.settings), flat(right.record.settings)
    for name in _differing(one, other):
        group, why = Group.INTENDED, "their env.yaml"
        if name in NAMES:
            group, why = Group.MADE, "what makes them two environments"
        elif not _is_said(left, right, name):
            group, why = Group.UNINTENDED, "in neither release the two differ in it"
        yield Difference("setting", name, one.get(name), other.get(name), group, why)


def _is_said(left: Side, right: Side, name: str) -> bool:
    """Whether a release itself sets the two environments apart in this."""
    names = left.record.environment, right.record.environment
    if left.record.release == right.record.release:
        return True
    for said in (left.said, right.said):
        one, other = (said.get(name, {}) for name in names)
        if one and other and one.get(name) != other.get(name):
            return True
    return False


def _outputs(left: Side, right: Side, settings: list[Difference]) -> Iterator[Difference]:
    one, other = left.outputs, right.outputs
    moved = {each.name: each for each in settings}
    for name in _differing(one, other):
        decided = left.decides.get(name, frozenset()) | right.decides.get(name, frozenset())
        causes = [moved[setting] for setting in sorted(decided & moved.keys())]
        group, why = (
            _alike(left, right, one.get(name), other.get(name))
            or _follows(causes)
            or _unasked(left, right, one, other, name)
        )
        yield Difference("output", name, one.get(name), other.get(name), group, why)


def _parameters(left: Side, right: Side, before: list[Difference]) -> Iterator[Difference]:
    one, other = left.record.parameters, right.record.parameters
    moved = {f"{ROOTS[each.kind]}.{each.name}": each for each in before}
    for name in _differing(one, other):
        read = left.reads.get(name, frozenset()) | right.reads.get(name, frozenset())
        causes = [moved[path] for path in sorted(read & moved.keys())]
        if any(path.startswith("revisions.") for path in read):
            group, why = Group.MADE, "a digest of the code and of all that it is given"
        else:
            group, why = (
                _follows(causes)
                or _alike(left, right, one.get(name), other.get(name))
                or _unasked(left, right, one, other, name)
            )
        yield Difference("parameter", name, one.get(name), other.get(name), group, why)


ROOTS = {"setting": "environment", "output": "outputs"}  # what templates call them
Verdict = tuple[Group, str]


def _follows(causes: list[Difference]) -> Verdict | None:
    """What a value is made of, or decided by, where that differs: the worst of it counts."""
    if not causes:
        return None
    cause = max(causes, key=lambda each: each.group)
    return cause.group, f"{cause.kind} {cause.name}"


def _alike(left: Side, right: Side, one: Any, other: Any) -> Verdict | None:
    """The same but for names and ids?"""
    why = Likeness.of(left.record.settings, right.record.settings).why(one, other)
    return (Group.MADE, why) if why else None


def _unasked(left: Side, right: Side, one: Values, other: Values, name: str) -> Verdict:
    if name in one and name in other:
        return Group.UNINTENDED, "nothing that it is made of differs"
    only = (left if name in one else right).record.environment
    return Group.UNINTENDED, f"only in {only}"


def _differing(one: Values, other: Values) -> list[str]:
    nothing = object()
    names = sorted(one.keys() | other.keys())
    return [name for name in names if one.get(name, nothing) != other.get(name, nothing)]


def flat(settings: Values, prefix: str = "") -> dict[str, Any]:
    """Settings by their dotted names: `{"api": {"auth": 1}}` → `{"api.auth": 1}`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
