"""Parameters: as recorded, as rendered from the states now, and as the stack has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.sam.template import SamTemplate
from pipeline.drift.findings import HIDDEN, Finding, Kind
from pipeline.drift.mending import Mending

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class Sides:
    """The same parameters from three sides.

    Parameters
    ----------
    recorded:
        What the last verified promotion gave the stack.
    rendered:
        What the release's templates make of the states now; None where they can make nothing.
    deployed:
        What the stack has.
    """

    recorded: Parameters
    rendered: Parameters | None
    deployed: Parameters


def parameter_findings(sides: Sides, template: SamTemplate, mending: Mending) -> Iterator[Finding]:
    """Every parameter that is not the same from all sides, and which side has moved.

    Where state and stack have both left what was recorded, and for different values, each is told.
    A revision follows from the other parameters, so one that the states have moved is told only
    where nothing else explains it.
    """
    secret = {name for name, each in template.parameters.items() if each.no_echo}
    found = [
        finding
        for name in sorted({*sides.recorded, *(sides.rendered or {}), *sides.deployed})
        for finding in _compare(name, sides, name in secret, mending)
    ]
    computed = {name for name, each in template.parameters.items() if each.is_revision}
    explained = {each.kind for each in found if _name(each) not in computed} - {"stack"}
    for each in found:
        if not (_name(each) in computed and each.kind in explained):
            yield each


def _compare(name: str, sides: Sides, secret: bool, mending: Mending) -> Iterator[Finding]:
    recorded, deployed = sides.recorded.get(name), sides.deployed.get(name)
    rendered = recorded if sides.rendered is None else sides.rendered.get(name)
    if secret and deployed is not None:  # CloudFormation shows asterisks, which say nothing
        deployed = recorded

    def finding(kind: Kind, actual: str | None) -> Finding:
        was, now = ((HIDDEN if secret and v else v) for v in (recorded, actual))
        return Finding(kind, f"parameter {name}", was, now, mending.parameter(kind))

    if rendered == deployed:
        if rendered != recorded:
            yield finding("unrecorded", deployed)
        return
    if rendered != recorded:
        yield finding("state", rendered)
    if deployed != recorded:
        yield finding("stack", deployed)


def _name(finding: Finding) -> str:
    return finding.subject.removeprefix("parameter ")


def promoted_at_once(recorded: Parameters, with_canary: Parameters, without: Parameters) -> bool:
    """Whether a promotion was made with `--at-once`, which its record does not say itself.

    Parameters
    ----------
    recorded:
        What the stack was given.
    with_canary, without:
        What is rendered with the settings' canary, and without one.

    Returns
    -------
    bool
        True where the record has, in all that a canary decides, the values without one.
    """
    decided = {name for name in {*with_canary, *without} if _differs(name, with_canary, without)}
    return bool(decided) and not any(_differs(name, recorded, without) for name in decided)


def _differs(name: str, one: Parameters, other: Parameters) -> bool:
    return one.get(name) != other.get(name)


def without_secrets(parameters: Parameters, template: SamTemplate) -> dict[str, str]:
    """The parameters whose values may be shown."""
    secret = {name for name, each in template.parameters.items() if each.no_echo}
    return {name: value for name, value in parameters.items() if name not in secret}
