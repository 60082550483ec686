"""Brings the release to this machine, checked by digest, and unpacks it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from codegen.errors import BatonError
from codegen.settings import load_environment
from pipeline.adapters import git
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.eligibility import check_fit
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import MANIFEST, PROVENANCE, Provenance, Release, digest, short

IGNORED = {".terragrunt-cache", ".terraform", "tests", ".DS_Store"}
# What Terraform and Terragrunt read of a source tree, besides the environment's own folder.
INFRASTRUCTURE = ("terragrunt.hcl", "live/project.yaml", "units", "modules")


def fetch(run: Promotion) -> StepResult:
    """Get the release, from the bucket of the environment below if there is one; unpack it.

    Raises
    ------
    BatonError
        A file is missing there, or is not what its digest says.
    NotEligibleError
        It was built for another target or platform.
    """
    if run.below is None:
        detail = _check_local(run.folder)
    else:
        below = ArtifactStore(run.target.session(run.below), run.below)
        detail = download(run.folder, below)
    run.release = run.folder.release()
    check_fit(run.release, run.target, run.folder.provenance().dirty)
    run.folder.unpack(run.work)
    git.init(run.work)
    run.settings = load_environment(run.work / "live", run.environment.name)
    run.infrastructure = infrastructure_digest(run.work, run.environment.name)
    return StepResult(detail)


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
    provenance = Provenance.model_validate_json(_read(store, f"{base}/{PROVENANCE}"))
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
            f"s3://{store.bucket}/{key} is missing",
            f"promote the release to {store.environment.name} again",
        )
    return content


def infrastructure_digest(tree: Path, environment: str) -> str:
    """SHA-256 over every file of a source tree that Terraform or Terragrunt reads for it."""
    names = {
        file.relative_to(tree).as_posix()
        for top in (*INFRASTRUCTURE, f"live/{environment}")
        for file in ([tree / top] if (tree / top).is_file() else (tree / top).rglob("*"))
        if file.is_file() and _counts(file.relative_to(tree))
    }
    total = hashlib.sha256()
    for name in sorted(names):
        total.update(f"{name} {digest((tree / name).read_bytes())}\n".encode())
    return total.hexdigest()


def _counts(name: Path) -> bool:
    # all but what neither reads, because file() and templatefile() read anything
    return not IGNORED.intersection(name.parts) and name.suffix != ".md"
