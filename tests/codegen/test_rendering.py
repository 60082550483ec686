"""One environment rendered from outputs of any names, mocks, and a document in a state's place."""

from __future__ import annotations

from dataclasses import replace as with_changes
from pathlib import Path

import pytest

from codegen.contract.outputs import output_problems
from codegen.jinja.templates import TemplateSourceError
from codegen.problems import Kind
from codegen.rendering import render
from codegen.sides import Sides
from tests.codegen.builders import (
    environment,
    output_values,
    project,
    release,
    replace,
    state_outputs,
)

ENV = environment("dev")
PARAMETERS, SAMCONFIG = (
    Path("codegen/templates") / name for name in ("parameters.yaml.j2", "samconfig.toml.j2")
)
TABLE = "outputs.data.table_name | yaml"


def sides(folder: Path, file: Path, old: str, new: str) -> Sides:
    """The project's sides, with one text of one template changed."""
    root = project(folder)
    replace(root / file, old, new)
    return Sides.load(root, root / "template.yaml")


@pytest.mark.parametrize("name", ["items", "keys", "get"])
def test_an_output_may_be_called_like_a_method_of_a_map(name: str, tmp_path: Path) -> None:
    # Given an output that is called so
    changed = sides(tmp_path, PARAMETERS, TABLE, f"outputs.data.{name} | yaml")
    values = output_values(ENV)
    values["data"][name] = "the-table"

    # When it is rendered, then its value is the parameter
    rendering, problems = render(changed, ENV, values, release())
    assert problems == []
    assert rendering.parameters["TableName"] == "the-table"


@pytest.mark.parametrize(
    ("on_mocks", "table", "kinds"),
    [
        (False, "tickets", [Kind.OUTPUT_MOCKED]),
        (True, "tickets", []),
        (False, "mock0000-tickets", []),  # told of the output
    ],
)
def test_a_mark_that_no_output_has_is_refused(
    on_mocks: bool, table: str, kinds: list[Kind], tmp_path: Path
) -> None:
    # Given a template that puts the mark before an output
    changed = sides(tmp_path, PARAMETERS, TABLE, '("mock0000-" ~ outputs.data.table_name) | yaml')
    values = output_values(ENV)
    values["data"]["table_name"] = table

    # When it is rendered, then it is told, but of mocks
    _, problems = render(changed, ENV, values, release(), on_mocks=on_mocks)
    assert [problem.kind for problem in problems] == kinds


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("\nlint = true", '\nlint = true\nparameter_overrides = "A=1"', "of validate is 'A=1'"),
        ("stack_name = {{ environment.stack_name | toml }}\n\n[{{ environment.name | comment }}.va",
         "\n[{{ environment.name | comment }}.va", "deploy has no stack_name$"),
        ("\nmax_wait_duration", "\nrole_arn = ''\nmax_wait_duration", "renders no TOML"),
    ],
)  # fmt: skip
def test_tables_that_would_deploy_something_else_are_refused(
    old: str, new: str, why: str, tmp_path: Path
) -> None:
    # Given tables that leave something to whoever starts SAM, when rendered, then it is refused
    with pytest.raises(TemplateSourceError, match=why):
        render(sides(tmp_path, SAMCONFIG, old, new), ENV, output_values(ENV), release())


def test_what_a_document_lacks_is_to_be_added_to_it(tmp_path: Path) -> None:
    # Given outputs from a document, which has no serials, and lacks an output, and a unit of which
    # two are read
    root = project(tmp_path)
    known = Sides.load(root, root / "template.yaml")
    values = output_values(ENV)
    del values["data"]["table_name"], values["storage"]
    given = with_changes(state_outputs(values), serials={}, lineages={})

    # When they are checked, then no state is spoken of, and nothing to be applied
    found = list(output_problems(known.sources, known.declared, given, ENV))
    assert [(problem.what.split(" of dev ")[1], problem.next) for problem in found] == [
        ("is not in the outputs given", "add it to the document"),
        *[
            (
                "is not there: no outputs of this unit are in the outputs given",
                "add it to the document",
            )
        ]
        * 2,
    ]
