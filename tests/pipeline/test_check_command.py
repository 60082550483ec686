"""`baton check` refuses a template that no deployment could be verified of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.project import VERIFY, load_project_file
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.release.manifest import Provenance, Release

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is checked."""
    ignored = shutil.ignore_patterns(".*", "tests", "*.md")
    for name in ("live", "modules", "policies", "sam-app", "units"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copytree(ROOT / "codegen/templates", tmp_path / "codegen/templates")
    for name in ("pyproject.toml", "terragrunt.hcl"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(Checkout, "here", lambda: Checkout(tmp_path, tmp_path / ".baton"))
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    code = main(["check", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_service_as_it_is_can_be_verified(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(capsys) == (0, [])


def test_a_table_that_is_called_otherwise_is_refused_before_anything_is_deployed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given that the table's parameter has another name, everywhere
    for name in ("sam-app/template.yaml", "codegen/templates/parameters.yaml.j2"):
        file = root / name
        file.write_text(file.read_text().replace("TableName", "Tickets"))

    # When it is checked, Then that is all, with the way out
    code, (problem,) = checked(capsys)
    assert (code, problem["kind"]) == (1, "verification-blind")
    assert "reads Parameters.TableName" in problem["problem"]
    assert "[tool.baton.verify]" in problem["next"]


@pytest.mark.parametrize("name", load_project_file(ROOT).verify.outputs)
def test_an_output_that_the_smoke_test_reads_is_missed(
    root: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = root / "sam-app/template.yaml"
    file.write_text(file.read_text().replace(f"\n  {name}:", "\n  Other:"))

    code, (problem,) = checked(capsys)
    assert (code, problem["kind"]) == (1, "verification-blind")
    assert f"Outputs.{name}" in problem["problem"]


@pytest.mark.parametrize("alias", ["", "AutoPublishAlias: current"])
def test_any_alias_or_none_is_taken(
    root: Path, capsys: pytest.CaptureFixture[str], alias: str
) -> None:
    # Given functions whose versions have another alias, or that publish none
    made = "FunctionAliascurrent" if alias else "Function"
    for name in ("template.yaml", "gateway.yaml", "openapi/gateway.py"):
        file = root / "sam-app" / name
        text = file.read_text().replace("AutoPublishAlias: live", alias or "MemorySize: 128")
        file.write_text(text.replace("FunctionAliaslive", made))

    # When it is checked, Then nothing is wrong with that
    assert checked(capsys) == (0, [])


def test_without_a_verify_check_and_build_note_that_and_succeed(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release, which is not what this is about
    release = Release(target="aws", runtime="python3.13", architecture="arm64", files={})
    provenance = Provenance(commit="c" * 40, dirty=False, built_at="2026", built_by="me")
    folder = SimpleNamespace(release=lambda: release)
    built = SimpleNamespace(folder=folder, provenance=provenance, is_new=True)
    monkeypatch.setattr("pipeline.release.build.build", lambda *_, **__: built)
    monkeypatch.setattr("pipeline.release.validation.require_valid", lambda *_: None)
    assert main(["build"]) == 0
    assert "note" not in capsys.readouterr().err

    # When the service has no verify, Then both say so, once, and neither fails
    (root / VERIFY).unlink()
    assert main(["build"]) == 0
    assert capsys.readouterr().err.count(f"note: there is no {VERIFY}") == 1
    code, (note,) = checked(capsys)
    assert (code, note["kind"]) == (0, "verification-missing")
