"""Finding a module's outputs without an HCL parser."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codegen.terraform.hcl import Hcl, HclError
from codegen.terraform.outputs import DeclaredOutput, declared_outputs, outputs_of
from tests.codegen.builders import CHECKOUT

TEXT = """\
# output "commented" {
output "plain" {
  description = "sensitive = true is only text here"
  value       = aws_x.this.id
}

output "secret" {
  description = "A secret."
  value       = { for k, v in local.x : k => v }
  sensitive   = true # because
}

output "nested" {
  value = {
    sensitive = aws_x.this.sensitive
  }
  sensitive = false
}
"""


def parsed(text: str) -> dict[str, DeclaredOutput]:
    """The outputs that a file of this text declares."""
    return outputs_of(Hcl(text, "outputs.tf"))


def test_outputs_are_found_with_line_and_sensitivity() -> None:
    # Given an outputs.tf as terraform fmt leaves it
    # When it is read, then each block is there, and nothing else
    assert parsed(TEXT) == {
        "plain": DeclaredOutput(2, sensitive=False),
        "secret": DeclaredOutput(7, sensitive=True),
        "nested": DeclaredOutput(13, sensitive=False),
    }


def test_line_ends_of_windows_are_read_alike() -> None:
    # Given the same with CRLF, when it is read, then nothing is different
    assert outputs_of(Hcl(TEXT.replace("\n", "\r\n"), "outputs.tf")) == outputs_of(
        Hcl(TEXT, "outputs.tf")
    )


@pytest.mark.engine
def test_the_projects_modules_are_in_the_form_the_reader_relies_on() -> None:
    # Given every unit's module of the project
    for unit, outputs in declared_outputs(CHECKOUT).items():
        file = CHECKOUT / f"modules/{unit}/outputs.tf"

        # When Terraform's formatter looks at its outputs.tf
        command = [CHECKOUT / ".tools/bin/terraform", "fmt", "-check", "-diff", file]
        formatted = subprocess.run(command, check=False, capture_output=True, text=True)

        # Then it has nothing to change, and no output escaped the reader
        assert formatted.stdout == "", unit
        words = [line.split()[0] for line in file.read_text().splitlines() if line.strip()]
        assert len(outputs) == words.count("output") > 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('output "a" { value = 1 }\noutput "b" { sensitive = "true" }', {"a": False, "b": True}),
        ('/*\noutput "a" {\n}\n*/\n# output "b" {}\noutput "c" {}', {"c": False}),
        ('output "a" {\n  value = <<EOT\noutput "b" {\n}\nEOT\n}', {"a": False}),
        ('output "a" {\n  sensitive = (true)\n}', {"a": True}),
        ('output "a" {\n  sensitive = true /* x */\n}', {"a": True}),
        ('output "a" {\n  sensitive = false # x\n}', {"a": False}),
        ('\ufeffoutput "a" {\n  value = "${lookup(x, "}")}"\n}', {"a": False}),
    ],
)
def test_other_forms_are_read_as_terraform_does(text: str, found: dict[str, bool]) -> None:
    # Given what terraform fmt leaves as it is, when it is read, then it means the same
    assert {name: output.sensitive for name, output in parsed(text).items()} == found


@pytest.mark.parametrize("content", [b"\xff", b'output "a" {', b'output "a', b"/* a", b"a = <<E\n"])
def test_what_cannot_be_read_is_told(content: bytes, tmp_path: Path) -> None:
    # Given a unit's file that is no HCL
    _module(tmp_path, "data", content)
    _unit(tmp_path, "data")

    # When it is read, then its name is told
    with pytest.raises(HclError, match=r"modules/data/outputs\.tf"):
        declared_outputs(tmp_path)


def test_a_module_that_is_no_unit_puts_nothing_out(tmp_path: Path) -> None:
    # Given two modules, of which one is a unit's: the other is called by it
    _module(tmp_path, "application", b'output "outer" {\n}\n')
    _module(tmp_path, "user_pool", b'output "inner" {\n}\n')
    _unit(tmp_path, "application")

    # When the outputs are read, then there are the unit's, which alone has a state
    assert declared_outputs(tmp_path) == {"application": {"outer": DeclaredOutput(1, False)}}


def _module(root: Path, name: str, outputs: bytes) -> None:
    (root / "modules" / name).mkdir(parents=True)
    (root / "modules" / name / "outputs.tf").write_bytes(outputs)


def _unit(root: Path, name: str) -> None:
    (root / "units").mkdir()
    (root / "units" / f"{name}.hcl").touch()
