"""DynamoDB Local is set up where Java is, file by file as locked, and left out where it is not."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tools import dynamodb_local, setup
from tools.component import LeftOutError, ensure
from tools.dynamodb_local import DynamoDBLocalError, UnreachableError
from tools.machine import SetupError

ROOT = Path(__file__).resolve().parents[2]
JAR, LIBRARY = "engine-1.jar", "libnative.so"
CONTENT = {JAR: "engine\n", LIBRARY: "native\n"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A pom, and a lock of what it names."""
    folder = tmp_path / "tools" / "dynamodb-local"
    folder.mkdir(parents=True)
    (folder / "pom.xml").write_text("<project/>\n")
    lines = [
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in CONTENT.items()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return tmp_path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs but the system's own, on a machine that it is published for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mkdir", "cp"):  # not all of /bin: it may have a Java
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(dynamodb_local, "system", lambda: "linux_amd64")
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def java(path: Path, version: str) -> None:
    program(path, "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")


def maven(path: Path, files: dict[str, str]) -> None:
    """A Maven that puts these files where it is told to."""
    source = path.parent / "repository"
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text)
    program(
        path,
        "mvn",
        'for each; do case "$each" in -DoutputDirectory=*) to="${each#*=}";; esac; done\n'
        f'mkdir -p "$to" && cp "{source}"/* "$to"',
    )


def test_what_maven_fetched_is_installed(checkout: Path, path: Path) -> None:
    # Given a Maven that fetches what is locked
    maven(path, CONTENT)

    # When it is installed
    how = dynamodb_local.install(checkout, checkout / ".tools")

    # Then all of it is there, and nothing else
    folder = checkout / ".tools" / "dynamodb-local"
    assert how == "fetched, 2 files verified"
    assert {file.name: file.read_text() for file in folder.iterdir()} == CONTENT
    assert list((checkout / ".tools").iterdir()) == [folder]


@pytest.mark.parametrize(
    ("fetched", "refused"),
    [
        ({**CONTENT, JAR: "tampered\n"}, rf"{JAR} has SHA-256 \w+, its lock says \w+"),
        ({**CONTENT, LIBRARY: "tampered\n"}, rf"{LIBRARY} has SHA-256"),
        ({**CONTENT, "more.jar": "more\n"}, r"more\.jar is not in"),
        ({JAR: CONTENT[JAR]}, f"fetched no {LIBRARY}"),
    ],
    ids=["a JAR", "a native library", "one too many", "one missing"],
)
def test_what_is_not_locked_so_is_refused_and_nothing_of_it_is_left(
    checkout: Path, path: Path, fetched: dict[str, str], refused: str
) -> None:
    # Given what was installed before, and a Maven that fetches something else now
    before = checkout / ".tools" / "dynamodb-local"
    before.mkdir(parents=True)
    maven(path, fetched)

    # When it is installed / Then it is refused
    with pytest.raises(DynamoDBLocalError, match=refused):
        dynamodb_local.install(checkout, checkout / ".tools")
    assert list((checkout / ".tools").iterdir()) == []


def test_set_up_fails_on_what_is_refused_and_goes_on_without_what_is_not_to_be_had(
    checkout: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "ROOT", checkout)
    monkeypatch.setattr(setup, "TOOLS", checkout / ".tools")
    maven(path, {**CONTENT, JAR: "tampered\n"})

    with pytest.raises(SetupError, match="its lock says"):
        setup.install_dynamodb_local()

    program(path, "mvn", "echo '[ERROR] no route to host'; exit 1")
    with pytest.raises(LeftOutError, match=r"\(no route to host\); the tests .* will be skipped"):
        setup.install_dynamodb_local()


def test_what_maven_says_is_told(checkout: Path, path: Path) -> None:
    program(path, "mvn", "echo '[ERROR] no such artifact'; echo '[ERROR] try -X'; exit 1")

    with pytest.raises(UnreachableError, match=r"could not fetch it \(no such artifact\)"):
        dynamodb_local.install(checkout, checkout / ".tools")


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.1"])
def test_nothing_is_in_the_way_with_java_and_maven(path: Path, version: str) -> None:
    java(path, version)
    program(path, "mvn", "exit 0")

    assert dynamodb_local.obstacle() is None


def test_without_java_it_is_left_out(path: Path) -> None:
    program(path, "mvn", "exit 0")

    assert dynamodb_local.obstacle() == (
        "there is no Java (17 or newer) in PATH; the tests on DynamoDB Local will be skipped"
    )


@pytest.mark.parametrize("version", ["1.8.0_292", "11.0.2", "16"])
def test_with_an_old_java_it_is_left_out(path: Path, version: str) -> None:
    java(path, version)
    program(path, "mvn", "exit 0")

    assert "is older than Java 17; the tests" in str(dynamodb_local.obstacle())


def test_with_a_java_that_is_none_it_is_left_out(path: Path) -> None:
    program(path, "java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")

    assert "does not say its version; the tests" in str(dynamodb_local.obstacle())


def test_without_maven_it_is_left_out(path: Path) -> None:
    java(path, "17.0.15")

    assert dynamodb_local.obstacle() == (
        "there is no Maven (mvn) in PATH; the tests on DynamoDB Local will be skipped"
    )


def test_where_its_libraries_do_not_run_it_is_left_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java(path, "17.0.15")
    program(path, "mvn", "exit 0")
    monkeypatch.setattr(dynamodb_local, "system", lambda: "linux_arm64")

    assert str(dynamodb_local.obstacle()).startswith("it is not published for linux_arm64; ")


def test_it_is_a_part_of_set_up_and_no_obstacle_to_the_rest(
    tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the part, as set-up has it, not yet installed, on a machine without Java
    parts = {part.name: part for wave in setup.components() for part in wave}
    part = replace(parts["dynamodb-local"], outputs=(tmp_path / "nothing",))

    # When set-up comes to it
    ensure(part, tmp_path / "stamps")

    # Then it says so in one line, and goes on
    assert part.inputs == dynamodb_local.inputs(ROOT)
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "stamps").exists()


def test_the_lock_lists_the_engine_in_the_poms_version() -> None:
    pom, sums = dynamodb_local.inputs(ROOT)
    version = pom.split("<artifactId>DynamoDBLocal</artifactId>")[1].split("version>")[1][:-2]

    names = [line.split()[1] for line in sums.splitlines()]
    assert f"DynamoDBLocal-{version}.jar" in names
    assert names == sorted(names, key=os.fsencode)
    assert len(names) == len(set(names))
