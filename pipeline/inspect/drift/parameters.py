"""Parameters: as recorded, as rendered from the states now, and as the stack has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.sam.template import SamTemplate
from pipeline.inspect.drift.findings import Finding, Kind
from pipeline.inspect.drift.mending import Mending

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
    found = [
        finding
        for name in sorted({*sides.recorded, *(sides.rendered or {}), *sides.deployed})
        for finding in _compare(name, sides, mending)
    ]
    computed = template.revision_parameters
    explained = {each.kind for each in found if _name(each) not in computed} - {"stack"}
    for each in found:
        if not (_name(each) in computed and each.kind in explained):
            yield each


def _compare(name: str, sides: Sides, mending: Mending) -> Iterator[Finding]:
    recorded, deployed = sides.recorded.get(name), sides.deployed.get(name)
    rendered = recorded if sides.rendered is None else sides.rendered.get(name)

    def finding(kind: Kind, actual: str | None) -> Finding:
        return Finding(kind, f"parameter {name}", recorded, actual, *mending.parameter(kind))

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
