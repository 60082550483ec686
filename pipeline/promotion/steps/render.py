"""Step `render`: samconfig.toml and the parameters, from the state's outputs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from codegen.handoff import Rendering, prepare, write
from codegen.problems import ContractError
from codegen.sources.s3 import read_outputs
from codegen.sources.state import StateError, WrongStateError
from pipeline.adapters.sam import Sam
from pipeline.deployed.differences import differences
from pipeline.promotion.application import Application
from pipeline.release.manifest import TEMPLATE
from pipeline.runs.step_runner import StepResult, would

if TYPE_CHECKING:
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs
    from pipeline.promotion.promotion import Promotion


def render(run: Application) -> StepResult:
    """Render samconfig.toml and parameters/<env>.yaml into the unpacked release.

    Raises
    ------
    ContractError
        An output is missing or a value does not fit its parameter; nothing is written.
    """
    run.outputs = read_outputs(run.session, run.environment, run.units)
    run.rendering = rendered(run, run.outputs)
    folder = run.work / "sam-app"
    folder.mkdir(exist_ok=True)
    shutil.copy(run.folder.path / TEMPLATE, folder / TEMPLATE)
    changes = write([run.rendering], folder)
    verbs = ", ".join(f"{change.verb} {change.path.relative_to(folder)}" for change in changes)
    return StepResult(f"{len(run.rendering.parameters)} parameters; {verbs}")


def would_render(run: Promotion) -> StepResult:
    """Render from the outputs as they are now, into memory; say what would be other than deployed.

    Raises
    ------
    StateError, ContractError
        It cannot be rendered, and nothing would be applied before that could fix it.
    """
    try:
        run.outputs = read_outputs(run.session, run.environment, run.units)
        run.rendering = rendered(run, run.outputs)
    except WrongStateError:
        raise
    except (StateError, ContractError):
        if not any(plan.has_changes or plan.tainted for plan in run.plans):
            raise
        return would("render the hand-off from outputs that are there once the plans are applied")
    stack = Sam(run.session, run.environment, run.target).stack()
    count = f"render {len(run.rendering.parameters)} parameters"
    if stack is None:
        return would(f"{count}; nothing is deployed yet")
    if any(plan.outputs_change for plan in run.plans):
        count += ", on the outputs as they are before the plans are applied"
    changed = [each.what for each in differences(run.rendering.parameters, stack.parameters)]
    if not changed:
        return would(f"{count}, all as they are deployed now")
    return would(f"{count}, {len(changed)} of them other than deployed now:\n{', '.join(changed)}")


def rendered(run: Application, outputs: StateOutputs) -> Rendering:
    """What the release makes of an environment's outputs; writes nothing.

    Raises
    ------
    ContractError
        An output is missing or a value does not fit its parameter.
    """
    context = run.folder.context()
    settings = without_canary(run.settings) if run.at_once else run.settings
    return prepare(run.work, settings, outputs, context)


def without_canary(settings: Environment) -> Environment:
    """The same environment, whose new versions take over at once."""
    functions = settings.functions.model_copy(update={"canary": "none"})
    return settings.model_copy(update={"functions": functions})
