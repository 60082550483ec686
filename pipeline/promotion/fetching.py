"""Brings the release to this machine, checked by digest, and unpacks it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from codegen.errors import BatonError, SettingsError
from codegen.settings import load_released
from pipeline.adapters import git
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.fit import check_fit, check_place
from pipeline.promotion.promotion import Promotion
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import MANIFEST, PROVENANCE, Provenance, Release, digest, short
from pipeline.step_runner import StepResult

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.target import Target

IGNORED = {".terragrunt-cache", ".terraform", "tests", ".DS_Store"}
# What Terraform and Terragrunt read of a source tree, besides the environment's own folder.
INFRASTRUCTURE = ("terragrunt.hcl", "live/project.yaml", "units", "modules")


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
            f"mend live/{environment.name}/env.yaml or live/project.yaml here, then ./baton build",
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


def download(folder: ReleaseFolder, store: ArtifactStore) -> str:
    """Copy a release from a bucket; what is on this machine already, and right, is not copied.

    Returns
    -------
    str
        What was done, in a few words.
    """
    base = f"releases/{folder.id}"
    manifest = _read(store, f"{base}/{MANIFEST}")
    where = f"s3://{store.bucket}/{base}/{MANIFEST}"
    release = Release.from_bytes(manifest, folder.id, where)
    if folder.is_complete(release):
        return f"from {store.environment.name}: manifest right, all files here already"
    key = f"{base}/{PROVENANCE}"
    provenance = Provenance.from_bytes(_read(store, key), f"s3://{store.bucket}/{key}")
    content = {}
    for name, expected in release.files.items():
        key = release.key(name)
        content[name] = _read(store, key)
        if digest(content[name]) != expected:
            raise BatonError(
                f"s3://{store.bucket}/{key} is not what release {short(folder.id)} says: its "
                f"SHA-256 is {digest(content[name])}",
                "it was changed after it was stored: look at the object's versions",
            )
    folder.save(release, content, provenance)
    return f"from {store.environment.name}: {len(content)} files, every digest right"


def _read(store: ArtifactStore, key: str) -> bytes:
    content = store.read(key)
    if content is None:
        raise BatonError(
            f"s3://{store.bucket}/{key} is missing{', or may not be read' * store.sees_prefixes}",
            f"promote the release to {store.environment.name} again",
        )
    return content


def infrastructure_digest(tree: Path, environment: str | None) -> str:
    """SHA-256 over every file of a source tree that Terraform or Terragrunt reads for it.

    Of no environment: over what they read for every one.
    """
    own = () if environment is None else (f"live/{environment}",)
    names = {
        file.relative_to(tree).as_posix()
        for top in (*INFRASTRUCTURE, *own)
        for file in ([tree / top] if (tree / top).is_file() else (tree / top).rglob("*"))
        if file.is_file() and _counts(file.relative_to(tree))
    }
    total = hashlib.sha256()
    for name in sorted(names):
        total.update(f"{name} {digest((tree / name).read_bytes())}\n".encode())
    for line in neighbours(tree):
        total.update(f"{line}\n".encode())
    return total.hexdigest()


def neighbours(tree: Path) -> list[str]:
    """What units/delivery.hcl reads of every environment: the account, and what it comes from."""
    found = []
    for file in sorted(tree.glob("live/*/env.yaml")):
        own = yaml.safe_load(file.read_text()) or {}
        found.append(f"{file.parent.name} {own.get('account_id')} {own.get('promoted_from')}")
    return found


def _counts(name: Path) -> bool:
    # all but what neither reads, because file() and templatefile() read anything
    return not IGNORED.intersection(name.parts) and name.suffix != ".md"
