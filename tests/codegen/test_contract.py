"""The contract, broken once in each place: every time it is noticed, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.errors import BatonError, ContractError
from codegen.handoff import ReleaseContext, check, prepare
from codegen.module_outputs import declared_outputs
from codegen.rendering import TemplateSourceError
from codegen.sam_template import load_template
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


def failure(root: Path, values: Values, sensitive: dict[str, list[str]] | None = None) -> str:
    """What the user reads when rendering is refused."""
    with pytest.raises(BatonError) as caught:
        prepare(root, ENV, state_outputs(values, sensitive), release(root / "template.yaml"))
    return f"{caught.value.message}\n→ {caught.value.remedy}".replace(f"{root}/", "")


# Values: one output changed in the state.
def _put(unit: str, name: str, value: Any) -> Callable[[Values], None]:
    return lambda values: values[unit].__setitem__(name, value)


WRONG_VALUES: dict[str, Callable[[Values], None]] = {
    "an output missing": lambda values: values["data"].__delitem__("table_name"),
    "a unit missing": lambda values: values.__delitem__("storage"),
    "null": _put("data", "table_name", None),
    "an empty list": _put("network", "private_subnet_ids", []),
    "empty text": _put("data", "table_name", ""),
    "a map": _put("data", "table_name", {"name": "desk"}),
    "a list where text is meant": _put("network", "lambda_security_group_id", ["sg-1", "sg-2"]),
    "no subnet id": _put("network", "private_subnet_ids", ["subnet-0123456789abcdef0", "vpc-1"]),
    "a comma in a list's item": _put("network", "private_subnet_ids", ["subnet-1,subnet-2"]),
    "another account": _put("access", "api_role_arn", "arn:aws:iam::222222222222:role/r"),
    "another region": _put(
        "application", "access_log_group_arn", "arn:aws:logs:eu-west-1:111111111111:log-group:g"
    ),
    "another partition": _put("access", "api_role_arn", "arn:aws-cn:iam::111111111111:role/r"),
    "a mock's account": _put("access", "api_role_arn", "arn:aws:iam::000000000000:role/r"),
    "a mock's name": _put("data", "table_name", "mock0000-table"),
    "pattern": _put("data", "table_name", "no spaces allowed"),
    "too short": _put("data", "idempotency_table_name", "t"),
    "too long": _put("data", "idempotency_table_name", "t" * 256),
    "more than CloudFormation takes": _put("application", "api_name", "é" * 2049),
    "half a surrogate pair": _put("application", "api_name", "\ud800"),
}


@pytest.mark.parametrize("case", WRONG_VALUES)
def test_a_wrong_value_is_refused(case: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    # Given outputs of which one is wrong
    values = output_values(ENV)
    WRONG_VALUES[case](values)

    # When they are rendered, then the message names both sides
    assert failure(project(tmp_path), values) == snapshot


# Sources: one text replaced in one file.
WRONG_SOURCES = {
    "output renamed in its module": (
        "modules/data/outputs.tf", 'output "table_name"', 'output "tickets_name"'
    ),
    "output sensitive in its module": (
        "modules/data/outputs.tf",
        'output "table_name" {',
        'output "table_name" {\n  sensitive = true',
    ),
    "output misspelled": (PARAMETERS, "outputs.data.table_name", "outputs.data.tabel_name"),
    "unit misspelled": (PARAMETERS, "outputs.data.table_name", "outputs.dta.table_name"),
    "unit as a whole": (PARAMETERS, "outputs.data.table_name", "outputs.data"),
    "no filter": (PARAMETERS, "outputs.data.table_name | yaml", "outputs.data.table_name"),
    "unknown filter": (PARAMETERS, "data.table_name | yaml", "data.table_name | yml"),
    "unknown root": (PARAMETERS, "outputs.data.table_name", "output.data.table_name"),
    "setting misspelled": (PARAMETERS, "functions.api_memory_mb", "functions.api_memory"),
    "section misspelled": (PARAMETERS, "api.throttle_rate", "apis.throttle_rate"),
    "release fact misspelled": (PARAMETERS, "release.runtime", "release.runtimes"),
    "revision misspelled": (PARAMETERS, "revisions.api", "revisions.apis"),
    "no Jinja2": (PARAMETERS, "{{ outputs.data.table_name", "{{ outputs.data..table_name"),
    "parameter not rendered": (PARAMETERS, "TableName: {{ outputs.data.table_name | yaml }}\n", ""),
    "parameter misspelled": (PARAMETERS, "\nTableName:", "\nTabelName:"),
    "parameter twice": (PARAMETERS, "\nApiName:", "\nTableName:"),
    "parameter with a dash": (PARAMETERS, "\nTableName:", "\nTable-Name:"),
    "a number without quotes": (PARAMETERS, "{{ environment.api.throttle_burst | yaml }}", "100"),
    "output misspelled in samconfig": (
        SAMCONFIG,
        "deployment_role_arn | toml }}\n# not",
        "deploy_role_arn | toml }}\n# not",
    ),
    "no TOML": (SAMCONFIG, "confirm_changeset = false", "confirm_changeset = "),
    "another table in samconfig": (SAMCONFIG, "version = 0.1", "version = 0.1\n[default]\n[x]"),
    "parameter renamed in SAM": ("template.yaml", "  TableName: {Type", "  TicketsName: {Type"),
    "parameter added in SAM": ("template.yaml", "  ApiName:", "  New: {Type: String}\n  ApiName:"),
    "unknown type in SAM": ("template.yaml", "ApiName: {Type: String}", "ApiName: {Type: Text}"),
    "AllowedValues in SAM": ("template.yaml", "[arm64, x86_64]}\n  Can", "[x86_64]}\n  Can"),
    "MaxValue in SAM": ("template.yaml", "MaxValue: 5000", "MaxValue: 50"),
    "MinValue in SAM": ("template.yaml", "MinValue: 1, MaxValue: 5000", "MinValue: 1000"),
    "bad pattern in SAM": ("template.yaml", "[A-Za-z0-9_.-]{3,255}", "[A-Za"),
    "bad bound in SAM": ("template.yaml", "MinLength: 3", "MinLength: three"),
    "revision not wired in SAM": (
        "template.yaml", "      AutoPublishCodeSha256: !Ref ApiRevision\n", ""
    ),
    "revision wired to another": (
        "template.yaml", "Sha256: !Ref ApiRevision", "Sha256: !Ref ApiName"
    ),
    "condition unknown in SAM": ("template.yaml", "  Traced: !Equals", "  Tracd: !Equals"),
    "key twice in SAM": ("template.yaml", "  ApiName:", "  TableName: {Type: String}\n  ApiName:"),
    "no resources in SAM": ("template.yaml", "\nResources:", "\nResource:"),
    "no YAML in SAM": ("template.yaml", "\nResources:", "\nResources: ["),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_SOURCES)
def test_a_wrong_source_is_refused(case: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    # Given a project with one text changed
    root = project(tmp_path)
    file, old, new = WRONG_SOURCES[case]
    replace(root / file, old, new)

    # When it is rendered, then the message names both sides
    assert failure(root, output_values(ENV)) == snapshot


def test_a_sensitive_output_is_refused_with_the_way_out(
    tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    # Given a state that marks an output sensitive that the module does not
    values = output_values(ENV)
    del values["data"]["table_name"]

    # When it is rendered, then the message says what to hand over instead
    assert failure(project(tmp_path), values, {"data": ["table_name"]}) == snapshot


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


READ_OUTPUTS = sorted(
    f"{unit}.{name}"
    for unit, outputs in declared_outputs(CHECKOUT / "modules").items()
    for name in outputs
    if f"outputs.{unit}.{name} " in (CHECKOUT / PARAMETERS).read_text()
    or f"outputs.{unit}.{name} " in (CHECKOUT / SAMCONFIG).read_text()
)


@pytest.mark.parametrize("output", READ_OUTPUTS)
def test_every_output_that_is_read_is_missed_in_module_and_state(
    output: str, tmp_path: Path
) -> None:
    # Given one output renamed in its module, and another run with it removed from the state
    unit, name = output.split(".")
    root = project(tmp_path)
    values = output_values(ENV)
    gone = values[unit].pop(name)

    # When each is rendered, then each time that output is named
    assert f"outputs.{output} " in failure(root, values)
    values[unit][name] = gone
    replace(root / f"modules/{unit}/outputs.tf", f'output "{name}"', f'output "{name}_2"')
    assert f"outputs.{output} " in failure(root, values)


@pytest.mark.parametrize(
    "parameter", sorted(load_template(Path(__file__).parent / "packaged.yaml").parameters)
)
def test_every_parameter_is_missed_when_it_is_renamed(parameter: str, tmp_path: Path) -> None:
    # Given one parameter renamed in the Jinja2 template
    root = project(tmp_path)
    replace(root / PARAMETERS, f"\n{parameter}:", f"\n{parameter}2:")

    # When it is rendered
    message = failure(root, output_values(ENV))

    # Then both the one that is missing and the one that is unknown are named
    assert f"parameter {parameter} is not rendered" in message
    assert f"has no parameter {parameter}2" in message


def test_the_projects_own_sources_fit_each_other() -> None:
    # Given the checkout as it is
    # When what needs no credentials is checked, then nothing is wrong
    assert check(CHECKOUT, CHECKOUT / "sam-app/template.yaml") == []


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
