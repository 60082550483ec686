"""Archives depend on nothing but what is in them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.release.archive import tar_files, untar, zip_folder


def _tree(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    return folder


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order(tmp_path: Path) -> None:
    # Given two folders with the same files, written in another order and at another time
    names = ["b.py", "a/c.py", "a.py"]
    one = _tree(tmp_path / "one", names)
    two = _tree(tmp_path / "two", names[::-1])
    for name in names:
        os.utime(two / name, (1, 1))

    # When both are packed, Then the bytes are the same
    assert zip_folder(one) == zip_folder(two)
    assert tar_files(one, names) == tar_files(two, names[::-1])


def test_a_changed_file_and_a_changed_name_change_the_bytes(tmp_path: Path) -> None:
    before = zip_folder(_tree(tmp_path / "one", ["a.py"]))

    assert zip_folder(_tree(tmp_path / "two", ["b.py"])) != before
    (tmp_path / "one" / "a.py").write_text("other")
    assert zip_folder(tmp_path / "one") != before


def test_what_python_leaves_behind_is_not_packed(tmp_path: Path) -> None:
    folder = _tree(tmp_path, ["a.py", "__pycache__/a.cpython-313.pyc", "b.pyc", ".DS_Store"])

    with zipfile.ZipFile(io.BytesIO(zip_folder(folder))) as archive:
        assert archive.namelist() == ["a.py"]


def test_an_executable_stays_one_and_other_modes_are_forgotten(tmp_path: Path) -> None:
    folder = _tree(tmp_path, ["run", "data"])
    (folder / "run").chmod(0o700)
    (folder / "data").chmod(0o600)

    with zipfile.ZipFile(io.BytesIO(zip_folder(folder))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {"run": 0o100755, "data": 0o100644}


@pytest.mark.parametrize("made", [True, False])
def test_an_empty_or_missing_folder_is_refused(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "code"
    if made:
        folder.mkdir()

    with pytest.raises(BatonError, match="holds no file to pack"):
        zip_folder(folder)


def test_what_is_packed_comes_out_again(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "in", ["live/dev/env.yaml", "terragrunt.hcl"])

    untar(tar_files(folder, ["terragrunt.hcl", "live/dev/env.yaml"]), tmp_path / "out")

    assert (tmp_path / "out/live/dev/env.yaml").read_text() == "content of live/dev/env.yaml"


def test_an_entry_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"), io.BytesIO(b""))

    with pytest.raises(tarfile.OutsideDestinationError):
        untar(buffer.getvalue(), tmp_path / "in")
    assert not (tmp_path / "outside").exists()
