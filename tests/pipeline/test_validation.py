"""SAM's and Terraform's own validation, in `check --full` and `build`: reported in our form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.errors import BatonError
from codegen.problems import Problem
from pipeline.checkout import Checkout
from pipeline.release.validation import require_valid, tool_problems
from pipeline.target import Target
from tests.pipeline.repository import repository, write

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  ArtifactBucket: {Type: String}

Resources:
  # a comment, which no tool sees
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
      QueueName: !Sub
        - "${Prefix}-a"
        - {Prefix: desk}
"""
MODULE = 'variable "name" {\n  type = string\n}\n\noutput "name" {\n  value = var.name\n}\n'
FILES = {
    "sam-app/template.yaml": TEMPLATE,
    "terragrunt.hcl": 'locals {\n  engine = "terraform"\n}\n',
    "modules/one/main.tf": MODULE,
    "modules/two/main.tf": 'module "inner" {\n  source = "../one"\n  name = "x"\n}\n',
    ".gitignore": ".tools/\n",
}
# A tool that notes how it was called, and answers with a file.
TOOL = """#!/bin/sh
echo "${{PWD##*/}} $*" >>{tools}/calls
case "$*" in
  init*) cat {tools}/init; test ! -s {tools}/init ;;
  *-json) cat {tools}/terraform; ! grep -q '"error"' {tools}/terraform ;;
  *) cat {tools}/sam; test ! -s {tools}/sam ;;
esac
"""
Ask = Callable[[], list[Problem]]


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """A checkout with tools that find nothing."""
    project = Checkout(repository(tmp_path / "checkout", FILES), tmp_path / "home")
    (project.tools / "bin").mkdir(parents=True)
    (project.tools / "stamps").mkdir()
    for name, command in {"sam": "sam", "terraform": "terraform"}.items():
        tool = project.tools / "bin" / command
        tool.write_text(TOOL.format(tools=project.tools))
        tool.chmod(0o755)
        (project.tools / "stamps" / name).write_text("1")
    write(project.tools, {"sam": "", "init": "", "terraform": diagnostics(), "calls": ""})
    return project


def diagnostics(*found: tuple[str, int, str], severity: str = "error") -> str:
    """What the engine says."""
    listed = [
        {
            "severity": severity,
            "summary": what,
            "detail": "more\nwords",
            "range": {"filename": file, "start": {"line": line}},
        }
        for file, line, what in found
    ]
    return json.dumps({"diagnostics": listed})


def asked(project: Checkout) -> list[Problem]:
    return tool_problems(Target("local", project), lambda _: None)


def calls(project: Checkout) -> list[str]:
    """The tools' calls since this was asked last."""
    file = project.tools / "calls"
    lines = sorted(line.split(" -")[0] for line in file.read_text().splitlines())
    file.write_text("")
    return lines


def test_what_is_right_is_asked_once(project: Checkout) -> None:
    # Given files that nothing is wrong with
    assert asked(project) == []
    scratch, *rest = sorted(calls(project), key=lambda line: line.startswith("all"))
    assert scratch.endswith(" validate")  # sam's
    assert rest == ["all init", "all validate"]  # the modules, at once

    # When they are asked again, Then no tool is started
    assert asked(project) == []
    assert calls(project) == []


@pytest.mark.parametrize(
    ("edit", "again"),
    [
        ({"modules/one/main.tf": MODULE + "\n"}, ["all init", "all validate"]),
        ({"modules/two/more.tf": "# more\n"}, ["two init", "two validate"]),
        ({"sam-app/template.yaml": TEMPLATE.replace("30", "31")}, ["validate"]),
        ({"sam-app/template.yaml": TEMPLATE + "# a comment\n"}, []),
        ({".tools/stamps/terraform": "2"}, ["all init", "all validate"]),
        ({".tools/stamps/sam": "2"}, ["validate"]),
        ({"modules/terraform.lock.hcl": "# a lock\n"}, ["all init", "all validate"]),
    ],
)
def test_a_change_is_asked_of_whoever_reads_it(
    project: Checkout, edit: dict[str, str], again: list[str]
) -> None:
    asked(project)
    calls(project)
    write(project.root, edit)

    asked(project)
    # SAM is called in a folder whose name says nothing
    made = [
        line if line.split()[0] in ("all", "one", "two") else "validate" for line in calls(project)
    ]
    assert made == again


def test_what_is_wrong_is_named_by_file_line_and_tool(project: Checkout) -> None:
    # Given findings of all tools, the linter's by the line of what it has read
    write(
        project.tools,
        {
            "sam": "[[E3012: Check] ('x' is not of type 'integer') matched 9, "
            "[W3005: Obsolete] (a b) matched 6]\nError: Linting failed.\n",
            "terraform": diagnostics(("../one/main.tf", 2, "Bad."), ("main.tf", 3, "Worse.")),
        },
    )

    # When they are asked, Then each is reported once, by the line that a person wrote
    found = [(str(each.where), each.what) for each in asked(project)]
    assert found == [
        ("modules/one/main.tf:2", "terraform validate: Bad.. more words"),
        ("modules/one/main.tf:3", "terraform validate: Worse.. more words"),
        ("modules/two/main.tf:3", "terraform validate: Worse.. more words"),
        ("sam-app/template.yaml:7", "sam validate: W3005: a b"),
        ("sam-app/template.yaml:10", "sam validate: E3012: 'x' is not of type 'integer'"),
    ]
    # And asked again, it is said again
    assert len(asked(project)) == len(found)


def test_a_module_of_many_that_is_wrong_is_asked_by_itself(project: Checkout) -> None:
    write(project.tools, {"terraform": diagnostics(("main.tf", 3, "Worse."))})
    assert len(asked(project)) == 2
    assert [line for line in calls(project) if line.endswith("init")] == [
        "all init",
        "one init",
        "two init",
    ]


def test_warnings_stop_nothing(project: Checkout) -> None:
    warned = diagnostics(("main.tf", 2, "Deprecated"), severity="warning")
    write(project.tools, {"terraform": warned})
    assert asked(project) == []


def test_a_template_that_the_transform_refuses_is_reported(project: Checkout) -> None:
    said = "x\nError: [InvalidResourceException('Q', 'why')] ('Q', 'why')\n"
    write(project.tools, {"sam": said})
    (problem,) = asked(project)
    assert str(problem.where) == "sam-app/template.yaml:1"
    assert problem.what == "sam validate: [InvalidResourceException('Q', 'why')] ('Q', 'why')"


def test_a_provider_that_is_missing_is_no_fault_of_the_module(project: Checkout) -> None:
    write(project.tools, {"init": "no package for aws\n", "terraform": diagnostics()})
    found = asked(project)
    assert {each.kind.id for each in found} == {"unreadable"}
    assert all("no package for aws" in each.what for each in found)
    assert all("make setup" in each.next for each in found)
    # nor is it remembered that all is right
    write(project.tools, {"init": ""})
    calls(project)
    assert asked(project) == []
    assert "all validate" in calls(project)


@pytest.mark.parametrize("name", ["sam", "terraform"])
def test_a_tool_that_is_missing_is_named(
    project: Checkout, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (project.tools / "bin" / name).unlink()
    monkeypatch.setenv("PATH", "/usr/bin-that-is-not-there:/bin")
    monkeypatch.setattr("os.defpath", "/bin")
    found = [each for each in asked(project) if name in each.what]
    assert found
    assert all(each.what == f"{name} is not installed" for each in found)
    assert all(each.next == "make setup" for each in found)


def test_nothing_is_left_in_the_modules(project: Checkout) -> None:
    before = sorted(project.root.rglob("modules/**/*"))
    asked(project)
    assert sorted(project.root.rglob("modules/**/*")) == before


def test_build_refuses_all_of_it_at_once(project: Checkout) -> None:
    write(
        project.tools,
        {
            "sam": "[[E1: a] (b) matched 1]",
            "terraform": diagnostics(("main.tf", 3, "Worse.")),
        },
    )
    with pytest.raises(BatonError) as error:
        require_valid(Target("local", project), lambda _: None)
    assert error.value.exit_code == 1
    assert "terraform validate: Worse." in error.value.message
    assert "sam validate: " in error.value.message
