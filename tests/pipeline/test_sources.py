"""What is packed of a folder: what git would commit, with links followed; the rest is refused."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.release.sources import Sources
from tests.pipeline.repository import git, repository, write

FILES = {
    ".gitignore": "*.log\nignored/\n",
    "app/code/handler.py": "def handler(event, context): ...\n",
    "app/code/lib/one.py": "1\n",
    "shared/two.py": "2\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", FILES)


def names(root: Path, folder: str = "app/code") -> list[str]:
    return list(Sources(root).files(root / folder))


def test_tracked_and_new_files_are_packed_ignored_and_deleted_ones_are_not(root: Path) -> None:
    # Given a new file, an ignored one, one that was deleted and one that became a folder
    write(root, {"app/code/new.py": "", "app/code/debug.log": "", "app/code/ignored/a.py": ""})
    (root / "app/code/handler.py").unlink()
    (root / "app/code/lib/one.py").unlink()
    write(root, {"app/code/lib/one.py/inner.py": ""})

    # When the folder is listed / Then the new ones are in it
    assert names(root) == ["lib/one.py/inner.py", "new.py"]


def test_what_tools_leave_behind_is_not_packed(root: Path) -> None:
    left = ("__pycache__/a.pyc", "b.pyc", ".DS_Store", ".terragrunt-cache/x/main.tf")
    write(root, {f"app/code/{name}": "" for name in left})
    (root / "app/code/.terraform").symlink_to("/etc")  # as providers are linked from a mirror

    assert names(root) == ["handler.py", "lib/one.py"]


def test_a_linked_folder_is_packed_as_what_is_in_it(root: Path) -> None:
    # Given a link to a folder, to a file, and to a folder by way of another link
    (root / "app/code/shared").symlink_to("../../shared")
    (root / "app/code/two.py").symlink_to("../../shared/two.py")
    (root / "app/again").symlink_to("../shared")
    (root / "app/code/again").symlink_to("../again")

    # When the folder is listed / Then their files are there, with their contents
    files = Sources(root).files(root / "app/code")
    linked = ["again/two.py", "shared/two.py", "two.py"]
    assert [name for name in files if name not in ("handler.py", "lib/one.py")] == linked
    assert {files[name].read_text() for name in linked} == {"2\n"}


def test_a_code_folder_that_is_a_link_is_the_folder_it_leads_to(root: Path) -> None:
    (root / "app/linked").symlink_to("../shared")

    assert names(root, "app/linked") == ["two.py"]


def test_a_file_is_packed_by_its_name(root: Path) -> None:
    assert names(root, "app/code/handler.py") == ["handler.py"]


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path has a hundred characters at most
        one.bind(path.name)
        os.chdir(here)


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_link("/etc/hostname"), "leads out of the project"),
        (_link("../../.."), "leads out of the project"),
        (_link("nowhere.py"), "is a link that leads nowhere"),
        (_link("odd"), "is a link that leads nowhere"),
        (_link("."), "has a link that leads back to it"),
        (_link(".."), "has a link that leads back to it"),
        (_link("../../debug.log"), "git ignores it"),
        (_fifo, "neither a file nor a folder"),
        (_socket, "neither a file nor a folder"),
    ],
)
def test_what_cannot_be_packed_is_refused(
    root: Path, make: Callable[[Path], None], says: str
) -> None:
    # Given something in the folder that is no file of the project
    write(root, {"debug.log": "a secret"})
    make(root / "app/code/odd")

    # When the folder is listed / Then it is named
    with pytest.raises(BatonError, match=says) as refused:
        names(root)
    assert refused.value.remedy


def test_an_ignored_pipe_is_nobodys_concern(root: Path) -> None:
    _fifo(root / "app/code/pipe.log")

    assert names(root) == ["handler.py", "lib/one.py"]


def test_two_folders_that_link_to_each_other_are_refused(root: Path) -> None:
    (root / "app/code/shared").symlink_to("../../shared")
    (root / "shared/code").symlink_to("../app/code")

    with pytest.raises(BatonError, match="has a link that leads back to it"):
        names(root)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Another repository, which has an ignored file."""
    return repository(tmp_path / "library", {"lib.py": "3\n", ".gitignore": "*.secret\n"})


def test_a_submodule_is_packed_by_its_own_rules(root: Path, library: Path) -> None:
    # Given a submodule in a code folder, with a new and an ignored file in it
    git(root, "submodule", "add", "-q", str(library), "app/code/vendor")
    write(root, {"app/code/vendor/new.py": "", "app/code/vendor/key.secret": ""})

    # When the folder, and the submodule alone, are listed / Then git's rules there hold
    inside = [name for name in names(root) if name.startswith("vendor/")]
    assert inside == ["vendor/.gitignore", "vendor/lib.py", "vendor/new.py"]
    assert names(root, "app/code/vendor") == [".gitignore", "lib.py", "new.py"]


def test_a_repository_that_is_no_submodule_is_packed(root: Path, library: Path) -> None:
    shutil.copytree(library, root / "app/code/vendor")

    assert "vendor/lib.py" in names(root)


@pytest.mark.parametrize("folder", ["app/code", "app/code/vendor", "."])
def test_a_submodule_that_is_not_checked_out_is_refused(
    root: Path, library: Path, folder: str
) -> None:
    # Given a checkout whose submodules were not fetched: their folders are empty
    git(root, "submodule", "add", "-q", str(library), "app/code/vendor")
    git(root, "submodule", "deinit", "-f", "app/code/vendor")

    # When a folder with it, or in it, is listed / Then the command is named that fetches it
    with pytest.raises(
        BatonError, match="vendor is a submodule that is not checked out"
    ) as refused:
        names(root, folder)
    assert refused.value.remedy.endswith("submodule update --init app/code/vendor")
    # And what is beside it is of no concern
    assert names(root, "shared") == ["two.py"]
