"""Each command with a profile that gives no credentials: explained, and no traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from codegen.sources import credentials
from pipeline.__main__ import main
from tests.pipeline.credential_setups import BROKEN, UNUSABLE, SetUp

COMMANDS = {
    "status": ["status"],
    "render": ["render", "dev"],
    "plan": ["plan", "dev"],
    "promote": ["promote", "dev", "--yes"],
    "promote above": ["promote", "staging", "--yes"],
    "diff": ["diff", "dev", "staging"],
    "drift": ["drift", "dev"],
    "doctor": ["doctor", "dev"],
    "destroy": ["destroy", "dev", "--confirm", "desk-dev"],
    "redrive": ["redrive", "list", "dev"],
    "rollback": ["rollback", "dev"],
}
# One of each kind of explanation.
SETUPS = {
    name: {**BROKEN, **UNUSABLE}[name]
    for name in (
        "no such profile",
        "a region alone",
        "an access key alone",
        "a helper that fails",
        "a helper that prints a list",
        "a role with MFA",
        "an SSO session that is not logged in",
        "aws login",
        "a configuration without sections",
        "a configuration of bytes",
        "an endpoint that is none",
    )
}


@pytest.fixture(autouse=True)
def _on_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The target aws, without anything of this machine's; what a command sets is taken back."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path), "BATON_TARGET": "aws"}
    monkeypatch.setattr(credentials, "has_terminal", lambda: False)
    with mock.patch.dict(os.environ, kept | own | {"BATON_HOME": str(tmp_path)}, clear=True):
        yield


def lay_out(set_up: SetUp, folder: Path) -> None:
    """Dev's and staging's profiles are of the set-up."""
    config, keys = set_up.lay_out(folder)
    for file in (config, keys):
        text = file.read_bytes() if file.exists() else b""
        if b"desk-dev" in text:
            same = text.replace(b"desk-dev", b"desk-staging").split(b"\n[")[0]
            file.write_bytes(text + b"\n" + same)
    os.environ |= {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(keys)}


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_which_profile_and_why(
    command: str, setup: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a profile that gives no credentials
    set_up = SETUPS[setup]
    lay_out(set_up, tmp_path)

    # When a command needs them
    code = main(COMMANDS[command])

    # Then it fails in words, with the profile, the cause and the remedy
    printed = capsys.readouterr()
    said = " ".join((printed.err + printed.out).split())
    assert code in (1, 5)
    name = "desk-staging" if command == "promote above" else "desk-dev"
    assert set_up.says.replace("desk-dev", name) in said
    assert repr(name) in said
    assert "Traceback" not in said


@pytest.mark.parametrize("setup", SETUPS)
def test_env_asks_nobody_for_credentials(
    setup: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(SETUPS[setup], tmp_path)

    assert main(["env", "dev"]) == 0
    assert "export AWS_PROFILE=desk-dev" in capsys.readouterr().out


def test_each_environment_is_shown_with_its_own_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given two profiles whose helpers fail, and one that is not there
    config, _ = BROKEN["a helper that fails"].lay_out(tmp_path)
    with config.open("a") as file:
        file.write("[profile desk-prod]\naws_access_key_id = A\n")
    os.environ["AWS_CONFIG_FILE"] = str(config)

    # When all are asked for
    assert main(["status", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)

    # Then each has its row, and says what is wrong with it
    assert [row["environment"] for row in rows] == ["dev", "staging", "prod"]
    causes = ["vault is sealed ask ops", "'desk-staging' is not configured", "is incomplete"]
    assert all(cause in row["error"] for cause, row in zip(causes, rows, strict=True))
    assert "aws configure --profile desk-staging" in rows[1]["remedy"]


def test_rendering_several_says_what_is_wrong_with_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(BROKEN["a region alone"], tmp_path)

    assert main(["render", "dev", "prod"]) == 1
    said = capsys.readouterr().err
    assert "the profile 'desk-dev' has no credentials" in said
    assert "live/prod/env.yaml: the AWS profile 'desk-prod' is not configured" in said
