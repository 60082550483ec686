"""Where something is already: its mode stays, a link stays one, and a folder is in the way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from codegen.errors import BatonError
from codegen.files import FileChange, write_all


def test_a_file_that_is_its_owners_alone_stays_so(tmp_path: Path) -> None:
    # Given a file that others may not read
    file = tmp_path / "a"
    file.touch(0o600)

    # When it is written, Then they may not read the new content either
    write_all([FileChange(file, b"", b"new")])
    assert (stat.S_IMODE(file.stat().st_mode), file.read_bytes()) == (0o600, b"new")


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    # Given a link to a file in another folder
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there/file", tmp_path / "link"
    file.write_bytes(b"old")
    link.symlink_to(file)

    # When the link is written, Then it is still one, and the file is new
    write_all([FileChange(link, b"old", b"new")])
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert [each.name for each in (tmp_path / "there").iterdir()] == ["file"]


def test_a_file_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    # Given a folder where the file should be
    (tmp_path / "a").mkdir()

    # When it is written, Then it is named, and nothing is left beside it
    with pytest.raises(BatonError, match=rf"^{tmp_path}/a: cannot be written: Is a directory"):
        write_all([FileChange(tmp_path / "a", None, b"new")])
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
