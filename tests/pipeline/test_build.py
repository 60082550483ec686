"""`baton build` on a small checkout: the same content, the same release."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from codegen.errors import BatonError, UsageError
from codegen.project import VERIFY
from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.release.archive import zip_files
from pipeline.release.build import Built, build, changed_since, last_built
from pipeline.release.manifest import digest
from pipeline.target import AWS_ARCHITECTURE, AWS_RUNTIME, Platform, Target
from tests.pipeline.builders import environment
from tests.pipeline.repository import git, repository, write

TEMPLATE = """\
Parameters:
  ArtifactBucket: {Type: String}
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: functions/api/, Runtime: python3.13, Handler: handler.handler}
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
    return Checkout(repository(tmp_path / "checkout", FILES), tmp_path / "home")


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
    git(checkout.root, "commit", "-qam", "words")

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


def test_the_source_holds_verify_as_it_is_executed_and_nothing_else_of_the_application(
    checkout: Checkout, tmp_path: Path
) -> None:
    # Given a service with a verify, and a project file
    write(checkout.root, {"sam-app/verify": "#!/bin/sh\n", "pyproject.toml": ""})
    write(checkout.root, {"sam-app/verification/journey.py": "", "sam-app/openapi.json": "{}"})
    (checkout.root / VERIFY).chmod(0o755)

    # When a release is built and unpacked
    folder = _build(checkout).folder
    folder.unpack(tmp_path / "work")

    # Then it has these, and the executable bit of that one only
    found = {
        file.relative_to(tmp_path / "work").as_posix(): file.stat().st_mode & 0o111
        for file in (tmp_path / "work").rglob("*")
        if file.is_file()
    }
    assert found == {
        "live/project.yaml": 0,
        "pyproject.toml": 0,
        "sam-app/verification/journey.py": 0,
        "sam-app/verify": 0o111,
        "terragrunt.hcl": 0,
    }

    # And what only the mode of a file differs in is another release
    (checkout.root / VERIFY).chmod(0o644)
    assert _build(checkout).folder.id != folder.id


def test_of_the_project_file_only_the_tools_own_table_is_in_a_release(checkout: Checkout) -> None:
    # Given a project file with a linter's settings
    table = '[tool.baton.verify]\noutputs = ["ApiUrl"]\n'
    write(checkout.root, {"pyproject.toml": f"[tool.ruff]\nline-length = 80\n\n{table}"})
    folder = _build(checkout).folder

    # When these change, Then the release is the same
    write(checkout.root, {"pyproject.toml": f"[tool.ruff]\nline-length = 100\n\n{table}"})
    assert _build(checkout).folder.id == folder.id

    # And it has the tool's table
    with tarfile.open(fileobj=BytesIO(folder.read("source.tar") or b"")) as archive:
        file = archive.extractfile("pyproject.toml")
        assert file is not None
        assert tomllib.loads(file.read().decode()) == {
            "tool": {"baton": {"verify": {"outputs": ["ApiUrl"]}}}
        }


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
    git(checkout.root, "commit", "-qam", "a line")

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
    [
        ("Resources: [", r"sam-app/template\.yaml:1: "),
        ("", "has no Resources"),
        ("Resources: x", "has no Res"),
    ],
)
def test_a_broken_template_is_named(checkout: Checkout, template: str, says: str) -> None:
    (checkout.sam_app / "template.yaml").write_text(template)

    with pytest.raises(BatonError, match=says):
        _build(checkout)


def test_a_function_with_empty_requirements_is_plain_code(checkout: Checkout) -> None:
    (checkout.sam_app / "functions/api/requirements.txt").write_text("# nothing yet\n")
    folder = _build(checkout).folder

    artifact = next(name for name in folder.release().files if name.startswith("artifacts/"))
    with zipfile.ZipFile(BytesIO(folder.read(artifact) or b"")) as archive:
        assert "handler.py" in archive.namelist()


def test_a_missing_code_folder_is_named(checkout: Checkout) -> None:
    (checkout.sam_app / "functions/api/handler.py").unlink()

    with pytest.raises(BatonError, match="functions/api holds no file to pack"):
        _build(checkout)
    (checkout.sam_app / "functions/api").rmdir()
    with pytest.raises(BatonError, match="Api names functions/api/, which is not there"):
        _build(checkout)
    assert last_built(checkout) is None


def test_linked_folders_are_in_the_source_and_what_is_not_checked_out_is_refused(
    checkout: Checkout, tmp_path: Path
) -> None:
    # Given a module that is a link, and one that is a submodule
    module = write(checkout.root / "shared", {"main.tf": ""})
    (checkout.root / "modules").mkdir()
    (checkout.root / "modules/linked").symlink_to(Path("..") / module.name)
    library = repository(tmp_path / "library", {"main.tf": "", "outputs.tf": ""})
    git(checkout.root, "submodule", "add", "-q", str(library), "modules/fetched")

    # When a release is made / Then it has their files
    with tarfile.open(
        fileobj=BytesIO(_build(checkout).folder.read("source.tar") or b"")
    ) as archive:
        names = [name for name in archive.getnames() if name.startswith("modules/")]
    assert names == [
        "modules/fetched/main.tf",
        "modules/fetched/outputs.tf",
        "modules/linked/main.tf",
    ]

    # And where the submodule was not fetched, none is made
    git(checkout.root, "submodule", "deinit", "-f", "modules/fetched")
    with pytest.raises(BatonError, match="modules/fetched is a submodule that is not checked out"):
        _build(checkout)


def test_the_platform_is_lambdas_on_aws_and_this_machines_locally(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")

    assert Target("aws", checkout).platform == Platform(AWS_RUNTIME, AWS_ARCHITECTURE)
    assert Target("local", checkout).platform.architecture == "arm64"


@pytest.mark.parametrize(
    ("target", "runtime", "expected"),
    [
        ("aws", "python3.14", "aarch64-manylinux_2_34"),
        ("aws", "python3.13", "aarch64-manylinux_2_34"),
        ("aws", "python3.12", "aarch64-manylinux_2_34"),
        ("aws", "python3.11", "aarch64-manylinux2014"),
        ("aws", "python3.9", "aarch64-manylinux2014"),
        ("local", "python3.13", None),
    ],
)
def test_packages_are_those_of_where_the_functions_run(
    checkout: Checkout, target: str, runtime: str, expected: str | None
) -> None:
    # Given Lambda's runtimes on Amazon Linux 2 and 2023, and the emulator on this machine
    chosen = Target("aws" if target == "aws" else "local", checkout)

    # When uv is asked / Then it is for the glibc that is there
    assert layers.uv_platform(Platform(runtime, "arm64"), chosen) == expected


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
    one, two = (layers._all(tmp_path / machine) for machine in ("one", "two"))
    assert zip_files(one, "one") == zip_files(two, "two")
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
