"""Plans of the release that was applied last, made for drift alone and never applied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codegen.sources.s3 import read_outputs, units_of
from pipeline.adapters import git
from pipeline.adapters.store import ArtifactStore
from pipeline.adapters.terragrunt import Terragrunt
from pipeline.inspect.drift.findings import Finding, Remedy
from pipeline.inspect.drift.units import PlannedUnit, unit_findings
from pipeline.records.record import Record
from pipeline.release.folder import ReleaseFolder
from pipeline.release.transfer import download

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

PLANS = ".plans"


def read_units(
    checkout: Checkout, target: Target, environment: Environment, applied: Record, again: Remedy
) -> list[Finding]:
    """Plan every unit of the release that was applied last, and say what is not as it says.

    It has a folder of its own, so it disturbs no promotion; Terraform's lock it takes as each does.

    Parameters
    ----------
    applied:
        The newest promotion that has applied its plans, whether verified afterwards or not.
    again:
        What applies its infrastructure once more.

    Raises
    ------
    UnitsFailedError
        A unit cannot be planned.
    """
    session = target.session(environment)
    folder = ReleaseFolder(checkout.releases / applied.release)
    download(folder, ArtifactStore(session, environment))
    place = f"{environment.name}-drift"
    source = checkout.work(place)
    folder.unpack(source)
    git.init(source)
    units = units_of(source / "live", environment.name)
    Terragrunt(source, environment, target, place, only_reads=True).plan(source / PLANS, units)
    serials = _serials(session, environment, units)
    return [
        finding
        for unit in units
        for finding in unit_findings(
            PlannedUnit(
                unit=unit,
                plan=json.loads((source / PLANS / unit / "tfplan.json").read_text()),
                moved=serials.get(unit) != applied.serials.get(unit),
            ),
            again,
        )
    ]


def _serials(session: boto3.Session, environment: Environment, units: list[str]) -> dict[str, int]:
    return dict(read_outputs(session, environment, units).serials)
