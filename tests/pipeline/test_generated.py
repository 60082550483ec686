"""Stale generated files are refused by `check` and `build`, whatever the generator does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.errors import BatonError, SettingsError
from codegen.problems import ContractError, Kind
from codegen.project import load_project_file
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.release import generated
from pipeline.release.generated import generated_problems, require_fresh

ROOT = Path(__file__).resolve().parents[2]
TABLE = """\
[[tool.baton.generated]]
files = ["made.txt"]
command = ["python", "make.py"]
"""


def lay_out(folder: Path, generator: str, table: str = TABLE) -> Path:
    (folder / "pyproject.toml").write_text(table)
    (folder / "made.txt").touch()
    (folder / "make.py").write_text(generator)
    return folder


@pytest.mark.parametrize(
    ("generator", "said"),
    [
        ("", []),
        ("import sys\nassert sys.argv[1:] == ['--check']", []),
        ("print('made.txt is stale')\nraise SystemExit(1)", ["made.txt is stale"]),
        ("raise SystemExit(1)", ["a generated file is stale"]),
        ("raise SystemExit('no route x')", ["no route x"]),
        ("1 / 0", ["python make.py --check failed: ", "ZeroDivisionError: division by zero"]),
        ("raise SystemExit(3)", ["python make.py --check failed: exit code 3"]),
        ("import os\nos.kill(os.getpid(), 9)", ["exit code -9"]),
    ],
)
def test_what_the_generator_says_is_reported(
    generator: str, said: list[str], tmp_path: Path
) -> None:
    found = generated_problems(lay_out(tmp_path, generator))

    assert {problem.kind for problem in found} == ({Kind.GENERATED_STALE} if said else set())
    assert all(text in "".join(map(str, found)) for text in said)


def test_a_file_that_is_missing_is_stale(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "")
    (root / "made.txt").unlink()

    (problem,) = generated_problems(root)
    assert (str(problem.where), problem.next) == ("made.txt:1", "run python make.py, or make docs")


def test_a_generator_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "SECONDS", 1)
    root = lay_out(tmp_path, "import time\ntime.sleep(600)")

    (problem,) = generated_problems(root)
    assert "did not end in 1 s" in problem.what


def test_a_generator_gets_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    root = lay_out(tmp_path, "import os\nassert not [n for n in os.environ if 'AWS' in n]")

    assert generated_problems(root) == []


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "", TABLE.replace('"python", "make.py"', '"no-such-tool"'))

    with pytest.raises(BatonError, match="no-such-tool --check cannot be run: No such file"):
        generated_problems(root)


def test_a_project_without_the_table_generates_nothing(tmp_path: Path) -> None:
    assert generated_problems(tmp_path) == []
    assert generated_problems(lay_out(tmp_path, "1 / 0", "[project]\nname = 'x'\n")) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[tool.baton", "it is not TOML"),
        ("tool = 1", "tool is not a table"),
        ("[tool.baton]\ngenerate = 1", "tool.baton.generate: Extra inputs"),
        ("[[tool.baton.generated]]\nfiles = []\ncommand = ['a']", "tool.baton.generated.0.files"),
        ("[[tool.baton.generated]]\nfiles = ['a']", "tool.baton.generated.0.command: Field req"),
    ],
)
def test_a_table_that_is_wrong_is_a_wrong_setting(table: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(table)

    with pytest.raises(SettingsError, match=f"pyproject.toml: .*{said}"):
        load_project_file(tmp_path)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, with a route in the code that nobody has described."""
    ignored = shutil.ignore_patterns(".*", "tests", "*.md", "__pycache__")
    for name in ("live", "modules", "policies", "sam-app", "units"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copytree(ROOT / "codegen/templates", tmp_path / "codegen/templates")
    for name in ("terragrunt.hcl", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(Checkout, "here", lambda: Checkout(tmp_path, tmp_path / ".baton"))
    return tmp_path


def test_a_route_that_is_not_in_the_api_definition_is_refused(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given files that were generated before a route had its last name
    file = checkout / "sam-app/gateway.yaml"
    file.write_text(file.read_text().replace("/health:", "/healthy:"))

    # When it is checked and built, Then both refuse it, with the way out
    assert main(["check"]) == 1
    assert "gateway.yaml is not what the code says" in capsys.readouterr().out
    with pytest.raises(ContractError) as refused:
        require_fresh(checkout)
    assert "make docs" in str(refused.value)
    assert main(["build"]) == 1
    assert "gateway.yaml is not what the code says" in capsys.readouterr().err
    assert not (checkout / ".baton/releases").exists()
