"""Step `fetch`: the release is copied to this machine, checked by digest, and unpacked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codegen.errors import BatonError, SettingsError
from codegen.settings import load_released
from pipeline.adapters import git
from pipeline.promotion.promotion import Promotion
from pipeline.release.compatibility import check_fit, check_place
from pipeline.release.folder import ReleaseFolder
from pipeline.release.infrastructure import infrastructure_digest
from pipeline.release.manifest import Release, short
from pipeline.release.transfer import download
from pipeline.runs.step_runner import StepResult

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.target import Target


def fetch(run: Promotion) -> StepResult:
    """Get the release, from where it was found if that is not here; unpack it.

    Raises
    ------
    BatonError
        A file is missing there, or is not what its digest says.
    NotEligibleError
        It was built for another target or platform.
    """
    detail = download(run.folder, run.source) if run.source else _check_local(run.folder)
    run.release, run.settings = unpack(run.folder, run.target, run.work, run.environment)
    git.init(run.work)
    run.infrastructure = infrastructure_digest(run.work, run.environment.name)
    return StepResult(detail)


def unpack(
    folder: ReleaseFolder, target: Target, work: Path, environment: Environment
) -> tuple[Release, Environment]:
    """Lay a release's source into `work`; return its manifest, and its own settings.

    Parameters
    ----------
    environment:
        The checkout's: where it is, and how one gets there.

    Raises
    ------
    NotEligibleError
        It was built for another target or platform, or says that the environment is elsewhere.
    SettingsError
        Its settings are not right; names the file as it is in the source.
    """
    release = folder.release()
    check_fit(release, target, folder.provenance().dirty)
    folder.unpack(work)
    try:
        settings = load_released(work / "live", environment.name, target.checkout.live)
    except SettingsError as error:  # `work` is made anew each time: nothing is mended there
        raise SettingsError(
            f"release {short(release.id)}: {error.message.replace(f'{work}/', '')}",
            f"correct live/{environment.name}/env.yaml or live/project.yaml, then ./baton build",
        ) from error
    check_place(release, settings, environment)
    # a name on whoever's machine is at work, and nothing of what is deployed
    return release, settings.model_copy(update={"aws_profile": environment.aws_profile})


def _check_local(folder: ReleaseFolder) -> str:
    if damaged := folder.damaged():
        raise BatonError(
            f"release {short(folder.id)} on this machine is damaged: {', '.join(damaged)}",
            "./baton build",
        )
    return f"{len(folder.release().files)} files on this machine, every digest right"
