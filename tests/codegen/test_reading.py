"""What is in the place of a file and is none: refused at once, by every reader."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen import reading
from codegen.check import check
from codegen.errors import BatonError
from codegen.files import read_if_there
from codegen.jinja.templates import load_source
from codegen.reading import read_bytes, read_text, reason
from codegen.sam.includes import Includes
from codegen.sam.template import load_template
from codegen.settings.file import read as read_settings
from codegen.sources.document import outputs_from_document
from codegen.terraform import hcl
from pipeline.checkout import Checkout
from pipeline.inspect.drift import accepted
from pipeline.promotion.gates import exceptions as policy
from pipeline.release.build import build
from pipeline.release.expansion import expand_template
from pipeline.target import Target
from tests.codegen.builders import project, release
from tests.codegen.rights import without_rights


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's whole path must be short
        made.bind(path.name)
        os.chdir(here)


def too_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(reading.LARGEST + 1)


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


# What may be there instead → what is said of it.
INSTEAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "directory": (lambda path: path.mkdir(), "a directory, not a file"),
    "pipe": (lambda path: os.mkfifo(path), "a named pipe, not a file"),
    "socket": (a_socket, "a socket, not a file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "a device, not a file"),
    "too large": (too_large, "larger than 16 MiB"),
    "link to itself": (a_link_to_itself, "Too many levels of symbolic links"),
    "bytes": (lambda path: path.write_bytes(b"\xff"), "byte 0 is not UTF-8"),
}
INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "f"}}}

# Every reader of what people write: what it reads of a folder, and how.
READERS: dict[str, tuple[Path, Callable[[Path], object]]] = {
    "settings": (Path("f"), lambda folder: read_settings(folder / "f")),
    "HCL": (Path("f"), lambda folder: hcl.read(folder / "f", "f")),
    "SAM template": (Path("f"), lambda folder: load_template(folder / "f")),
    "Jinja2 template": (Path("f"), lambda folder: load_source(folder / "f", "f")),
    "expanded template": (Path("f"), lambda folder: expand_template(folder / "f", {})),
    "include": (Path("f"), lambda folder: Includes(folder, folder).inline(INCLUDE, "t#")),
    "policies": (policy.FILE, policy.load),
    "accepted drift": (accepted.FILE, accepted.load),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", INSTEAD)
def test_every_reader_refuses_what_is_no_file(what: str, reader: str, tmp_path: Path) -> None:
    # Given something else in a file's place
    (make, says), (file, read) = INSTEAD[what], READERS[reader]
    (tmp_path / file).parent.mkdir(exist_ok=True)
    make(tmp_path / file)

    # When it is read, then it is refused at once, in words
    with pytest.raises(BatonError) as caught:
        read(tmp_path)
    says = "which is outside" if (what, reader) == ("device", "include") else says
    assert says in caught.value.message
    assert "Errno" not in caught.value.message


def test_a_build_does_not_wait_for_a_template_that_is_a_pipe(tmp_path: Path) -> None:
    # Given a checkout whose template is a named pipe, When a release is built, then it is refused
    checkout = Checkout(project(tmp_path / "checkout"), tmp_path / "home")
    os.mkfifo(checkout.sam_app / "template.yaml")
    with pytest.raises(BatonError, match="a named pipe, not a file"):
        build(checkout, Target("aws", checkout), say=lambda line: None)


def test_a_document_of_outputs_may_come_through_a_pipe(tmp_path: Path) -> None:
    # Given what `--outputs <(…)` makes of a command
    os.mkfifo(tmp_path / "f")
    writer = subprocess.Popen(
        [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write('{}')", tmp_path / "f"]
    )

    # When it is read, then it is the document
    assert outputs_from_document(str(tmp_path / "f")).values == {}
    writer.wait()


def test_a_document_of_outputs_without_end_is_refused() -> None:
    with pytest.raises(BatonError, match="cannot be read: larger than 16 MiB"):
        outputs_from_document("/dev/zero")


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    # Given a file of nobody's, When it is read without the rights of root
    (tmp_path / "f").write_text("x")
    (tmp_path / "f").chmod(0)
    code = "try: read_bytes(Path('f'))\nexcept OSError as error: print(reason(error))"

    # Then the system's reason is given
    said = without_rights(tmp_path, "from codegen.reading import read_bytes, reason", code)
    assert said == "Permission denied\n"


def test_a_file_that_is_missing_is_none_and_another_is_read(tmp_path: Path) -> None:
    assert read_if_there(tmp_path / "f") is None
    (tmp_path / "f").write_bytes(b"a\r\nb\r")
    assert read_bytes(tmp_path / "f") == b"a\r\nb\r"
    assert read_text(tmp_path / "f") == "a\nb\n"
    with pytest.raises(OSError, match="larger than") as caught:
        read_bytes(tmp_path / "f", largest=4)
    assert reason(caught.value) == "larger than 3.8147e-06 MiB"


@pytest.mark.parametrize(
    "file",
    [
        "live/project.yaml",
        "live/prod/env.yaml",
        "live/prod/data/terragrunt.hcl",
        "terragrunt.hcl",
        "units/data.hcl",
        "units/mocks.yaml",
        "modules/data/outputs.tf",
        "modules/data/variables.tf",
        "codegen/templates/parameters.yaml.j2",
        "template.yaml",
    ],
)
@pytest.mark.parametrize("what", ["pipe", "directory", "too large"])
def test_a_check_names_the_file_and_does_not_wait(file: str, what: str, tmp_path: Path) -> None:
    # Given a project with something else in one file's place
    root = project(tmp_path)
    (root / file).unlink()
    make, says = INSTEAD[what]
    make(root / file)

    # When it is checked, then the file is named with why
    problems = check(root, root / "template.yaml", [release(root / "template.yaml")])
    found = [f"{problem.where}: {problem.what}" for problem in problems]
    assert any(file in each and says in each for each in found), found
