"""Files change whole or not at all; one environment's rendering leaves the others' alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from codegen import files
from codegen.errors import BatonError
from codegen.files import FileChange, locked, write_all, write_private
from codegen.handoff import Rendering, prepare, would_change, write
from codegen.sam.samconfig import SamconfigError, put_environments
from tests.codegen.builders import (
    CHECKOUT,
    environment,
    output_values,
    release,
    replace,
    state_outputs,
)


def rendering(name: str = "dev") -> Rendering:
    env = environment(name)
    return prepare(CHECKOUT, env, state_outputs(output_values(env)), release())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def verbs(changes: list[FileChange]) -> list[str]:
    return [change.verb for change in changes]


def test_each_file_has_a_verb(tmp_path: Path) -> None:
    # Given an empty folder
    # When the same is written twice, then something else
    first = write([rendering()], tmp_path)
    second = write([rendering()], tmp_path)
    (tmp_path / "parameters/dev.yaml").write_text("edited by hand\n")
    third = write([rendering()], tmp_path)

    # Then each time the verb says what happened
    assert verbs(first) == ["create", "create"]
    assert verbs(second) == ["identical", "identical"]
    assert verbs(third) == ["update", "identical"]


def test_asking_what_would_change_writes_nothing(tmp_path: Path) -> None:
    # Given rendered files of which one was edited
    write([rendering()], tmp_path)
    replace(tmp_path / "parameters/dev.yaml", '"rate(15 minutes)"', '"rate(1 minute)"')
    before = contents(tmp_path)

    # When the difference is asked for
    parameters, samconfig = would_change([rendering()], tmp_path)

    # Then it is shown, and the files are as they were
    assert '-SweepSchedule: "rate(1 minute)"\n+SweepSchedule: "rate(15 minutes)"' in parameters.diff
    assert samconfig.diff == ""
    assert contents(tmp_path) == before


def test_another_environments_tables_stay_byte_for_byte(tmp_path: Path) -> None:
    # Given a samconfig.toml of three environments, with one edited by hand
    for name in ("dev", "staging", "prod"):
        write([rendering(name)], tmp_path)
    samconfig = tmp_path / "samconfig.toml"
    replace(samconfig, "[staging]\n", "[staging]\n# mine  \n")
    replace(samconfig, 'profile = "desk-dev"', 'profile = "edited"')
    _, staging_on = samconfig.read_text().split("[staging]")

    # When dev is rendered again
    changes = write([rendering("dev")], tmp_path)

    # Then dev is as rendered, and everything from staging on as it was
    assert verbs(changes) == ["identical", "update"]
    assert 'profile = "desk-dev"' in samconfig.read_text()
    assert samconfig.read_text().split("[staging]")[1] == staging_on


def test_the_order_of_rendering_does_not_matter_to_an_environment(tmp_path: Path) -> None:
    # Given two folders rendered in opposite orders
    for name in ("dev", "prod"):
        write([rendering(name)], tmp_path / "one")
    for name in ("prod", "dev"):
        write([rendering(name)], tmp_path / "other")

    # When they are read, then they say the same
    one, other = (
        tomlkit.parse((tmp_path / folder / "samconfig.toml").read_text()).unwrap()
        for folder in ("one", "other")
    )
    assert one == other


@pytest.mark.parametrize("existing", [b"[dev\n", b"\xff\xfe", b"dev = 1\n[dev.deploy]\n"])
def test_a_samconfig_that_cannot_be_kept_is_refused(existing: bytes, tmp_path: Path) -> None:
    # Given a samconfig.toml that is no TOML
    (tmp_path / "samconfig.toml").write_bytes(existing)

    # When an environment is written
    with pytest.raises(SamconfigError, match=r"samconfig\.toml cannot be kept"):
        write([rendering()], tmp_path)

    # Then nothing is, not even the other file
    assert contents(tmp_path) == {"samconfig.toml": existing}


def test_a_write_that_fails_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given rendered files, and a disk that is full when the second new one is written
    write([rendering()], tmp_path)
    for file in ("parameters/dev.yaml", "samconfig.toml"):
        (tmp_path / file).write_text(f"version = 0.1  # old {file}\n")
    before = contents(tmp_path)
    fsync, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(files.os, "fsync", full)

    # When they are written again
    with pytest.raises(BatonError, match="No space left") as raised:
        write([rendering()], tmp_path)

    # Then the message names the file that was meant, and what to do
    assert raised.value.message.startswith(f"{tmp_path / 'samconfig.toml'}: cannot be written")
    assert f"df -h {tmp_path}" in raised.value.remedy

    # And both are as they were, and nothing else is left
    assert contents(tmp_path) == before


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    # Given a file, and a process that dies when the new content is half on the disk
    file = tmp_path / "dev.yaml"
    file.write_bytes(b"old")
    program = (
        "import os, pathlib, signal, sys\n"
        "from codegen import files\n"
        "files.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "files.write_all([files.FileChange(path, b'old', b'new' * 100_000)])\n"
    )

    # When it is killed
    died = subprocess.run([sys.executable, "-c", program, str(file)], cwd=CHECKOUT, check=False)

    # Then the file is the old one
    assert died.returncode == -9
    assert file.read_bytes() == b"old"


def test_who_is_reading_a_file_while_it_changes_reads_the_old_one(tmp_path: Path) -> None:
    # Given a file that somebody has opened
    file = tmp_path / "dev.yaml"
    file.write_bytes(b"old")
    with file.open("rb") as reader:
        # When it is written
        write_all([FileChange(file, b"old", b"new")])

        # Then the reader gets the old content whole, and the next one the new
        assert reader.read() == b"old"
    assert file.read_bytes() == b"new"


def test_written_files_can_be_read_by_others(tmp_path: Path) -> None:
    # Given a new file
    write_all([FileChange(tmp_path / "a", None, b"")])

    # When its mode is looked at, then it is a file's usual one
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


def test_two_renderings_into_one_folder_take_turns(tmp_path: Path) -> None:
    # Given a rendering that holds the folder
    done = threading.Event()

    def render_staging() -> None:
        write([rendering("staging")], tmp_path)
        done.set()

    with locked(tmp_path):
        other = threading.Thread(target=render_staging)
        other.start()
        # When the other has had every chance to write, then it has not
        assert not done.wait(0.5)
        assert not (tmp_path / "samconfig.toml").exists()

    # When the folder is free, then it does
    other.join()
    assert "[staging]" in (tmp_path / "samconfig.toml").read_text()


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda name: name != "version")
VALUES = st.text() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
TABLES = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), max_size=4)


@given(existing=st.dictionaries(NAMES, TABLES, max_size=3), tables=TABLES, env=NAMES)
def test_any_environment_is_put_beside_any_others(
    existing: dict[str, dict[str, dict[str, object]]], tables: dict[str, object], env: str
) -> None:
    # Given any samconfig.toml and any tables for an environment
    before = tomlkit.dumps({"version": 0.1, **existing}).encode()
    rendered = tomlkit.dumps({"version": 0.1, env: tables}).encode()
    # When they are put together, twice
    once = put_environments(before, {env: rendered}, Path("samconfig.toml"))
    twice = put_environments(once, {env: rendered}, Path("samconfig.toml"))

    # Then both are there, and the second time changed nothing
    assert tomlkit.parse(once.decode()).unwrap() == {"version": 0.1, **existing, env: tables}
    assert twice == once


def test_threads_that_write_one_private_file_do_not_meet(tmp_path: Path) -> None:
    # Given a file that many threads of one process write at the same time
    file = tmp_path / "credentials"
    contents = [bytes([65 + number]) * 10_000 for number in range(16)]
    # When each has written
    with ThreadPoolExecutor(len(contents)) as pool:
        list(pool.map(lambda content: write_private(file, content), contents * 8))

    # Then it is one of the contents, whole, and its owner's alone
    assert file.read_bytes() in contents
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["credentials"]
