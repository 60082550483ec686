"""Archives whose bytes depend on nothing but what is in them: names sorted, dates fixed."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from codegen.errors import BatonError

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can carry
NEVER_PACKED = {"__pycache__", ".DS_Store", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def zip_folder(folder: Path, names: Iterable[str] | None = None) -> bytes:
    """A zip of the files `names` below `folder` (of all, if none are given), as Lambda takes it.

    Raises
    ------
    BatonError
        The folder is missing or holds no file.
    """
    paths = folder.rglob("*") if names is None else (folder / name for name in names)
    files = [path for path in sorted(paths) if path.is_file() and _is_content(path, folder)]
    if not files:
        raise BatonError(f"{folder} holds no file to pack")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built, so that the mode below counts
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _is_content(path: Path, folder: Path) -> bool:
    return not NEVER_PACKED.intersection(path.relative_to(folder).parts) and path.suffix != ".pyc"


def tar_files(root: Path, names: Iterable[str]) -> bytes:
    """An uncompressed tar of the files `names` below `root`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(names):
            content = (root / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def untar(content: bytes, folder: Path) -> None:
    """Unpack a tar into `folder`; entries that would leave it are refused (PEP 706)."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")
