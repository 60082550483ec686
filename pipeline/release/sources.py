"""The files of a folder that a release packs: what git would commit, and what links lead to.

What git ignores is not packed: it may be a secret, and no commit would have it. What is there and
cannot be packed is refused, so that nothing is left out without a word.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from codegen.errors import BatonError
from pipeline.adapters import git

Files = Mapping[str, Path]  # name in the archive → the file that has the content
# What tools leave behind, whether or not git ignores it.
NEVER_PACKED = {
    *("__pycache__", ".DS_Store", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    *(".terraform", ".terragrunt-cache"),
}


class Sources:
    """The files of a checkout, submodules included, by folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._absent: list[str] = []

    def files(self, path: Path) -> Files:
        """The files of a folder, by their path in it; of a file, that file by its name.

        Links are followed, as SAM does.

        Raises
        ------
        BatonError
            A link leads out of the project, nowhere, in a circle or to what git ignores; a
            submodule is not checked out; something is neither file nor folder.
        """
        return dict(sorted(self._below(self._inside(path), ())))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every file and link, relative to the root."""
        return frozenset(self._list(self.root, ""))

    def _list(self, folder: Path, prefix: str) -> Iterator[str]:
        listing = git.listing(folder)
        yield from (prefix + name for name in listing.files)
        for name in listing.repositories:
            if (folder / name / ".git").exists():
                yield from self._list(folder / name, f"{prefix}{name}/")
            else:
                self._absent.append(prefix + name)

    def _below(self, path: Path, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
        """What a folder, or a file, without links on the way to it, has to pack."""
        if path in above:
            raise BatonError(f"{path} has a link that leads back to it", "remove the link")
        if path.is_file():
            yield path.name, self._committed(path)
            return
        relative = path.relative_to(self.root).as_posix()
        prefix = "" if relative == "." else relative + "/"
        inside = [name for name in self.names if name.startswith(prefix)]
        self._refuse(prefix, path, inside)
        for name in inside:
            if is_content(name[len(prefix) :]):
                yield from self._entry(name[len(prefix) :], path, (*above, path))

    def _entry(
        self, name: str, folder: Path, above: tuple[Path, ...]
    ) -> Iterator[tuple[str, Path]]:
        path = folder / name
        if not path.is_symlink():
            if not path.is_dir():  # a file became a folder, whose files are listed as well
                yield name, path
            return
        target = self._inside(path)
        if target.is_file():
            yield name, self._committed(target)
            return
        for below, file in self._below(target, above):
            yield f"{name}/{below}", file

    def _inside(self, path: Path) -> Path:
        """Where a path leads, which must be inside the project."""
        try:
            found = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # a link to itself is one or the other
            what = "is a link that leads nowhere" if path.is_symlink() else "is not there"
            raise BatonError(f"{path} {what}", "remove it, or add what it names") from error
        if not found.is_relative_to(self.root):
            raise BatonError(f"{path} leads out of the project, to {found}", "copy it there")
        return found

    def _committed(self, file: Path) -> Path:
        if file.relative_to(self.root).as_posix() not in self.names:
            what = f"{file} would be packed, and git ignores it"
            raise BatonError(what, "commit it, or let SAM build it")
        return file

    def _refuse(self, prefix: str, path: Path, inside: list[str]) -> None:
        """Refuse a submodule without its files, and a device, a pipe or a socket."""
        for name in self._absent:
            if f"{name}/".startswith(prefix) or prefix.startswith(f"{name}/"):
                raise BatonError(
                    f"{self.root / name} is a submodule that is not checked out",
                    f"git -C {self.root} submodule update --init {name}",
                )
        for folder in {path, *((self.root / name).parent for name in inside)}:
            for entry in os.scandir(folder):
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode):
                    continue
                if not git.is_ignored(self.root, Path(entry.path)):
                    what = f"{entry.path} is neither a file nor a folder"
                    raise BatonError(f"{what}, and cannot be packed", "remove it")


def is_content(name: str) -> bool:
    """Whether a file is packed at all."""
    return not NEVER_PACKED.intersection(name.split("/")) and not name.endswith(".pyc")
