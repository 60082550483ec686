"""A setting that is not allowed ends every command with the same exit code."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.errors import SettingsError
from pipeline.__main__ import COMMANDS, main
from pipeline.checkout import Checkout
from pipeline.inspect import doctor

ROOT = Path(__file__).parents[2]
ARGUMENTS = {
    "doctor": [],
    "local": ["start"],
    "redrive": ["list", "dev"],
    "check": [],
    "build": [],
    "status": [],
    "diff": ["dev", "staging"],
}
BROKEN = {
    "not allowed": ("retention_days: 7", "retention_days: 8"),
    "unknown": ("logs:", "logging:"),
    "no yaml": ("logs:", "logs: ["),
}


@pytest.fixture(autouse=True)
def _checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A checkout of its own."""
    ignored = shutil.ignore_patterns(".*", "layers", "tests", "*.md")
    for name in ("live", "units", "modules", "sam-app"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copytree(ROOT / "codegen/templates", tmp_path / "codegen/templates")
    monkeypatch.setattr(Checkout, "here", lambda: Checkout(tmp_path, tmp_path / ".baton"))
    monkeypatch.setattr(doctor, "check_tools", lambda *_: [])
    monkeypatch.delenv("BATON_TARGET", raising=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("how", BROKEN)
def test_every_command_ends_alike(
    name: str, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment whose settings are not right
    file = tmp_path / "live/dev/env.yaml"
    assert BROKEN[how][0] in file.read_text()
    file.write_text(file.read_text().replace(*BROKEN[how]))

    # When any command is used, Then it ends with the code of a bad setting, and names the file
    assert main([name, *ARGUMENTS.get(name, ["dev"])]) == SettingsError.exit_code
    told = capsys.readouterr()
    assert "live/dev/env.yaml" in told.out + told.err
