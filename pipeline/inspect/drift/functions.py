"""Functions: what was released, the version behind the alias if there is one, and $LATEST. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.deployed.differences import CODE, REVISION, Difference, version_differences
from pipeline.deployed.functions import DeployedFunction
from pipeline.inspect.drift.configuration import VARIABLE, Meant, told
from pipeline.inspect.drift.findings import HIDDEN, Finding, Remedy
from pipeline.inspect.drift.mending import Mending


@dataclass(frozen=True)
class ReleasedFunction:
    """A function as it should be.

    Parameters
    ----------
    alias:
        The alias that its versions are published under; None where it publishes none.
    descriptions:
        The descriptions that its version may have, the verified one first: that of the record, and
        that of the stack where somebody deployed another. Empty where the template gives none.
    verified, deployed:
        What the recorded parameters make of it, and what those of the stack do. Where the two
        differ the parameters have been told, so the function may be as either says.
    """

    alias: str | None
    descriptions: tuple[str, ...]
    verified: Meant
    deployed: Meant

    @property
    def code(self) -> str | None:
        """The CodeSha256 of the released code; None where it is no artifact of the release."""
        return self.verified.values.get(CODE)

    def may_be(self, field: str, value: str | None) -> bool:
        """Whether a version may have this value of a field."""
        known = [side for side in (self.verified, self.deployed) if side.says(field)]
        return not known or any(side.values.get(field) == value for side in known)


def missing_or_new(
    released: Mapping[str, ReleasedFunction],
    deployed: Mapping[str, DeployedFunction],
    mending: Mending,
) -> Iterator[Finding]:
    """Functions that the release has and the stack lacks, or the other way round, or Lambda lost.

    Parameters
    ----------
    released, deployed:
        Logical id → function.
    mending:
        What to do about it.
    """
    for name in sorted({*released, *deployed}):
        if name not in deployed:
            yield Finding("function", name, "in the release", None, (mending.promote,))
        elif name not in released:
            yield Finding("function", name, None, deployed[name].name, (mending.promote,))
        elif deployed[name].latest is None:
            yield Finding("function", name, deployed[name].name, None, *mending.deploy_anew)


def function_findings(
    released: ReleasedFunction, deployed: DeployedFunction, mending: Mending
) -> Iterator[Finding]:
    """Where a function differs from what was released: its alias, its version, its $LATEST.

    Each difference is told once, where it began: an alias that leads to another version is told,
    and that version's other settings are not; what the stack's parameters have done to $LATEST is
    the parameters' to tell.
    """
    if released.alias:
        yield from _alias_findings(released.alias, deployed, mending)
    trusted = deployed.live if released.alias and _leads_right(deployed) else None
    version = told(trusted) if trusted is not None else {}
    if trusted is not None:
        known, given = released.descriptions, trusted.get(REVISION)
        accepted = given if given in known else next(iter(known), None)
        code_and_revision = version_differences(trusted, code=released.code, description=accepted)
        for each in [*code_and_revision, *_odd_settings(released, version)]:
            yield _version_finding(each, released, deployed, mending)
    if deployed.latest is not None:
        for each in _edited(released, version, told(deployed.latest)):
            remedy = mending.latest(deployed.name, released.alias, each, released.code)
            yield _finding("$LATEST", f"{deployed.name} {each.what}", each, released, remedy)


def _alias_findings(alias: str, deployed: DeployedFunction, mending: Mending) -> Iterator[Finding]:
    subject, wanted = f"{deployed.name} alias {alias}", deployed.published
    expected = None if wanted is None else f"version {wanted}"
    if deployed.live is None:
        remedy = mending.create_alias(deployed.name, alias, wanted)
        yield Finding("alias", subject, expected or "an alias", None, *remedy)
        return
    leads_to = str(deployed.live["Version"])
    if deployed.weights or not _leads_right(deployed):
        actual = _routing(leads_to, deployed.weights)
        weighted = bool(deployed.weights)
        remedy = mending.update_alias(deployed.name, alias, wanted or leads_to, weighted)
        yield Finding("alias", subject, expected or f"version {leads_to}", actual, *remedy)


def _leads_right(deployed: DeployedFunction) -> bool:
    """Whether the alias, if there is one, leads to the version that the stack published last."""
    if deployed.live is None:
        return False
    return deployed.published in (None, deployed.live["Version"])


def _routing(leads_to: str, weights: Mapping[str, float]) -> str:
    if not weights:
        return f"version {leads_to}"
    shares = {leads_to: 1 - sum(weights.values()), **weights}
    return ", ".join(f"version {name} {share:.0%}" for name, share in shares.items())


def _odd_settings(released: ReleasedFunction, version: Mapping[str, str]) -> Iterator[Difference]:
    for field in sorted({*released.verified.values, *version} - {CODE}):
        if not released.may_be(field, version.get(field)):
            yield Difference(field, released.verified.values.get(field), version.get(field))


def _edited(
    released: ReleasedFunction, version: Mapping[str, str], latest: Mapping[str, str]
) -> Iterator[Difference]:
    """What $LATEST has neither from the version nor from the stack's parameters."""
    meant = released.deployed
    for field in sorted({*version, *latest, *meant.values}):
        now, given = latest.get(field), meant.values.get(field)
        right = {version.get(field)} if version else set()
        if meant.says(field):
            right.add(given)
        if right and now not in right:
            yield Difference(field, version.get(field) if version else given, now)


def _version_finding(
    each: Difference, released: ReleasedFunction, deployed: DeployedFunction, mending: Mending
) -> Finding:
    what = "revision" if each.what == REVISION else each.what
    subject = f"{deployed.name} version {(deployed.live or {}).get('Version')} {what}"
    return _finding("version", subject, each, released, mending.version(deployed.name, each))


def _finding(
    kind: Literal["version", "$LATEST"],
    subject: str,
    each: Difference,
    released: ReleasedFunction,
    remedy: Remedy,
) -> Finding:
    shows = released.verified.shows(each.what) or released.deployed.shows(each.what)
    was, now = ((v if shows or v is None else HIDDEN) for v in (each.expected, each.actual))
    return Finding(kind, subject.replace(VARIABLE, "variable "), was, now, *remedy)
