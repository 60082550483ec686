"""`baton build`: one immutable release from the checkout."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from codegen.errors import BatonError
from codegen.files import write_private
from codegen.project import FILE, VERIFICATION, VERIFY, tool_table
from pipeline.adapters import git
from pipeline.checkout import Checkout, whoami
from pipeline.release.application import Judge, application
from pipeline.release.archive import tar_files
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID, SOURCE, Provenance, Release, digest
from pipeline.release.sam_build import NotBuiltError
from pipeline.release.sources import Files, Sources
from pipeline.release.starting.checking import require_starts
from pipeline.release.starting.values import likely_values
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
    FILE,
    VERIFY,
    VERIFICATION,
)
# Says what is left as it is in an environment, for now, and nothing about a release.
NOT_IN_SOURCE = ("policies/accepted-drift.yaml",)
# What a release's content comes from: changes elsewhere do not make it a dirty one.
INPUT_PATHS = (*SOURCE_PATHS, *(f":(exclude){name}" for name in NOT_IN_SOURCE), "sam-app")


@dataclass(frozen=True)
class Built:
    """A release as it lies in `.baton/releases`, and whether that content was there before."""

    folder: ReleaseFolder
    provenance: Provenance
    is_new: bool


def build(
    checkout: Checkout, target: Target, say: Callable[[str], None], *, starts: bool = True
) -> Built:
    """Make a release of the checkout's content and note it as the last one built here.

    Parameters
    ----------
    checkout, target:
        What is built, and for which platform.
    say:
        Told of each part as it is packed.
    starts:
        Whether each Python function must be able to start.

    Raises
    ------
    BatonError
        The template has what no release can hold, code cannot be packed or built, the packages
        cannot be had for the platform, or a function cannot start.
    """
    values = partial(likely_values, target)
    judge = partial(require_starts, target=target, values=values, say=say) if starts else None
    release, content = _made(checkout, target, say, may_build=True, judge=judge)
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
        return _made(checkout, target, lambda _: None, may_build=False)[0].id != release_id
    except NotBuiltError:  # its code is not what was built
        return True
    except (BatonError, OSError):
        return False


def _made(
    checkout: Checkout,
    target: Target,
    say: Callable[[str], None],
    *,
    may_build: bool,
    judge: Judge | None = None,
) -> tuple[Release, dict[str, bytes]]:
    """The release that the checkout gives now, and its files; nothing is saved."""
    sources = Sources(checkout.root)
    content = application(checkout, target, sources, say, may_build=may_build, judge=judge)
    content[SOURCE] = tar_files(_source_files(sources, checkout.home))
    release = Release(
        target=target.name,
        runtime=target.platform.runtime,
        architecture=target.platform.architecture,
        files={name: digest(data) for name, data in content.items()},
    )
    return release, content


def _source_files(sources: Sources, home: Path) -> Files:
    """Everything of the checkout that a promotion looks at."""
    found = {}
    for name in SOURCE_PATHS:
        path = sources.root / name
        if path.is_file():
            found[name] = path
        elif path.is_dir():
            found |= {f"{name}/{below}": file for below, file in sources.files(path).items()}
    if FILE in found:  # of this only the tool's own table
        write_private(home / FILE, tool_table(sources.root).encode())
        found[FILE] = home / FILE
    return {name: path for name, path in found.items() if name not in NOT_IN_SOURCE}


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
