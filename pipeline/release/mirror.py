"""A copy of a checkout, as git would commit it, for tools that read it and write beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.release.manifest import digest
from pipeline.release.sources import Files, Sources


def readable(sources: Sources, skipped: tuple[str, ...]) -> Files:
    """Every file and link of a checkout, but those below `skipped`, and links that lead nowhere."""
    found = {}
    for name in sorted(sources.names):
        if any(name == each or name.startswith(each + "/") for each in skipped):
            continue
        path = sources.root / name
        if path.is_dir() and not path.is_symlink():
            continue  # a file became a folder, whose files are listed as well
        if path.exists() and path.resolve().is_relative_to(sources.root):
            found[name] = path
    return found


def digest_of(files: Files) -> str:
    """The digest of files: names, contents, and which may be run."""
    return digest("\n".join(f"{name}:{_content(path)}" for name, path in files.items()).encode())


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"link {path.readlink()}"
    mode = "x" if path.stat().st_mode & 0o100 else "-"
    return mode + digest(b"" if path.is_dir() else path.read_bytes())


def copy_files(files: Files, folder: Path) -> None:
    """Make a folder hold these files and no others; what is the same already stays."""
    wanted = {folder / name: path for name, path in files.items()}
    parents = {folder, *(parent for path in wanted for parent in path.parents)}
    folder.mkdir(parents=True, exist_ok=True)
    for found in sorted(folder.rglob("*"), reverse=True):
        if found.is_dir() and not found.is_symlink():
            if found not in parents:
                shutil.rmtree(found)
        elif found not in wanted:
            found.unlink()
    for copy, path in wanted.items():
        if not _same(copy, path):
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            shutil.copy2(path, copy, follow_symlinks=False)


def _same(copy: Path, path: Path) -> bool:
    if path.is_symlink() or copy.is_symlink():
        both = path.is_symlink() and copy.is_symlink()
        return both and path.readlink() == copy.readlink()
    if not copy.exists():
        return False
    one, two = copy.stat(), path.stat()
    return (one.st_size, one.st_mtime_ns, one.st_mode) == (
        two.st_size,
        two.st_mtime_ns,
        two.st_mode,
    )
