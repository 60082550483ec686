"""The doctor looks at everything, whatever it finds on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.inspect import doctor

ROOT = Path(__file__).resolve().parents[2]


def test_settings_that_cannot_be_read_hide_no_other_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given tools that are there, and a mistake in a file of settings
    shutil.copytree(ROOT / "live", tmp_path / "live", ignore=shutil.ignore_patterns(".*"))
    (tmp_path / "live/dev/env.yaml").write_text("lgos: {}\n")
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    monkeypatch.setattr(Checkout, "here", classmethod(lambda cls: checkout))
    git = doctor.Check("git", ok=True, found="2.39.5")
    monkeypatch.setattr(doctor, "check_tools", lambda *_: [git])

    # When everything is looked at
    code = main(["doctor", "--json"])

    # Then both are told
    tools, settings = json.loads(capsys.readouterr().out)
    assert (code, tools["ok"], settings["ok"]) == (2, True, False)
    assert "lgos: unknown key" in settings["found"]
    assert settings["remedy"]
