"""What a unit reads: named, and nothing of what is only said of it."""

from __future__ import annotations

import pytest

from codegen.problems import Kind
from codegen.terraform.hcl import Hcl
from codegen.terraform.units import UnitFile, unit_of


def read(text: str) -> UnitFile:
    """What a unit of this text reads."""
    return unit_of(Hcl(text, "units/access.hcl"), "access")


SOURCE = 'terraform {\n  source = "${get_repo_root()}/modules//access"\n}\n'


@pytest.mark.parametrize(
    "code",
    [
        'dependency.data.outputs["x"]',
        'lookup(dependency.data.outputs, "x", "")',
        "local.settings.data",
        "values(local.settings)",
    ],
)
def test_a_read_without_a_name_is_told(code: str) -> None:
    # Given a read in which no name can be checked, when the unit is read
    unit = read(f"inputs = {{\n  a = {code}\n}}\n{SOURCE}")

    # Then it is told with its line
    assert [(each.kind, each.where and each.where.line) for each in unit.misuses] == [
        (Kind.READ_TOO_WIDE, 2)
    ]


def test_only_code_reads() -> None:
    # Given reads in a comment, in a text and interpolated in one
    text = (
        'inputs = { a = "dependency.a.outputs.b ${dependency.a-b.outputs.c-d}" }'
        " # local.settings.x\n"
    )

    # When the unit is read
    unit = read(text + SOURCE)

    # Then only what is interpolated is one
    assert [read.path for read in unit.outputs] == [("outputs", "a-b", "c-d")]
    assert unit.misuses == ()


def test_a_dependency_on_anothers_mocks_is_told() -> None:
    # Given a dependency that leads elsewhere, on other mocks
    block = 'dependency "data" {\n  config_path = "../dat"\n  mock_outputs = local.mocks.x\n}\n'

    # When the unit is read, then both are told with their lines
    found = [(each.kind, each.where and each.where.line) for each in read(block + SOURCE).misuses]
    assert found == [(Kind.MOCK_UNKNOWN, 2), (Kind.MOCK_UNKNOWN, 3)]
