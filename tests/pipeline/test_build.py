"""`baton build` on a small checkout: the same content, the same release."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from codegen.errors import BatonError, UsageError
from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.release.archive import zip_folder
from pipeline.release.build import Built, build, changed_since, last_built
from pipeline.release.manifest import digest
from pipeline.target import AWS_ARCHITECTURE, AWS_RUNTIME, Platform, Target
from tests.pipeline.builders import environment

TEMPLATE = """\
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: functions/api/}
"""
FILES = {
    "sam-app/template.yaml": TEMPLATE,
    "sam-app/functions/api/handler.py": "def handler(event, context): ...\n",
    "terragrunt.hcl": "",
    "live/project.yaml": "name: desk\n",
    "README.md": "not part of a release\n",
    ".gitignore": "ignored.yaml\n.baton/\n",
    "live/ignored.yaml": "not part of a release either\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], check=True)
    return Checkout(root, tmp_path / "home")


def _build(checkout: Checkout) -> Built:
    return build(checkout, Target("aws", checkout), say=lambda line: None)


def test_built_twice_it_is_the_same_release(checkout: Checkout) -> None:
    first, second = _build(checkout), _build(checkout)

    assert first.folder.id == second.folder.id
    assert (first.is_new, second.is_new) == (True, False)
    assert last_built(checkout) == first.folder.id


def test_a_commit_changes_where_it_is_from_but_not_what_it_is(checkout: Checkout) -> None:
    before = _build(checkout)
    (checkout.root / "README.md").write_text("other words\n")
    git = ["git", "-C", str(checkout.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "commit", "-qam", "words"], check=True)

    after = _build(checkout)

    assert after.folder.id == before.folder.id
    assert after.provenance.commit != before.provenance.commit


@pytest.mark.parametrize("name", ["sam-app/functions/api/handler.py", "live/project.yaml"])
def test_a_changed_line_makes_another_release_and_a_dirty_one(
    checkout: Checkout, name: str
) -> None:
    before = _build(checkout)
    with (checkout.root / name).open("a") as file:
        file.write("# one more line\n")

    after = _build(checkout)

    assert after.folder.id != before.folder.id
    assert (before.provenance.dirty, after.provenance.dirty) == (False, True)


def test_the_source_holds_what_git_would_and_nothing_else(checkout: Checkout) -> None:
    content = _build(checkout).folder.read("source.tar")

    with tarfile.open(fileobj=BytesIO(content or b"")) as archive:
        assert archive.getnames() == ["live/project.yaml", "terragrunt.hcl"]


def test_the_packaged_template_names_the_code_by_its_digest(checkout: Checkout) -> None:
    folder = _build(checkout).folder

    artifact = next(name for name in folder.release().files if name.startswith("artifacts/"))
    assert f"Key: {artifact}" in (folder.read("template.yaml") or b"").decode()
    assert artifact == f"artifacts/{digest(folder.read(artifact) or b'')}.zip"


def test_what_git_ignores_does_not_travel(checkout: Checkout) -> None:
    before = _build(checkout)
    (checkout.root / ".gitignore").write_text("ignored.yaml\n.baton/\n.env\n")
    (checkout.sam_app / "functions/api/.env").write_text("SECRET=1")

    assert _build(checkout).folder.id == before.folder.id


def test_committing_what_a_release_was_built_from_makes_it_a_clean_one(
    checkout: Checkout,
) -> None:
    with (checkout.root / "terragrunt.hcl").open("a") as file:
        file.write("# one more line\n")
    dirty = _build(checkout)
    git = ["git", "-C", str(checkout.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "commit", "-qam", "a line"], check=True)

    clean = _build(checkout)

    assert clean.folder.id == dirty.folder.id
    assert not clean.folder.provenance().dirty


@pytest.mark.parametrize("noted", [b"", b"\xff\xfe", b"../../elsewhere"])
def test_a_note_of_the_last_build_that_is_no_id_is_none(checkout: Checkout, noted: bytes) -> None:
    _build(checkout)
    (checkout.releases / "last-built").write_bytes(noted)

    assert last_built(checkout) is None


@pytest.mark.parametrize(
    ("template", "says"),
    [("Resources: [", "is not YAML"), ("", "has no Resources"), ("Resources: x", "has no Res")],
)
def test_a_broken_template_is_named(checkout: Checkout, template: str, says: str) -> None:
    (checkout.sam_app / "template.yaml").write_text(template)

    with pytest.raises(BatonError, match=says):
        _build(checkout)


def test_a_function_with_requirements_of_its_own_keeps_its_code(checkout: Checkout) -> None:
    (checkout.sam_app / "functions/api/requirements.txt").write_text("")
    folder = _build(checkout).folder

    artifact = next(name for name in folder.release().files if name.startswith("artifacts/"))
    with zipfile.ZipFile(BytesIO(folder.read(artifact) or b"")) as archive:
        assert "handler.py" in archive.namelist()


def test_a_missing_code_folder_is_named(checkout: Checkout) -> None:
    (checkout.sam_app / "functions/api/handler.py").unlink()

    with pytest.raises(BatonError, match="functions/api holds no file to pack"):
        _build(checkout)
    assert last_built(checkout) is None


def test_the_platform_is_lambdas_on_aws_and_this_machines_locally(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")

    assert Target("aws", checkout).platform == Platform(AWS_RUNTIME, AWS_ARCHITECTURE)
    assert Target("local", checkout).platform.architecture == "arm64"


@pytest.mark.parametrize(
    ("target", "system", "expected"),
    [
        ("aws", "Darwin", "aarch64-manylinux2014"),
        ("local", "Darwin", "aarch64-apple-darwin"),
        ("local", "Linux", "aarch64-manylinux2014"),
    ],
)
def test_packages_are_those_of_where_the_functions_run(
    checkout: Checkout, target: str, system: str, expected: str
) -> None:
    chosen = Target("aws" if target == "aws" else "local", checkout)

    assert layers.uv_platform(Platform("python3.13", "arm64"), chosen, system) == expected


def test_aws_does_not_inherit_what_a_shell_has_for_the_local_target(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(checkout.home / "local" / "aws" / "config"))

    assert "AWS_CONFIG_FILE" not in Target("aws", checkout).child(environment())


@pytest.mark.parametrize(
    "name", ["TF_VAR_environment", "TF_CLI_ARGS_apply", "TG_FILTER", "GIT_DIR"]
)
def test_a_tool_is_not_steered_by_what_happens_to_be_set(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "x")

    assert name not in Target("aws", checkout).child(environment())


def test_a_layer_does_not_depend_on_where_this_machines_python_is(tmp_path: Path) -> None:
    # Given a package with a script, as two machines install it
    for machine in ("one", "two"):
        info = tmp_path / machine / "tool-1.0.dist-info"
        (tmp_path / machine / "bin").mkdir(parents=True)
        (tmp_path / machine / "bin" / "tool").write_text(f"#!/{machine}/python\n")
        info.mkdir()
        (info / "RECORD").write_text(f"bin/tool,sha256={machine},9\ntool/bin/x.py,sha256=x,1\n")

        # When what a layer has no use for is dropped
        layers._drop_scripts(tmp_path / machine)

    # Then they are the same, and the package's own files are still recorded
    assert zip_folder(tmp_path / "one") == zip_folder(tmp_path / "two")
    assert (info / "RECORD").read_text() == "tool/bin/x.py,sha256=x,1\n"


def test_an_unknown_target_is_wrong_usage(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_TARGET", "localhost")

    with pytest.raises(UsageError, match="BATON_TARGET"):
        Target.selected(checkout)


def test_an_edit_after_a_build_is_seen_and_builds_nothing(checkout: Checkout) -> None:
    # Given a release, and a checkout that is as it was
    built = _build(checkout).folder.id
    target = Target("aws", checkout)
    assert not changed_since(built, checkout, target)

    # When a file of it is edited, Then that is seen, and what was built last stays so
    (checkout.root / "terragrunt.hcl").write_text("# edited")
    assert changed_since(built, checkout, target)
    assert last_built(checkout) == built
