"""`baton build`: one immutable release from the checkout."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from codegen.errors import BatonError
from codegen.reading import read_bytes
from pipeline.adapters import git
from pipeline.checkout import Checkout, whoami
from pipeline.release import layers, packaging
from pipeline.release.archive import tar_files, zip_folder
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID, SOURCE, TEMPLATE, Provenance, Release, artifact, digest
from pipeline.release.packaging import Code
from pipeline.target import Target

# Everything a promotion uses besides the packed code: it never looks into the checkout.
SOURCE_PATHS = (
    "terragrunt.hcl",
    ".terragrunt-filters",
    "live",
    "units",
    "modules",
    "codegen/templates",
    "policies",
    # says what is left as it is in an environment, for now, and nothing about a release
    ":(exclude)policies/accepted-drift.yaml",
)
# What a release's content comes from: changes elsewhere do not make it a dirty one.
INPUT_PATHS = (*SOURCE_PATHS, "sam-app")


@dataclass(frozen=True)
class Built:
    """A release as it lies in `.baton/releases`, and whether that content was there before."""

    folder: ReleaseFolder
    provenance: Provenance
    is_new: bool


def build(checkout: Checkout, target: Target, say: Callable[[str], None]) -> Built:
    """Make a release of the checkout's content and note it as the last one built here.

    Parameters
    ----------
    checkout, target:
        What is built, and for which platform.
    say:
        Told of each part as it is packed.

    Raises
    ------
    BatonError
        A code folder is missing, or the packages cannot be had for the platform.
    """
    release, content = _made(checkout, target, say)
    provenance = _provenance(checkout)
    folder = ReleaseFolder(checkout.releases / release.id)
    is_new = not folder.is_complete(release)
    if is_new:
        folder.save(release, content, provenance)
    elif folder.provenance().dirty and not provenance.dirty:  # committed since, unchanged
        folder.save_provenance(provenance)
    note_last_built(checkout, release.id)
    return Built(folder, provenance, is_new)


def changed_since(release_id: str, checkout: Checkout, target: Target) -> bool:
    """Whether the checkout would give another release now; no, where it would give none."""
    try:
        return _made(checkout, target, lambda _: None)[0].id != release_id
    except (BatonError, OSError):
        return False


def _made(
    checkout: Checkout, target: Target, say: Callable[[str], None]
) -> tuple[Release, dict[str, bytes]]:
    """The release that the checkout gives now, and its files; nothing is saved."""
    template = read_bytes(checkout.sam_app / TEMPLATE)
    codes = packaging.code_folders(template)
    with ThreadPoolExecutor() as pool:
        zips = list(pool.map(lambda code: _pack(code, target), codes))
    keys = {}
    content = {}
    for code, packed in zip(codes, zips, strict=True):
        keys[code.resource] = artifact(digest(packed))
        content[keys[code.resource]] = packed
        say(f"{code.folder} {len(packed) / 1024:,.0f} KiB {digest(packed)[:12]}")
    content[TEMPLATE] = packaging.package(template, keys, checkout.sam_app)
    content[SOURCE] = tar_files(checkout.root, git.files(checkout.root, SOURCE_PATHS))
    release = Release(
        target=target.name,
        runtime=target.platform.runtime,
        architecture=target.platform.architecture,
        files={name: digest(data) for name, data in content.items()},
    )
    return release, content


def _pack(code: Code, target: Target) -> bytes:
    root = target.checkout.root
    folder = target.checkout.sam_app / code.folder
    if code.is_layer and (folder / layers.REQUIREMENTS).exists():
        return layers.build(folder, target, platform.system())
    # what git ignores does not travel: it may be a secret, and no commit would tell of it
    names = git.files(root, [str(folder.relative_to(root))])
    return zip_folder(folder, [str((root / name).relative_to(folder)) for name in names])


def _provenance(checkout: Checkout) -> Provenance:
    return Provenance(
        commit=git.head(checkout.root),
        dirty=git.dirty(checkout.root, INPUT_PATHS),
        built_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        built_by=whoami(),
    )


def note_last_built(checkout: Checkout, release_id: str) -> None:
    """Remember which release was built last here: what the first environment gets next."""
    name = checkout.releases / "last-built"
    part = name.with_suffix(".part")
    part.write_text(release_id)
    part.replace(name)


def last_built(checkout: Checkout) -> str | None:
    """The id of the release built last here, None where none was."""
    try:
        noted = (checkout.releases / "last-built").read_text(errors="replace").strip()
    except FileNotFoundError:
        return None
    return noted if ID.fullmatch(noted) else None
