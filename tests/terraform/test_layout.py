"""Every environment has every unit, in the same words; every module is shaped alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from codegen.settings import environment_names
from codegen.terraform.engine import MINIMUM

# What names an emulator, or could only be meant for one.
FORBIDDEN = re.compile(
    r"ministack|localstack|127\.0\.0\.1|localhost|endpoint_url|path_style|skip_(cred|req|meta)",
    re.IGNORECASE,
)


def test_each_environment_has_a_folder_for_each_unit(root: Path) -> None:
    # Given
    units = {file.stem for file in (root / "units").glob("*.hcl")}
    environments = environment_names(root / "live")

    # When
    found = {
        (file.parts[-3], file.parts[-2]) for file in (root / "live").glob("*/*/terragrunt.hcl")
    }

    # Then
    assert units
    assert environments
    assert found == {(environment, unit) for environment in environments for unit in units}


def test_each_unit_has_a_module_of_its_name(root: Path) -> None:
    # Given
    units = {file.stem for file in (root / "units").glob("*.hcl")}

    # When
    modules = {folder.name for folder in (root / "modules").iterdir() if folder.is_dir()}

    # Then the other modules are called by a unit's own
    assert units <= modules
    assert modules - units == called_by(units, root)


def called_by(units: set[str], root: Path) -> set[str]:
    """The modules that the units' modules call, which are beside them."""
    files = [file for unit in units for file in (root / "modules" / unit).glob("*.tf")]
    sources = [re.findall(r'^  source = "([^"]+)"$', file.read_text(), re.M) for file in files]
    return {source.removeprefix("../") for found in sources for source in found}


def test_unit_folders_are_identical(root: Path) -> None:
    # When
    texts = {file.read_text() for file in (root / "live").glob("*/*/terragrunt.hcl")}

    # Then
    assert len(texts) == 1


def test_each_module_asks_for_the_same_versions(root: Path, module: Path) -> None:
    # Given
    asked = (root / "modules" / "network" / "versions.tf").read_text()

    # Then
    assert (module / "versions.tf").read_text() == asked
    assert f'required_version = ">= {".".join(map(str, MINIMUM))}"' in asked


def test_readme_says_what_the_module_owns(module: Path) -> None:
    # When
    text = (module / "README.md").read_text()

    # Then
    for part in ("**Owns:**", "**Does not own:**", "**Requires:**"):
        assert part in text


def test_variables_are_typed_and_described(module: Path) -> None:
    # Given
    blocks = [
        (file.name, block)
        for file in module.glob("*.tf")
        for block in re.findall(r'^variable "\w+" {\n.*?^}', file.read_text(), re.DOTALL | re.M)
    ]

    # Then
    assert blocks
    for file, block in blocks:
        assert re.search(r"^  type +=", block, re.MULTILINE), (file, block)
        assert re.search(r'^  description += "[A-Z].+\.', block, re.MULTILINE), (file, block)


def test_outputs_are_described(module: Path, outputs_of: Callable[[Path], set[str]]) -> None:
    # When
    text = (module / "outputs.tf").read_text()

    # Then
    described = len(re.findall(r'^  description += "[A-Z].+"$', text, re.MULTILINE))
    assert described == len(outputs_of(module)) > 0


def test_each_validated_variable_has_a_run_that_breaks_it(module: Path) -> None:
    # Given
    validated = {
        match[1]
        for file in module.glob("*.tf")
        for match in re.finditer(
            r'^variable "(\w+)" {\n((?:.*\n)*?)^}', file.read_text(), re.MULTILINE
        )
        if "validation {" in match[2]
    }

    # When
    tests = "".join(file.read_text() for file in module.glob("tests/*.tftest.hcl"))
    lists = re.findall(r"expect_failures\s*= \[(.*?)\]", tests, re.DOTALL)
    broken = set(re.findall(r"var\.(\w+)", "\n".join(lists)))

    # Then
    assert validated
    assert validated == broken


def test_nothing_knows_of_an_emulator(root: Path) -> None:
    # Given
    files = [root / "terragrunt.hcl", root / ".terragrunt-filters"]
    for folder in ("live", "units", "modules"):
        files += [
            file
            for file in (root / folder).rglob("*")
            if file.is_file() and not {".terraform", ".terragrunt-cache"} & set(file.parts)
        ]

    # When
    found = [str(file) for file in files if FORBIDDEN.search(file.read_text())]

    # Then
    assert len(files) > 20
    assert found == []
