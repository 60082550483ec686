"""Expand, then contract: the application that is deployed must be able to live on what is planned.

A promotion applies before it deploys, and puts the application of before back where the new one
fails. Both times the older application stands on the newer infrastructure.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.contract.outputs import output_problems
from codegen.errors import BatonError, Interrupted, SettingsError
from codegen.jinja.templates import TemplateSourceError
from codegen.problems import Kind, Problem
from codegen.rendering import ReleaseContext, render
from codegen.sam.template import TemplateError
from codegen.settings import load_released
from codegen.sides import Sides
from codegen.sources.state import StateOutputs, combine, parse_state
from pipeline.adapters.states import StateStore
from pipeline.promotion.gates.results import GateResult
from pipeline.promotion.plans import UnitPlan
from pipeline.records.record import last_verified, running
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import TEMPLATE, short
from pipeline.release.transfer import download

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.promotion.promotion import Promotion

Unknown = frozenset[tuple[str, str]]  # (unit, output) that only an apply will know
STAND_IN = "known after apply"
# Kind of problem → how an output would be that is read.
WOULD_BE = {
    Kind.OUTPUT_MISSING: "gone",
    Kind.OUTPUT_EMPTY: "null or empty",
    Kind.OUTPUT_SENSITIVE: "sensitive",
}


@dataclass(frozen=True)
class Deployed:
    """The application that is deployed: what it reads, and what it was rendered with."""

    sides: Sides
    settings: Environment
    context: ReleaseContext


def check_breaking(run: Promotion) -> GateResult:
    """The deployed application must still render from the outputs as they are planned."""
    if last_verified(run.records) is None:
        return GateResult("breaking", "skipped", "nothing was verified here yet")
    if not any(plan.outputs for plan in run.plans):
        return GateResult("breaking", "skipped", "no output would change")
    states = StateStore(run.session, run.environment).read_all()
    now = combine({unit: parse_state(content) for unit, content in states.items()})
    likely, *others = running(run.records)
    results = [_check(run, likely, now), *(_check_if_there(run, each, now) for each in others)]
    # where the records leave it open which one is deployed, what refuses counts, then what passed
    return min(results, key=lambda result: ("refused", "passed", "skipped").index(result.outcome))


def _check_if_there(run: Promotion, release: str, now: StateOutputs) -> GateResult:
    """Judge a release that is hardly deployed: surely not, where its files never came so far."""
    try:
        return _check(run, release, now)
    except Interrupted:
        raise
    except BatonError as error:
        return GateResult("breaking", "skipped", error.message)


def _check(run: Promotion, release: str, now: StateOutputs) -> GateResult:
    """Judge one release that is deployed, or may be."""
    who = f"release {short(release)}, which is deployed,"
    try:
        deployed = read_deployed(run, release)
    except (SettingsError, TemplateError, TemplateSourceError) as error:
        # nothing that is promoted could fix that, so it must not stand in the way for ever
        return GateResult("breaking", "skipped", f"{who} cannot be read any more: {error.message}")
    found = broken(deployed, now, run.plans)
    if not found:
        return GateResult("breaking", "passed", f"{who} can live on the outputs as planned")
    return GateResult(
        "breaking",
        "refused",
        f"{who} could not live on the outputs as planned: not while the new one is being deployed, "
        "and not if it has to be put back",
        tuple(found),
        "expand, then contract: leave what it reads as it is and add the new output beside it; "
        f"promote that; take the old one out in the release after, which {run.environment.name} "
        "gets when nothing there reads it any more",
    )


def read_deployed(run: Promotion, release: str) -> Deployed:
    """Read the deployed release, from the environment's own bucket.

    Raises
    ------
    SettingsError, TemplateError, TemplateSourceError
        Its files are none that this Baton can read.
    BatonError
        It cannot be had.
    """
    folder = ReleaseFolder(run.checkout.releases / release)
    if release != run.release.id:  # that one is here, and checked, already
        download(folder, run.store)
    with tempfile.TemporaryDirectory(prefix="baton-deployed-") as scratch:
        source = Path(scratch) / "source"
        folder.unpack(source)
        settings = load_released(source / "live", run.environment.name, run.checkout.live)
        context = folder.context()
        sides = Sides.load(source, context.template)
    named = replace(sides.template, file=TEMPLATE)
    return Deployed(replace(sides, template=named), settings, context)


def broken(deployed: Deployed, now: StateOutputs, plans: Sequence[UnitPlan]) -> list[str]:
    """What would keep the deployed application from being rendered, and does not do so now.

    Parameters
    ----------
    now:
        The outputs as the states have them.
    plans:
        The plans at hand; a unit without one keeps its outputs.
    """
    before = set(_problems(deployed, now, frozenset()))
    after, unknown = as_planned(now, plans)
    return [said for said in _problems(deployed, after, unknown) if said not in before]


def as_planned(now: StateOutputs, plans: Sequence[UnitPlan]) -> tuple[StateOutputs, Unknown]:
    """The outputs as they would be, and which of them only the apply will know (pure)."""
    values = {unit: dict(own) for unit, own in now.values.items()}
    sensitive = {unit: set(names) for unit, names in now.sensitive.items()}
    unknown = set()
    for plan in plans:
        own, hidden = values.setdefault(plan.unit, {}), sensitive.setdefault(plan.unit, set())
        for output in plan.outputs:
            own.pop(output.name, None)
            hidden.discard(output.name)
            if output.sensitive:
                hidden.add(output.name)
            elif not output.known:
                unknown.add((plan.unit, output.name))
                own[output.name] = STAND_IN
            elif output.action != "remove":
                own[output.name] = output.value
    planned = replace(
        now,
        values=values,
        sensitive={unit: sorted(names) for unit, names in sensitive.items()},
        empty=now.empty - {plan.unit for plan in plans if plan.outputs},
    )
    return planned, frozenset(unknown)


def _problems(deployed: Deployed, outputs: StateOutputs, unknown: Unknown) -> list[str]:
    """What is wrong, as sentences that say who reads it where."""
    sides, settings = deployed.sides, deployed.settings
    found = list(output_problems(sides.sources, sides.declared, outputs, settings))
    try:
        _, more = render(sides, settings, _without(outputs, unknown), deployed.context)
    except TemplateSourceError as error:
        return [*(_sentence(problem) for problem in found), error.message]
    return list(dict.fromkeys(map(_sentence, [*found, *more])))


def _without(outputs: StateOutputs, unknown: Unknown) -> Mapping[str, Mapping[str, Any]]:
    """What is not known yet is rendered as what cannot be had: judged no further."""
    return {
        unit: {name: None if (unit, name) in unknown else value for name, value in own.items()}
        for unit, own in outputs.values.items()
    }


def _sentence(problem: Problem) -> str:
    place = f"{problem.where} of the deployed release"
    if problem.kind in WOULD_BE:
        output = problem.what.split(" ")[0]
        return f"{place} reads {output}, which would be {WOULD_BE[problem.kind]}"
    other = f" ({problem.other})" if problem.other else ""
    return f"{place}: {problem.what}{other}"
