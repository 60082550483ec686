"""Archives depend on nothing but what is in them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.release import archive
from pipeline.release.archive import tar_files, untar, zip_files
from pipeline.release.sources import Files


def _tree(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    return folder


def _files(folder: Path, names: list[str] | None = None) -> Files:
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {name: folder / name for name in names or map(str, found)}


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order(tmp_path: Path) -> None:
    # Given two folders with the same files, written in another order and at another time
    names = ["b.py", "a/c.py", "a.py"]
    one = _tree(tmp_path / "one", names)
    two = _tree(tmp_path / "two", names[::-1])
    for name in names:
        os.utime(two / name, (1, 1))

    # When both are packed, Then the bytes are the same
    assert zip_files(_files(one), "one") == zip_files(_files(two), "two")
    assert tar_files(_files(one, names)) == tar_files(_files(two, names[::-1]))


def test_a_changed_file_and_a_changed_name_change_the_bytes(tmp_path: Path) -> None:
    before = zip_files(_files(_tree(tmp_path / "one", ["a.py"])), "one")

    assert zip_files(_files(_tree(tmp_path / "two", ["b.py"])), "two") != before
    (tmp_path / "one" / "a.py").write_text("other")
    assert zip_files(_files(tmp_path / "one"), "one") != before


def test_an_executable_stays_one_and_other_modes_are_forgotten(tmp_path: Path) -> None:
    folder = _tree(tmp_path, ["run", "data"])
    (folder / "run").chmod(0o700)
    (folder / "data").chmod(0o600)

    with zipfile.ZipFile(io.BytesIO(zip_files(_files(folder), "it"))) as packed:
        modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
    assert modes == {"run": 0o100755, "data": 0o100644}


def test_nothing_to_pack_is_refused() -> None:
    with pytest.raises(BatonError, match="functions/api holds no file to pack"):
        zip_files({}, "functions/api")


def test_what_is_packed_comes_out_again(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "in", ["live/dev/env.yaml", "terragrunt.hcl"])

    untar(tar_files(_files(folder)), tmp_path / "out")

    assert (tmp_path / "out/live/dev/env.yaml").read_text() == "content of live/dev/env.yaml"


def _tar(*entries: tuple[str, bytes], mode: str = "w") -> bytes:
    """An archive with entries of a name and a type each."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as packed:  # type: ignore[call-overload]
        for name, kind in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            packed.addfile(entry, io.BytesIO(b""))
    return buffer.getvalue()


BAD = {
    "above": _tar(("../outside", tarfile.REGTYPE)),
    "absolute": _tar(("/tmp/outside", tarfile.REGTYPE)),
    "above from below": _tar(("a/../../outside", tarfile.REGTYPE)),
    "backslashes": _tar(("a\\..\\outside", tarfile.REGTYPE)),
    "no name": _tar(("", tarfile.REGTYPE)),
    "link": _tar(("link", tarfile.SYMTYPE)),
    "hard link": _tar(("link", tarfile.LNKTYPE)),
    "pipe": _tar(("pipe", tarfile.FIFOTYPE)),
    "device": _tar(("device", tarfile.CHRTYPE)),
    "folder": _tar(("folder", tarfile.DIRTYPE)),
    "twice": _tar(("a", tarfile.REGTYPE), ("a", tarfile.REGTYPE)),
    "file and folder": _tar(("a", tarfile.REGTYPE), ("a/b", tarfile.REGTYPE)),
    "compressed": _tar(("a", tarfile.REGTYPE), mode="w:gz"),
    "something else": b"no archive at all",
    "cut off": _tar(("a", tarfile.REGTYPE))[:100],
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_what_is_no_tar_of_files_inside_the_folder_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    # Given an archive that was made by somebody else / When it is unpacked / Then it is refused
    with pytest.raises(BatonError, match="the archive"):
        untar(content, tmp_path / "in" / "work")
    # And nothing is anywhere but in its folder
    inside = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert all(path.is_relative_to(tmp_path / "in" / "work") for path in inside)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_an_archive_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more bytes, and more files, than a release's source has
    folder = _tree(tmp_path / "one", ["a.txt", "b.txt", "c.txt"])
    content = tar_files(_files(folder))
    for limit, value in (("MOST_BYTES", 40), ("MOST_FILES", 2)):
        with monkeypatch.context() as limited:
            limited.setattr(archive, limit, value)
            # When it is unpacked / Then it is refused
            with pytest.raises(BatonError, match="more than"):
                untar(content, tmp_path / limit)


def test_a_folder_with_something_in_it_is_not_unpacked_into(tmp_path: Path) -> None:
    # Given a folder with a link, through which a file would leave it
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "live").symlink_to(tmp_path)

    with pytest.raises(BatonError, match="is not empty"):
        untar(_tar(("live/outside", tarfile.REGTYPE)), tmp_path / "work")
    assert not (tmp_path / "outside").exists()
