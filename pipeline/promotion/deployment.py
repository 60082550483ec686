"""The hand-off rendered from the state's outputs, and the application deployed from it."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from codegen.handoff import ReleaseContext, prepare, write
from codegen.sources.s3 import read_outputs
from pipeline.adapters.sam import Sam
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import TEMPLATE, Release

if TYPE_CHECKING:
    from codegen.settings import Environment


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


def render(run: Promotion) -> StepResult:
    """Render samconfig.toml and parameters/<env>.yaml into the unpacked release.

    Raises
    ------
    ContractError
        An output is missing or a value does not fit its parameter; nothing is written.
    """
    run.outputs = read_outputs(run.session, run.environment, run.units)
    context = release_context(run.folder, run.release, TEMPLATE)
    settings = without_canary(run.settings) if run.options.at_once else run.settings
    run.rendering = prepare(run.work, settings, run.outputs, context)
    folder = run.work / "sam-app"
    folder.mkdir(exist_ok=True)
    shutil.copy(run.folder.path / TEMPLATE, folder / TEMPLATE)
    changes = write([run.rendering], folder)
    verbs = ", ".join(f"{change.verb} {change.path.relative_to(folder)}" for change in changes)
    return StepResult(f"{len(run.rendering.parameters)} parameters; {verbs}")


def deploy(run: Promotion) -> StepResult:
    """Copy the release into this environment's bucket, then let SAM deploy it.

    Raises
    ------
    BatonError
        The deployment failed, with CloudFormation's first reason.
    """
    copied = copy_release(run)
    sam = Sam(run.session, run.environment, run.target)
    sam.make_ready(run.say, time.sleep)
    run.stack = sam.deploy(run.work / "sam-app")
    return StepResult(f"{copied} objects copied, stack {sam.name} {run.stack.status}")


def copy_release(run: Promotion) -> int:
    """Put every file of the release that this bucket lacks, or has otherwise; return how many.

    One that is there but still marked to expire is put again, which makes it young again.
    """
    copied = 0
    for name in run.release.names:
        key, content = run.release.key(name), (run.folder.path / name).read_bytes()
        if not run.store.is_kept(key) or run.store.read(key) != content:
            run.store.put_unrecorded(key, content)
            copied += 1
    return copied
