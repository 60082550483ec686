"""The attributes and blocks of a file, wherever comments, texts and brackets are."""

from __future__ import annotations

import pytest

from codegen.terraform.hcl import Hcl
from codegen.terraform.terragrunt import name_problems
from codegen.terraform.units import Input, inputs_of, unit_of
from codegen.terraform.variables import Variable, literal_problem, parse_variables


def items(text: str) -> list[tuple[str, int, bool, tuple[str, ...]]]:
    return [(each.name, each.line, each.is_block, each.labels) for each in Hcl(text, "f").items()]


def test_attributes_and_blocks_are_told_apart_with_labels_and_lines() -> None:
    # Given a file with both, a name in a comment, in a text, in a bracket and in a block
    text = (
        "a = 1 # b = 2\n"
        'resource "aws_vpc" "this" {\n  inner = "x = {"\n}\n'
        "locals { one = 1 }\n"
        "c = [\n  for k, v in local.x : k => v if v == k\n]\n"
        "d = <<-EOT\n  e = 1\nEOT\n"
        "f = a ? b : c\n"
    )

    # When it is read, then what is in the file itself is found
    assert items(text) == [
        ("a", 1, False, ()),
        ("resource", 2, True, ("aws_vpc", "this")),
        ("locals", 5, True, ()),
        ("c", 6, False, ()),
        ("d", 9, False, ()),
        ("f", 12, False, ()),
    ]


@pytest.mark.parametrize(
    ("expression", "inputs"),
    [
        ("{ a = 1, b = [1, 2] }", {"a": "1", "b": "[1, 2]"}),
        ('{\n  a = "x"\n  "b" = 2\n  c : 3\n}', {"a": '"x"', "b": "2", "c": "3"}),
        ("{\n  a = { inner = 1 }, # comment\n  b = f(\n    1,\n  )\n}", None),
        ("{}", {}),
        ("merge(local.a, { b = 1 })", "unknown"),
        ("{ for k in local.a : k => 1 }", "unknown"),
        ("{ a = 1 }.b", "unknown"),
        ("local.inputs", "unknown"),
    ],
)
def test_inputs_are_found_where_they_are_one_object(expression: str, inputs: object) -> None:
    # Given inputs as people write them
    found = inputs_of(Hcl(f"inputs = {expression}\n", "f"))

    # Then each has its expression; where that is no object, it is not known what they are
    if inputs == "unknown":
        assert found is None
    elif inputs is None:
        assert {name: "".join(each.expression.split()) for name, each in (found or {}).items()} == {
            "a": "{inner=1}",
            "b": "f(1,)",
        }
    else:
        assert {name: each.expression for name, each in (found or {}).items()} == inputs


def test_an_input_has_its_line() -> None:
    assert inputs_of(Hcl("\ninputs = {\n\n  a = 1\n}\n", "f")) == {"a": Input(4, "1")}
    assert inputs_of(Hcl("locals {\n  inputs = 1\n}\n", "f")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('terraform {\n  sorce = "x"\n}\n', "the block terraform has no attribute sorce"),
        ("inputss = {}\n", "a terragrunt.hcl has no attribute inputss"),
        ('dependancy "x" {}\n', "a terragrunt.hcl has no block dependancy"),
        ("terraform {\n  inputs {}\n}\n", "the block terraform has no block inputs"),
        ('dependency "x" {\n  mocks = {}\n}\n', "the block dependency has no attribute mocks"),
        ("locals {\n  anything = 1\n}\n", None),
        ("inputs = {\n  anything = 1\n}\n", None),
        ("remote_state {\n  config = { anything = 1 }\n}\n", None),
        ('generate "x" {\n  contents = <<-EOF\n    typo { }\n  EOF\n}\n', None),
    ],
)
def test_a_name_that_terragrunt_does_not_know_is_told(text: str, said: str | None) -> None:
    problems = list(name_problems(Hcl(text, "f")))

    assert [problem.what for problem in problems] == ([said] if said else [])


def test_a_unit_without_a_source_is_told_once() -> None:
    (problem,) = unit_of(Hcl("inputs = {}\n", "units/data.hcl"), "data").misuses
    assert problem.what == "unit data has no source in a terraform block"
    # and where the word is misspelled, that alone
    (problem,) = unit_of(Hcl('terraform {\n  sorce = "x"\n}\n', "units/data.hcl"), "data").misuses
    assert problem.what == "the block terraform has no attribute sorce"


def test_variables_are_read_with_type_default_and_null() -> None:
    text = (
        'variable "a" {\n  type = string\n}\n'
        'variable "b" {\n  type    = list(object({ x = number }))\n  default = []\n}\n'
        'variable "c" {\n  type     = map(string)\n  nullable = false\n}\n'
        'variable "d" {}\n'
        'variable "e" {\n  type = optional_thing\n  validation {\n    condition = true\n  }\n}\n'
    )
    found = parse_variables(Hcl(text, "f"))

    assert {name: (v.type, v.required, v.nullable, v.line) for name, v in found.items()} == {
        "a": ("string", True, True, 1),
        "b": ("list", False, True, 4),
        "c": ("object", True, False, 8),
        "d": ("", True, True, 12),
        "e": ("", True, True, 13),
    }


# Expression → the types that Terraform does not take it for.
LITERALS = {
    '"x"': {"number", "bool", "list", "object"},
    '"5"': {"bool", "list", "object"},
    '"true"': {"number", "list", "object"},
    '"a ${local.x}"': set(),
    '"${local.x}"': set(),
    "5": {"bool", "list", "object"},
    "-1.5": {"bool", "list", "object"},
    "true": {"number", "list", "object"},
    "[1, 2]": {"string", "number", "bool", "object"},
    "[]": {"string", "number", "bool", "object"},
    "[1, 2][0]": set(),
    "[for x in local.y : x]": {"string", "number", "bool", "object"},
    "{ a = 1 }": {"string", "number", "bool", "list"},
    "{ a = 1 }.a": set(),
    "local.x": set(),
    "null": set(),
    "merge({}, {})": set(),
    'local.x ? "a" : [1]': set(),
}


@pytest.mark.parametrize("expression", LITERALS)
@pytest.mark.parametrize("type_", ["string", "number", "bool", "list", "object", ""])
def test_a_literal_is_held_against_the_type(type_: str, expression: str) -> None:
    variable = Variable("f", 1, type_, True, True)

    assert (literal_problem(variable, expression) is not None) is (type_ in LITERALS[expression])


def test_null_is_refused_where_the_variable_takes_none() -> None:
    variable = Variable("f", 1, "string", True, nullable=False)

    assert literal_problem(variable, "null") == "is null, which the variable does not take"
