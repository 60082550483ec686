"""Archives whose bytes depend on nothing but what is in them: names sorted, dates fixed."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from codegen.errors import BatonError
from pipeline.release.sources import Files

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can carry
# A release's source is text; more is a mistake, or an attack on who unpacks it.
MOST_BYTES, MOST_FILES = 256 * 1024 * 1024, 20_000


def zip_files(files: Files, what: str) -> bytes:
    """A zip of files, as Lambda takes it.

    Parameters
    ----------
    files:
        Name in the zip → file.
    what:
        What messages call them.

    Raises
    ------
    BatonError
        There is no file.
    """
    if not files:
        raise BatonError(f"{what} holds no file to pack")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built, so that the mode below counts
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def tar_files(files: Files) -> bytes:
    """An uncompressed tar of files, executable or not: name in it → file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in sorted(files.items()):
            content = path.read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def untar(content: bytes, folder: Path) -> None:
    """Unpack an uncompressed tar of regular files into a folder that is not there, or is empty.

    Nothing is left to `extractall`, whose care depends on Python's version.

    Raises
    ------
    BatonError
        It is no such tar, an entry is no file or is not inside the folder, or there is too much.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BatonError(f"{folder} is not empty", "remove it")
    size = 0
    names: set[str] = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for entry in archive:
                _accept(entry, names)
                size += entry.size
                names.add(entry.name)
                if size > MOST_BYTES or len(names) > MOST_FILES:
                    raise BatonError(f"the archive has more than {MOST_FILES:,} files or 256 MiB")
                data = archive.extractfile(entry)
                path = folder / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data.read() if data else b"")
                if entry.mode & 0o100:
                    path.chmod(0o755)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BatonError(f"the archive cannot be unpacked: {error}") from error


def _accept(entry: tarfile.TarInfo, names: set[str]) -> None:
    """Refuse an entry that is not a new regular file inside the folder."""
    path = PurePosixPath(entry.name)
    is_inside = not path.is_absolute() and ".." not in path.parts and path.parts
    if not entry.isreg() or entry.issparse() or not is_inside or "\\" in entry.name:
        raise BatonError(f"the archive has {entry.name!r}, which is no file inside of it")
    if entry.name in names:
        raise BatonError(f"the archive has {entry.name!r} twice")
