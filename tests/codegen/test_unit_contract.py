"""Units against their modules, each other and the environments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.contract.units import dependency_problems, input_problems
from codegen.terraform.hcl import Hcl
from codegen.terraform.layout import load_live, load_root
from codegen.terraform.units import UnitFile, load_mocks, load_units, unit_of
from codegen.terraform.variables import module_variables
from tests.codegen.builders import CHECKOUT, project, replace


def unit(name: str, *depends_on: str) -> UnitFile:
    blocks = "".join(
        f'dependency "{each}" {{\n'
        f'  config_path = "../{each}"\n  mock_outputs = local.mocks.{each}\n}}\n'
        for each in depends_on
    )
    text = f'terraform {{\n  source = "x/modules//{name}"\n}}\n{blocks}'
    return unit_of(Hcl(text, f"units/{name}.hcl"), name)


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ({"a": "b", "b": "c", "c": ""}, []),
        ({"a": "bc", "b": "d", "c": "d", "d": ""}, []),
        ({"a": "a"}, ["a → a"]),
        ({"a": "b", "b": "a"}, ["a → b → a"]),
        ({"a": "b", "b": "c", "c": "a", "d": "a"}, ["a → b → c → a"]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, ["a → b → a", "c → d → c"]),
        ({"b": "a", "a": "c", "c": "b"}, ["a → c → b → a"]),
    ],
)
def test_a_circle_is_told_once(graph: dict[str, str], said: list[str]) -> None:
    # Given units that depend on each other
    units = [unit(name, *depends_on) for name, depends_on in graph.items()]

    # When they are looked at, then each circle is told from its first unit on
    problems = list(dependency_problems(units))
    assert [problem.what.split(": ")[1] for problem in problems] == said
    assert all(problem.where and problem.where.line > 1 for problem in problems)


def test_a_unit_that_is_not_there_is_told_at_the_dependency() -> None:
    (problem,) = dependency_problems([unit("access", "dta"), unit("data")])

    assert (str(problem.where), problem.what, problem.hint) == (
        "units/access.hcl:4",
        "unit access depends on dta, and there is no units/dta.hcl",
        "Did you mean data?",
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path)


def found(root: Path) -> list[tuple[str, str]]:
    units = load_units(root)
    variables = module_variables(root, [each.unit for each in units])
    problems = input_problems(units, load_root(root).inputs, variables, load_mocks(root).values)
    return [(problem.kind.id, problem.what) for problem in problems]


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "nothing": (lambda root: None, []),
    "a variable without default": (
        lambda root: (root / "modules/data/new.tf").write_text('variable "new" {}\n'),
        ["unit data does not set new, which has no default"],
    ),
    "a variable with default": (
        lambda root: (root / "modules/data/new.tf").write_text(
            'variable "new" {\n  default = null\n}\n'
        ),
        [],
    ),
    "an input of the root that a module wants": (
        lambda root: replace(root / "terragrunt.hcl", "  environment = local.environment\n", ""),
        ["unit access does not set environment, which has no default"],
    ),
    "an input of the root that no module wants": (
        lambda root: replace(root / "terragrunt.hcl", "inputs = {", "inputs = {\n  more = 1"),
        [],
    ),
    "inputs of the root that are not known": (
        lambda root: replace(
            root / "terragrunt.hcl", "inputs = {", "inputs = { for k in local.x : "
        ),
        [],
    ),
    "a module that is gone": (
        lambda root: (root / "modules/storage").rename(root / "modules/store"),
        ["unit storage has no module: modules/storage has no .tf file"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_module_needs_is_given(change: str, root: Path) -> None:
    # Given a project with one thing changed
    make, said = CHANGES[change]
    make(root)

    # When inputs and variables are compared, then what is missing is told, and nothing else
    told = [what for _, what in found(root)]
    assert [what for what in said if what not in told] == []
    assert len(told) == len(said) or change == "an input of the root that a module wants"


def test_every_required_variable_is_missed_once_it_is_not_set(root: Path) -> None:
    # Given each input that a unit sets for a variable without default, removed one at a time
    units = load_units(CHECKOUT)
    variables = module_variables(CHECKOUT, [each.unit for each in units])
    required = [
        (each.unit, name)
        for each in units
        for name in each.inputs or ()
        if variables[each.unit][name].required
    ]
    unnoticed = []
    for name, given in required:
        file = root / "units" / f"{name}.hcl"
        whole = file.read_text()
        file.write_text(whole.replace(f"  {given} ", "  renamed ", 1))
        if (
            "input-missing",
            f"unit {name} does not set {given}, which has no default",
        ) not in found(root):
            unnoticed.append((name, given))
        file.write_text(whole)

    assert unnoticed == []
    assert len(required) > 20


def test_live_is_read_as_it_is() -> None:
    assert {(each.environment, each.unit) for each in load_live(CHECKOUT)} == {
        (path.parts[-3], path.parts[-2]) for path in CHECKOUT.glob("live/*/*/terragrunt.hcl")
    }
    assert all(not each.misuses for each in load_live(CHECKOUT))
