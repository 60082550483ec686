"""checkov is asked once of the same files, and anew of any others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError
from pipeline.adapters import checkov
from pipeline.adapters.checkov import KEPT, Finding, Looked, look
from pipeline.checkout import Checkout
from pipeline.promotion.gates.policy import expanded_for_policy, lay_out
from pipeline.release.manifest import NESTED, artifact
from tests.codegen.builders import PACKAGED

FINDING = Finding("CKV_AWS_1", "title", "aws_s3_bucket.this", "modules/a/main.tf", 1)


class Asked:
    """checkov, as far as it is asked here."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None

    def __call__(self, *_: Any) -> tuple[list[Finding], int]:
        self.times += 1
        if self.error:
            raise self.error
        return [FINDING], 5


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(checkov, "findings", asked)
    return asked


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """One whose set-up has installed checkov."""
    (tmp_path / ".tools" / "stamps").mkdir(parents=True)
    (tmp_path / ".tools" / "stamps" / "checkov").write_text("1")
    return Checkout(tmp_path, tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is looked at."""
    made = tmp_path / "folder"
    (made / "modules" / "a").mkdir(parents=True)
    (made / "modules" / "a" / "main.tf").write_text("one")
    (made / "template.json").write_text("{}")
    return made


def test_of_the_same_files_it_is_asked_once_wherever_they_lie(
    asked: Asked, checkout: Checkout, folder: Path, tmp_path: Path
) -> None:
    first = look(folder, {}, checkout)
    again = look(folder.rename(tmp_path / "elsewhere"), {}, checkout)

    assert asked.times == 1
    assert first == Looked([FINDING], 5)
    assert again == Looked([FINDING], 5, before=True)


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda root: (root / "folder/template.json").write_text("{ }"),
    "name": lambda root: (root / "folder/template.json").rename(root / "folder/other.json"),
    "one more": lambda root: (root / "folder/modules/a/b.tf").write_text(""),
    "one less": lambda root: (root / "folder/modules/a/main.tf").unlink(),
    "installed": lambda root: (root / ".tools/stamps/checkov").write_text("2"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_of_any_other_files_and_by_another_checkov_it_is_asked_anew(
    asked: Asked, checkout: Checkout, folder: Path, change: Callable[[Path], object]
) -> None:
    look(folder, {}, checkout)
    change(checkout.root)

    assert not look(folder, {}, checkout).before
    assert asked.times == 2


@pytest.mark.parametrize("kept", ["", "{}", '{"findings": [], "passed": "x"}'])
def test_an_answer_that_cannot_be_read_is_asked_for_anew(
    asked: Asked, checkout: Checkout, folder: Path, kept: str
) -> None:
    look(folder, {}, checkout)
    (file,) = (checkout.home / "checkov").iterdir()
    file.write_text(kept)

    assert not look(folder, {}, checkout).before
    assert look(folder, {}, checkout).before


def test_a_run_that_failed_is_no_answer(asked: Asked, checkout: Checkout, folder: Path) -> None:
    asked.error = BatonError("checkov gave no result")
    with pytest.raises(BatonError, match="checkov gave no result"):
        look(folder, {}, checkout)
    asked.error = None

    assert not look(folder, {}, checkout).before


def test_where_it_is_not_known_which_checkov_there_is_it_is_always_asked(
    asked: Asked, checkout: Checkout, folder: Path
) -> None:
    (checkout.tools / "stamps" / "checkov").unlink()

    for _ in range(2):
        assert not look(folder, {}, checkout).before
    assert not (checkout.home / "checkov").exists()


def test_the_oldest_answers_go(asked: Asked, checkout: Checkout, folder: Path) -> None:
    for number in range(KEPT + 3):
        (folder / "template.json").write_text(f"{number}")
        look(folder, {}, checkout)

    assert len(list((checkout.home / "checkov").iterdir())) == KEPT
    assert look(folder, {}, checkout).before


def test_a_release_of_other_code_alone_has_the_same_template_for_policy(tmp_path: Path) -> None:
    # Given two packaged templates that differ in a function's code, and one in its memory too
    template = PACKAGED.read_text()
    files = {
        "one": template,
        "code": template.replace("a" * 64, "b" * 64),
        "memory": template.replace("MemorySize: ", "MemorySize: 1"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    # When they are expanded for the gate, Then the code makes no difference, and the memory does
    one, code, memory = (expanded_for_policy(tmp_path / name) for name in files)
    assert files["one"] != files["code"]
    assert files["one"] != files["memory"]
    assert one == code
    assert one != memory


def test_templates_that_a_release_nests_are_looked_at_too(tmp_path: Path) -> None:
    # Given a release whose template nests another one, in which SAM makes a role
    release = tmp_path / "release"
    (release / "artifacts").mkdir(parents=True)
    (release / "template.yaml").write_text("Resources: {T: {Type: AWS::SNS::Topic}}\n")
    nested = release / artifact("ab" * 32, NESTED)
    nested.write_text(
        "Resources: {F: {Type: AWS::Serverless::Function, "
        "Properties: {InlineCode: x, Handler: a.b, Runtime: python3.13}}}\n"
    )
    (tmp_path / "modules").mkdir()
    (tmp_path / "folder").mkdir()

    # When it is laid out for the gate / Then the nested one is there, as it is deployed
    lay_out(tmp_path / "folder", tmp_path / "modules", release / "template.yaml", {})
    seen = json.loads((tmp_path / "folder/nested/0.json").read_text())
    assert [*seen["Resources"]] == ["F", "FRole"]
