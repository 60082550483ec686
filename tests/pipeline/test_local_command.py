"""`baton local`: emulators can be looked at and stopped whatever has become of the settings."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.target.local import process
from pipeline.target.local.home import LocalHome, Record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout with settings, and nothing started."""
    for name in ("BATON_TARGET", "BATON_LOCAL_PORT", "BATON_HOME"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(ROOT / "live", tmp_path / "live", ignore=shutil.ignore_patterns(".*"))
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    monkeypatch.setattr(Checkout, "here", classmethod(lambda cls: checkout))
    return checkout


@pytest.fixture
def emulator(checkout: Checkout) -> Iterator[subprocess.Popen[bytes]]:
    """What stands for dev's emulator: a process that ends when it is told to."""
    home = LocalHome(checkout.home, tuple(checkout.environments()))
    stands_for_it = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(stands_for_it, start_new_session=True) as running:
        identity = process.identity(running.pid)
        home.remember(home.environments[0], Record(port=4999, pid=running.pid, identity=identity))
        yield running
        running.kill()


def local(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, Any], str]:
    """What `baton local` finds, by environment, and what else it says."""
    assert main(["local", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    return {each["environment"]: each for each in json.loads(out)}, err


def test_settings_that_cannot_be_read_stop_nobody_from_stopping_an_emulator(
    checkout: Checkout, emulator: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a mistake in a file
    (checkout.live / "staging" / "env.yaml").write_text("acount_id: '1'\n")

    # When all are stopped, Then the one that runs is, and we are told why no other is named
    found, said = local(capsys, "stop")
    assert {name: each["state"] for name, each in found.items()} == {"dev": "stopped"}
    assert "acount_id: unknown key" in said
    assert emulator.wait(5) != 0

    # And where one is to be started, or built for, the mistake has to be mended first
    for arguments in (["local", "start"], ["build"]):
        assert main(arguments) == 2
        assert "acount_id: unknown key" in capsys.readouterr().err
    assert not checkout.releases.exists()


@pytest.mark.usefixtures("emulator")
def test_an_emulator_whose_environment_is_gone_is_not_left_behind(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment whose folder was deleted; the next is the first now
    shutil.rmtree(checkout.live / "dev")
    staging = checkout.live / "staging" / "env.yaml"
    staging.write_text(staging.read_text().replace("promoted_from: dev\n", ""))

    # Then it is seen, can be stopped by its name, and is forgotten when it is reset
    assert list(local(capsys, "status")[0]) == ["staging", "prod", "dev"]
    assert local(capsys, "stop", "dev")[0]["dev"]["state"] == "stopped"
    assert local(capsys, "reset", "dev")[0]["dev"]["port"] == 4999
    assert list(local(capsys, "status")[0]) == ["staging", "prod"]


def test_what_a_copied_checkout_stops_is_not_the_originals(
    checkout: Checkout,
    emulator: subprocess.Popen[bytes],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a copy, with all that was written of the original's emulator
    copy = Checkout(checkout.root, checkout.root / "copy")
    shutil.copytree(checkout.home, copy.home)
    monkeypatch.setattr(Checkout, "here", classmethod(lambda cls: copy))

    # When the copy's are stopped, and reset, Then there was none
    for what in ("stop", "reset"):
        assert local(capsys, what)[0]["dev"]["state"] == "stopped"
    assert emulator.poll() is None


@pytest.mark.usefixtures("emulator")
def test_a_wrong_name_is_told_and_stops_nothing(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["local", "stop", "dev", "devv"]) == 2
    assert "there is no environment 'devv'" in capsys.readouterr().err
    assert LocalHome(checkout.home, ()).runs(checkout.environment("dev"))
