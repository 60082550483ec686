"""The hand-off rendered from the state's outputs, and the application deployed from it."""

from __future__ import annotations

import datetime
import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codegen.errors import BatonError, Interrupted
from codegen.handoff import ReleaseContext, Rendering, prepare, write
from codegen.sources.s3 import read_outputs
from pipeline.adapters.sam import Sam
from pipeline.promotion.application import Application
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import TEMPLATE, Release
from pipeline.step_runner import StepResult

if TYPE_CHECKING:
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs

# What is left where a deployment has failed, by the stack's status: not this release.
LEFT = {
    "UPDATE_ROLLBACK_COMPLETE": "CloudFormation has rolled back to the previous release",
    "ROLLBACK_COMPLETE": "it was the first deployment, so nothing runs; the next run starts anew",
    "REVIEW_IN_PROGRESS": "it was the first deployment, so nothing runs",
    "ROLLBACK_FAILED": "CloudFormation could not roll back the first deployment: a person must "
    "delete the stack",
    "UPDATE_ROLLBACK_FAILED": "CloudFormation could not roll back to the previous release: a "
    "person must decide, between continue-update-rollback and delete-stack",
}
NOTHING = "there is no stack, so nothing runs"


def release_context(folder: ReleaseFolder, release: Release, template_file: str) -> ReleaseContext:
    """What rendering must know of a release; `template_file` as samconfig.toml shall name it."""
    return ReleaseContext(
        template=folder.path / TEMPLATE,
        template_file=template_file,
        target=release.target,
        runtime=release.runtime,
        architecture=release.architecture,
        id=release.id,
    )


def without_canary(settings: Environment) -> Environment:
    """The same environment, whose new versions take over at once."""
    functions = settings.functions.model_copy(update={"canary": "none"})
    return settings.model_copy(update={"functions": functions})


def rendered(run: Application, outputs: StateOutputs) -> Rendering:
    """What the release makes of an environment's outputs; writes nothing.

    Raises
    ------
    ContractError
        An output is missing or a value does not fit its parameter.
    """
    context = release_context(run.folder, run.release, TEMPLATE)
    settings = without_canary(run.settings) if run.at_once else run.settings
    return prepare(run.work, settings, outputs, context)


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


def deploy(run: Application) -> StepResult:
    """Copy the release into this environment's bucket, then let SAM deploy it.

    Raises
    ------
    BatonError
        The deployment failed, with CloudFormation's first reason, and what it has left.
    """
    copied = copy_release(run)
    sam = Sam(run.session, run.environment, run.target)
    sam.make_ready(run.say, time.sleep)
    run.deployed_at, run.may_run = datetime.datetime.now(datetime.UTC), True
    try:
        run.stack = sam.deploy(run.work / "sam-app")
    except Interrupted:
        raise
    except BatonError as error:
        left = _left(sam)
        run.may_run = not left
        error.extended(f"{error.message}; {left}" if left else error.message, error.remedy)
        raise
    return StepResult(f"{copied} objects copied, stack {sam.name} {run.stack.status}")


def _left(sam: Sam) -> str:
    """What CloudFormation has left of a deployment that failed; empty where that is not known."""
    try:
        stack = sam.stack()
    except Interrupted:
        raise
    except BatonError:  # what failed first is what the user must see
        return ""
    return LEFT.get(stack.status, "") if stack else NOTHING


def copy_release(run: Application) -> int:
    """Put every file of the release that this bucket lacks, or has otherwise; return how many.

    One that is there but still marked to expire is put again, which makes it young again.
    """
    copied = 0
    for key, content in lacking(run):
        run.store.put_unrecorded(key, content)
        copied += 1
    return copied


def lacking(run: Application) -> Iterator[tuple[str, bytes]]:
    """Key and content of every file of the release that has to be put into this bucket."""
    for name in run.release.names:
        key, content = run.release.key(name), (run.folder.path / name).read_bytes()
        if not run.store.is_kept(key) or run.store.read(key) != content:
            yield key, content
