"""The hand-off of a release rendered once more, from the states as they are now, into nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.errors import BatonError
from codegen.handoff import prepare
from codegen.problems import ContractError
from codegen.settings import load_released
from codegen.sources.s3 import read_outputs, units_of
from codegen.sources.state import StateOutputs
from pipeline.inspect.drift.handoff import Rendered
from pipeline.inspect.drift.parameters import Parameters
from pipeline.promotion.steps.render import without_canary
from pipeline.records.record import Record
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import short

if TYPE_CHECKING:
    import boto3

    from codegen.problems import Problem
    from codegen.settings import Environment

Render = Callable[["Environment", StateOutputs], Parameters]


def render_again(
    session: boto3.Session,
    environment: Environment,
    folder: ReleaseFolder,
    record: Record,
    live: Path,
) -> Rendered:
    """Render with the release's own templates, modules and settings.

    Parameters
    ----------
    session:
        Has the environment's profile.
    environment:
        Where its states are.
    folder, record:
        The release, and the promotion that it is compared with.
    live:
        The checkout's settings, for what the release's do not know yet.

    Raises
    ------
    StateError
        A state is missing, or cannot be read.
    BatonError
        The release cannot be rendered, and that is not for what the states hold.
    """
    with tempfile.TemporaryDirectory(prefix="baton-drift-") as scratch:
        source = Path(scratch) / "source"
        folder.unpack(source)
        settings = load_released(source / "live", environment.name, live)
        outputs = read_outputs(session, environment, units_of(source / "live", environment.name))
        context = folder.context()

        def render(settings: Environment, outputs: StateOutputs) -> Parameters:
            return prepare(source, settings, outputs, context).parameters

        return rendered_from(render, settings, outputs, record)


def rendered_from(
    render: Render, settings: Environment, outputs: StateOutputs, record: Record
) -> Rendered:
    """What `render` makes of the outputs, as the recorded promotion has chosen it.

    Raises
    ------
    BatonError
        The contract was broken before the states have moved: this Baton asks for more than the one
        that the release was promoted with.
    """
    if record.at_once:
        settings = without_canary(settings)
    try:
        return Rendered(render(settings, outputs))
    except ContractError as error:
        before = _problems(render, settings, record)
        moved = [problem for problem in error.problems if problem not in before]
        if not moved:
            raise BatonError(
                f"release {short(record.release)} cannot be rendered any more, whatever the states "
                f"of {record.environment} hold: {error.message}",
                "build and promote a release that fits this checkout's codegen/",
            ) from error
        return Rendered(None, moved)


def _problems(render: Render, settings: Environment, record: Record) -> list[Problem]:
    """What is wrong with the contract on the outputs that were recorded."""
    recorded = StateOutputs(
        values=record.outputs,
        sensitive={unit: [] for unit in record.outputs},
        serials=record.serials,
        lineages=record.lineages,
    )
    try:
        render(settings, recorded)
    except ContractError as error:
        return error.problems
    return []
