"""`check --full` and `build` ask SAM and the engine, here of a copy of this project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.problems import Problem
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.release import validation
from pipeline.release.validation import tool_problems
from pipeline.target import Target
from tests.pipeline.repository import write
from tests.terraform_engine import ENGINE, ROOT


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A copy of this project, which has its tools."""
    root = tmp_path / "copy"
    ignored = shutil.ignore_patterns(".*", "tests", "*.md")
    for name in ("live", "modules", "policies", "sam-app", "units"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copytree(ROOT / "codegen/templates", root / "codegen/templates")
    for name in ("terragrunt.hcl", ENGINE.lock):
        shutil.copy(ROOT / name, root / name)
    (root / ".tools").symlink_to(ROOT / ".tools")
    found = Checkout(root, tmp_path / "home")
    monkeypatch.setattr(Checkout, "here", lambda: found)
    return found


@pytest.mark.parametrize("command", [["check", "--full", "--json"], ["build"]])
def test_the_commands_ask_and_check_alone_does_not(
    copy: Checkout,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Given that the tools find something
    place = validation.Place("modules/data/main.tf", 3)
    problem = Problem(validation.Kind.MODULE_INVALID, place, "terraform validate: bad")
    monkeypatch.setattr(validation, "tool_problems", lambda *_: [problem])

    # When a command asks them, Then it ends with that, next to its own
    assert main(command) == 1
    said = capsys.readouterr()
    assert "terraform validate: bad" in said.out + said.err
    assert not copy.releases.exists()
    # And `check` without --full does not
    assert main(["check"]) == 0


@pytest.mark.engine
def test_the_tools_themselves_find_what_is_wrong(copy: Checkout) -> None:
    # Given one module that Terraform refuses, and a template that cfn-lint and SAM refuse
    for folder in (copy.root / "modules").iterdir():
        if folder.name not in ("storage", "user_pool") and folder.is_dir():
            shutil.rmtree(folder)
    write(
        copy.root,
        {
            "modules/storage/x.tf": '\nresource "aws_s3_bucket" "x" {\n  buckett = 1\n}\n',
            "sam-app/template.yaml": (copy.sam_app / "template.yaml")
            .read_text()
            .replace("\n      StageName: v1", "\n      StagName: v1"),
        },
    )
    lines = (copy.sam_app / "template.yaml").read_text().splitlines()
    line = lines.index("      StagName: v1") + 1

    # When they are asked, Then both are found, where they are written
    found = [str(each) for each in tool_problems(Target("local", copy), print)]
    assert any(
        each.startswith("modules/storage/x.tf:3: terraform validate: Unsupported argument. ")
        for each in found
    )
    assert any(f"sam-app/template.yaml:{line}: sam validate: E3002: " in each for each in found)
    assert all("storage" in each or "template.yaml" in each for each in found)
    # And nothing is left in the folders
    assert not list(copy.root.rglob("modules/**/.terraform*"))
