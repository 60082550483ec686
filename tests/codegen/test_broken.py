"""The hand-off, broken once in each place (broken/): each time all of it is noticed, and told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.check import check
from codegen.contract.parameters import declaration_problems
from codegen.errors import BatonError
from codegen.handoff import prepare
from codegen.problems import ContractError, Kind, Problem, blocking
from codegen.project import VERIFY
from codegen.sam.template import parse_template
from tests.codegen.broken import CASES, ENV, read
from tests.codegen.builders import release


def quoted(text: str, root: Path) -> str:
    """A message with each `file:line` told by what the line says."""

    def line(match: re.Match[str]) -> str:
        lines = (root / match["file"]).read_text("utf-8").splitlines()
        return f"{match['file']} «{lines[int(match['line']) - 1].strip()}»"

    place = r"(?P<file>[\w./-]+\.(?:j2|tf|yaml|hcl|py)):(?P<line>\d+)"
    return re.sub(place, line, text.replace(f"{root}/", ""))


def kinds(problems: Sequence[Problem]) -> list[str]:
    return sorted({problem.kind.id for problem in problems})


def rendering_fails(case: str, root: Path) -> tuple[list[str], str]:
    """The kinds of problem that rendering finds, and what the user reads."""
    try:
        prepare(root, ENV, read(case).state(), release(root / "template.yaml"))
    except ContractError as error:
        return kinds(error.problems), f"{error.message}\n→ {error.remedy}"
    except BatonError as error:
        return [Kind.UNREADABLE.id], f"{error.message}\n→ {error.remedy}"
    return [], "nothing is wrong"


def checked(root: Path) -> list[Problem]:
    template = root / "template.yaml"
    platforms = [("aws", "arm64"), ("local", "x86_64")]
    releases = [release(template, target=target, architecture=at) for target, at in platforms]
    return check(root, template, releases)


@pytest.mark.parametrize("case", CASES)
def test_what_is_broken_is_found_and_told(
    case: str, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    # Given a project that is broken in one place
    broken = read(case)
    root = broken.lay_out(tmp_path)

    # When dev is rendered, and when the project is checked
    found, told = rendering_fails(case, root)
    problems = checked(root)

    # Then each finds what it must, and nothing else; the texts are those that were reviewed
    assert (found, kinds(problems)) == (broken.render, broken.check)
    assert quoted(told, root) == snapshot(name="render")
    assert quoted("\n".join(map(str, problems)), root) == snapshot(name="check")


def test_every_kind_of_problem_has_a_broken_input() -> None:
    # Given all broken inputs
    found = {kind for case in CASES for kind in (*read(case).render, *read(case).check)}

    # When they are counted by kind, then only those are missing that take more than one change of
    # a text (those below), and those that a tool finds (tests/pipeline)
    by_tools = {kind for kind in Kind if kind.is_found_by_a_tool}
    others = {Kind.PARAMETERS_TOO_MANY, Kind.VERIFICATION_MISSING, Kind.VERIFICATION_UNUSABLE}
    assert found == {kind.id for kind in {*Kind} - others - by_tools}


def test_a_verify_that_is_not_there_is_noted_and_one_that_cannot_run_is_refused(
    tmp_path: Path,
) -> None:
    # Given the copy of the project
    root = read("unit-missing").lay_out(tmp_path)
    verify = root / VERIFY

    # When its verify is not executable, Then that is a problem, with the command
    verify.chmod(0o644)
    (problem,) = checked(root)
    assert problem.kind is Kind.VERIFICATION_UNUSABLE
    assert problem.next == "`chmod +x sam-app/verify`, and commit that."

    # When there is none, Then that is one note, and refuses nothing
    verify.unlink()
    (problem,) = checked(root)
    assert problem.kind is Kind.VERIFICATION_MISSING
    assert blocking([problem]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.baton", "it is not TOML"),
        ("[tool.baton]\nverfy = 1", "tool.baton.verfy: Extra inputs"),
        ("[tool.baton.verify]\noutputs = 1", "tool.baton.verify.outputs"),
        ("tool = 1", "tool is not a table"),
        ("[tool]\nbaton = 1", "tool.baton: Input should be"),
    ],
)
def test_a_project_file_that_is_not_right_is_a_problem(
    text: str, said: str, tmp_path: Path
) -> None:
    root = read("unit-missing").lay_out(tmp_path)
    (root / "pyproject.toml").write_text(text)

    (problem,) = checked(root)

    assert problem.kind is Kind.SETTING_INVALID
    assert str(problem.where) == "pyproject.toml:1"
    assert said in problem.what


@pytest.mark.parametrize(("count", "problems"), [(200, []), (201, ["parameters-too-many"])])
def test_more_parameters_than_cloudformation_takes_are_refused(
    count: int, problems: list[str]
) -> None:
    # Given a template with as many parameters as are allowed, or one more
    names = ", ".join(f"P{number}: {{Type: String}}" for number in range(count))
    template = parse_template(f"Parameters: {{{names}}}\nResources: {{}}\n", "template.yaml")

    # When it is checked, then the limit is CloudFormation's
    assert kinds(list(declaration_problems(template))) == problems


def test_a_project_that_is_whole_has_no_problem(tmp_path: Path) -> None:
    # Given the copy of the project with nothing changed
    root = read("unit-missing").lay_out(tmp_path)

    # When it is checked, then nothing is wrong
    assert checked(root) == []
