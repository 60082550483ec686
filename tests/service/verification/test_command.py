"""`sam-app/verify` as the tool runs it: an executable, with a JSON file and signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SAM_APP = Path(__file__).resolve().parents[3] / "sam-app"
GIVEN = {
    "region": "us-east-1",
    "outputs": {"ApiUrl": "http://127.0.0.1:1/v1", "ApiKeyId": "k1"},
    "parameters": {"TableName": "table"},
}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """What a release has of it, and nothing else."""
    shutil.copy(SAM_APP / "verify", tmp_path)
    shutil.copytree(SAM_APP / "verification", tmp_path / "verification")
    (tmp_path / "given.json").write_text(json.dumps(GIVEN))
    return tmp_path


@contextmanager
def started(release: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [release / "verify", *arguments],
        cwd=release,
        env=os.environ
        | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
        | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def checks(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_each_check_is_a_line_of_json_and_a_failure_is_exit_code_1(release: Path) -> None:
    # Given an address at which nothing answers
    with started(release, "given.json") as process:
        out, _ = process.communicate(timeout=120)

    # Then the first check fails, and the test data is looked for
    first, last = checks(out)
    assert (first["check"], first["ok"]) == ("an unauthenticated request is rejected", False)
    assert "refused" in first["detail"]
    assert (last["check"], last["ok"]) == ("test data is deleted", False)
    assert set(first) == {"check", "ok", "seconds", "detail"}
    assert process.returncode == 1


def test_a_signal_ends_the_check_at_work_and_the_data_is_deleted(release: Path) -> None:
    # Given an API that takes a request and never answers
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        given = GIVEN | {"outputs": {"ApiUrl": url}}
        (release / "given.json").write_text(json.dumps(given))
        with started(release, "given.json") as process:
            connection, _ = server.accept()
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=120)
            connection.close()

    first, last = checks(out)
    assert (first["ok"], first["detail"]) == (False, "the test was ended")
    assert last["check"] == "test data is deleted"
    assert process.returncode == 1


def test_without_its_file_it_says_how_it_is_called(release: Path) -> None:
    with started(release) as process:
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (2, "usage: verify FILE (see docs/verify.md)\n")
