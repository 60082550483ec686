"""The command: help for each sub-command, one clear message and code for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.__main__ import COMMANDS, main
from pipeline.checkout import Checkout
from pipeline.target import Target
from pipeline.target.local.home import Record
from tests.emulator.conftest import noting, running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    for name in ("BATON_TARGET", "BATON_LOCAL_PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _running_dev(_own_home: None) -> None:
    home = Target("local", Checkout.here()).local_home()
    home.remember(home.environments[0], running(4999))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_line_in_the_list(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert "Usage: baton" in capsys.readouterr().out
    assert main(["--help"]) == 0
    assert name in capsys.readouterr().out


def test_help_imports_no_tool_library() -> None:
    code = (
        "import sys; sys.argv = ['baton', '--help']\n"
        "from pipeline.__main__ import main; main()\n"
        "heavy = {'boto3', 'botocore', 'rich', 'pydantic', 'jinja2', 'samtranslator'}\n"
        "loaded = sorted(heavy & set(sys.modules))\n"
        "sys.exit(','.join(loaded) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [["env", "devv"], ["promote", "devv"], ["render", "devv"]])
def test_a_wrong_environment_is_wrong_usage_and_the_nearest_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert "there is no environment 'devv'" in error
    assert "did you mean dev?" in error


@pytest.mark.parametrize("arguments", [["promoe"], ["promote"], ["build", "--fast"]])
def test_wrong_usage_is_2_and_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "baton" in capsys.readouterr().err


def test_a_wrong_target_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_TARGET", "gcp")

    assert main(["env", "dev"]) == 2
    assert "BATON_TARGET is 'gcp'" in capsys.readouterr().err


@pytest.mark.usefixtures("_running_dev")
def test_env_puts_the_pinned_tools_first_and_unsets_what_would_lead_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # Given a shell that points somewhere else
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "elsewhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")

    # When it asks for dev
    assert main(["env", "dev", "--json"]) == 0
    variables = json.loads(capsys.readouterr().out)

    # Then the tools are first, the profile is dev's, and the rest is unset
    assert variables["PATH"].startswith(str(ROOT / ".tools" / "bin"))
    assert variables["AWS_PROFILE"] == "desk-dev"
    assert variables["AWS_CONFIG_FILE"].startswith(str(tmp_path))
    assert variables["AWS_ACCESS_KEY_ID"] is None
    assert variables["AWS_ENDPOINT_URL"] is None


def test_env_on_aws_uses_the_users_own_profiles(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_TARGET", "aws")

    assert main(["env", "dev"]) == 0
    assert "AWS_CONFIG_FILE" not in capsys.readouterr().out


@pytest.mark.usefixtures("_running_dev")
def test_env_lines_survive_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "dev"]) == 0
    lines = capsys.readouterr().out

    done = subprocess.run(
        ["bash", "-euc", f'{lines}\necho "$AWS_PROFILE|$TG_BACKEND_BOOTSTRAP|$AWS_PAGER"'],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "desk-dev|true|\n"


def test_emulators_are_of_the_local_target_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_TARGET", "aws")

    assert main(["local", "status"]) == 2
    assert "only on the local target" in capsys.readouterr().err


def record_of(state: str, port: int) -> Record | None:
    """What is remembered of an emulator that is not at work."""
    return {
        "never started": None,
        "stopped": Record(port=port),
        "died": running(port).model_copy(update={"identity": "of another time"}),
    }[state]


@pytest.mark.parametrize("state", ["never started", "stopped", "died"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["env", "dev"],
        ["render", "dev"],
        ["plan", "dev"],
        ["promote", "dev"],
        ["rollback", "dev"],
        ["drift", "dev"],
        ["redrive", "list", "dev"],
        ["diff", "dev", "staging"],
        ["destroy", "dev", "--confirm", "desk-dev"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_while_its_own_emulator_is_stopped_no_other_is_reached(
    arguments: list[str],
    state: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given another checkout's emulator, on the port where this one's would be
    asked: list[str] = []
    with noting(asked) as port:
        monkeypatch.setenv("BATON_LOCAL_PORT", str(port))
        home = Target("local", Checkout.here()).local_home()
        if record := record_of(state, port):
            home.remember(home.environments[0], record)

        # When a command is to work on dev
        code = main(arguments)

    # Then it says how to start its own, and has asked the other nothing
    said = capsys.readouterr().err
    assert (code, asked) == (1, [])
    assert "the emulator of dev does not run" in said
    assert "./baton local start dev" in said


@pytest.mark.parametrize("before", ["desk-staging", "my-own-admin"])
def test_a_shell_does_not_stay_where_it_was_when_it_asks_for_what_does_not_run(
    before: str, tmp_path: Path
) -> None:
    # Given a shell that is on another environment, or on an account of the user's own
    variables = os.environ | {"BATON_HOME": str(tmp_path), "AWS_PROFILE": before}

    # When it asks for one that does not run
    script = 'eval "$(./baton env dev)"; echo "$AWS_PROFILE"; grep -A2 desk-dev "$AWS_CONFIG_FILE"'
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )

    # Then it is told, and leads nowhere
    assert "the emulator of dev does not run" in done.stderr
    assert done.stdout.startswith("desk-dev\n")
    assert "endpoint_url = http://127.0.0.1:1\n" in done.stdout


def test_a_status_says_which_emulators_do_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    main(["status", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert [each["remedy"] for each in said] == [
        f"./baton local start {name}" for name in ("dev", "staging", "prod")
    ]
