"""The contract as a whole; what breaks it, one by one, is in test_broken and test_mutations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.check import check
from codegen.handoff import ReleaseContext, prepare
from codegen.jinja.templates import TemplateSourceError
from codegen.problems import ContractError
from codegen.sam.template import load_template
from tests.codegen.builders import (
    CHECKOUT,
    environment,
    output_values,
    project,
    release,
    replace,
    state_outputs,
)

ENV = environment("dev")
PARAMETERS = "codegen/templates/parameters.yaml.j2"
SAMCONFIG = "codegen/templates/samconfig.toml.j2"
Values = dict[str, dict[str, Any]]


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    # Given a wrong source, a missing output and a value out of bounds
    root = project(tmp_path)
    replace(root / PARAMETERS, "\nApiName:", "\nApiNaem:")
    replace(root / "template.yaml", "MaxValue: 5000", "MaxValue: 50")
    values = output_values(ENV)
    del values["data"]["table_name"]

    # When they are rendered
    with pytest.raises(ContractError) as caught:
        prepare(root, ENV, state_outputs(values), release(root / "template.yaml"))

    # Then all are in one message
    for part in (
        "ApiNaem",
        "parameter ApiName is not rendered",
        "ThrottleBurst",
        "data.table_name",
    ):
        assert part in caught.value.message


def test_a_missing_jinja_template_is_named(tmp_path: Path) -> None:
    # Given a project without one of the templates
    root = project(tmp_path)
    (root / PARAMETERS).unlink()

    # When it is rendered, then the message names the file
    with pytest.raises(TemplateSourceError, match=r"parameters\.yaml\.j2: cannot be read"):
        prepare(root, ENV, state_outputs(output_values(ENV)), release(root / "template.yaml"))


def test_the_projects_own_sources_fit_each_other() -> None:
    # Given the checkout as it is
    # When what needs no credentials is checked, then nothing is wrong
    template = CHECKOUT / "sam-app/template.yaml"
    assert check(CHECKOUT, template, [release(template)]) == []


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_projects_own_template_takes_what_is_rendered(name: str) -> None:
    # Given the real SAM template, and outputs as the units give them
    env = environment(name)
    real = ReleaseContext(
        CHECKOUT / "sam-app/template.yaml", "template.yaml", "aws", "python3.13", "arm64", "0" * 64
    )

    # When an environment is rendered
    rendering = prepare(CHECKOUT, env, state_outputs(output_values(env)), real)

    # Then every parameter of the template has a value that it allows
    assert set(rendering.parameters) == set(load_template(real.template).parameters)
