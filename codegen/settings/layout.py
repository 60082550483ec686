"""What live/ may hold: environments with their settings, and in each of them units.

An environment is a folder of live/ with an env.yaml; a unit is a folder of an environment with a
terragrunt.hcl. There is no level between, as for a region: state keys, dependencies, profiles and
workflows are named by environment and unit alone.

Anything else could be meant for an environment, a unit or their settings, and would be ignored by
Baton or, as a .tf file in a unit, applied past its checks. So it is refused.
"""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from codegen.errors import SettingsError
from codegen.place import Place

ENV, UNIT = "env.yaml", "terragrunt.hcl"
# Depth → the files that belong there, the most important one first.
_BELONGS = {1: ("project.yaml", "project.schema.json", "env.schema.json"), 2: (ENV,), 3: (UNIT,)}
# What Terragrunt and Terraform leave behind; git ignores it.
CACHES = {".terragrunt-cache", ".terraform"}
_DOC = "docs/settings.md says how live/ is laid out"


@dataclass(frozen=True)
class _Entry:
    """A file or a symbolic link below live/, by its path from there."""

    path: PurePath
    is_link: bool

    @property
    def depth(self) -> int:
        return len(self.path.parts)


def layout_problems(live: Path) -> list[SettingsError]:
    """Everything in live/ that is neither an environment nor a unit, and could be meant as one.

    Parameters
    ----------
    live:
        The folder with project.yaml and the environments' folders.
    """
    try:
        entries = sorted(_walk(live), key=lambda each: each.path)
    except OSError as error:
        path = Path(str(error.filename))
        return [_problem(path, f"cannot be read: {error.strerror}", f"ls -ld {_quoted(path)}")]
    # of an environment in the wrong place nothing else is said: its units are in it
    deeper = [each for each in entries if each.path.name == ENV and each.depth > 2]
    inside = [each.path.parent for each in deeper]
    around = {folder for path in inside for folder in (path, *path.parents)}
    rest = [each for each in entries if not any(each.path.is_relative_to(f) for f in inside)]
    found = [_file_problem(live, each) for each in (*deeper, *rest)]
    files = {each.path for each in entries}
    # what is named nearly right is said so once
    files |= {each.path.with_name(near) for each in rest if (near := _near(each))}
    folders = [folder for folder in _folders(rest) if folder not in around]
    found += [_folder_problem(live, folder, files) for folder in folders]
    return [problem for problem in found if problem is not None]


def _walk(live: Path) -> Iterator[_Entry]:
    """Files and links below live/, without caches; links are not followed."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for place, folders, files in os.walk(live, onerror=refuse):
        here = Path(place)
        folders[:] = [name for name in folders if name not in CACHES]
        for name in (*files, *folders):
            is_link = (here / name).is_symlink()
            if is_link or name in files:
                yield _Entry((here / name).relative_to(live), is_link)


def _file_problem(live: Path, entry: _Entry) -> SettingsError | None:
    name, path = entry.path.name, live / entry.path
    if entry.is_link:
        said = "is a symbolic link: git and releases do not keep what it leads to"
        return _problem(path, said, "put the files themselves in its place")
    if name in _BELONGS.get(entry.depth, ()):
        return None
    if name == ENV:
        return _misplaced_environment(live, entry)
    if name == UNIT:
        return _misplaced_unit(live, entry)
    if _is_for_others(entry):
        return None
    if near := _near(entry):
        remedy = f"did you mean {near}? git mv {_quoted(path)} {_quoted(path.with_name(near))}"
        return _problem(path, "is not read", remedy)
    return _problem(path, "does not belong here", f"move it out of {live.name}/; {_DOC}")


def _is_for_others(entry: _Entry) -> bool:
    """Whether a file is for people, editors or git: hidden, or a text about the rest."""
    is_hidden = any(part.startswith(".") for part in entry.path.parts)
    return is_hidden or entry.path.name.endswith((".md", "~"))


def _near(entry: _Entry) -> str | None:
    """The name that a file nearly has, if it is where that one belongs."""
    expected = _BELONGS.get(entry.depth, ())
    if _is_for_others(entry) or entry.path.name in expected:
        return None
    name = entry.path.name.casefold()
    return next(iter(difflib.get_close_matches(name, expected, n=1, cutoff=0.6)), None)


def _misplaced_environment(live: Path, entry: _Entry) -> SettingsError:
    path, parts = live / entry.path, entry.path.parts
    if entry.depth == 1:
        said = "is not read: each environment is a folder of live/ with an env.yaml of its own"
        return _problem(path, said, f"git mv {_quoted(path)} {_quoted(live)}/<env>/{ENV}")
    return _problem(
        path,
        "is not read: an environment is a folder of live/ itself, with no level such as a region "
        "between",
        f"move its files and units to {_quoted(live / '-'.join(parts[:-1]))}/, or to a shorter "
        "name; the region is a setting (region)",
    )


def _misplaced_unit(live: Path, entry: _Entry) -> SettingsError:
    path = live / entry.path
    if entry.depth < 3:
        said = "makes a unit of the folder around it for Terragrunt, and for nothing else"
        return _problem(path, said, f"move it to {_quoted(live)}/<env>/<unit>/{UNIT}")
    return _problem(
        path,
        "is not read: a unit is a folder of its environment itself",
        f"git mv {_quoted(path.parent)} {_quoted(live / entry.path.parts[0] / path.parent.name)}",
    )


def _folders(entries: list[_Entry]) -> list[PurePath]:
    """The folders that have to be environments or units: those with a file that is not hidden."""
    found = {
        PurePath(*each.path.parts[:length])
        for each in entries
        for length in range(1, min(each.depth, 3))
        if each.path.name in (ENV, UNIT)
        or not any(part.startswith(".") for part in each.path.parts)
    }
    return sorted(found)


def _folder_problem(live: Path, folder: PurePath, files: set[PurePath]) -> SettingsError | None:
    is_environment = len(folder.parts) == 1
    wanted = ENV if is_environment else UNIT
    if folder / wanted in files:
        return None
    said = f"each folder of {live.name}/ is an environment"
    if not is_environment:
        said = "each folder of an environment is a unit"
    elif units := sorted(f.parts[1] for f in files if f.match(f"{folder}/*/{UNIT}")):
        said = f"there are units of {folder} beside it ({', '.join(units)})"
    path = live / folder / wanted
    remedy = f"write it, or remove the folder: git rm -r {_quoted(path.parent)}"
    return _problem(path, f"is missing: {said}", remedy)


def _problem(path: Path, said: str, remedy: str) -> SettingsError:
    return SettingsError(f"{path} {said}", remedy).at(Place(str(path), 1))


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
