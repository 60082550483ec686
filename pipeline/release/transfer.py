"""Copies a release between this machine and an environment's bucket, each file by its digest."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.errors import BatonError
from pipeline.adapters.store import ArtifactStore
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import MANIFEST, PROVENANCE, Provenance, Release, digest, short


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


def upload(folder: ReleaseFolder, release: Release, store: ArtifactStore) -> int:
    """Put every file of the release that this bucket lacks, or has otherwise; return how many.

    One that is there but still marked to expire is put again, which makes it young again.
    """
    copied = 0
    for key, content in missing(folder, release, store):
        store.put_unrecorded(key, content)
        copied += 1
    return copied


def missing(
    folder: ReleaseFolder, release: Release, store: ArtifactStore
) -> Iterator[tuple[str, bytes]]:
    """Key and content of every file of the release that has to be put into this bucket."""
    for name in release.names:
        key, content = release.key(name), (folder.path / name).read_bytes()
        if not store.is_kept(key) or store.read(key) != content:
            yield key, content
