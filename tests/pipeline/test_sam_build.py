"""`sam build` is started for what needs it, on what git would commit, and once."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.adapters import process
from pipeline.release import mirror, sam_build, toolchains
from pipeline.release.build import build, changed_since
from pipeline.release.mirror import copy_files, digest_of, readable
from pipeline.release.sources import Sources
from pipeline.target import Target
from tests.pipeline.repository import repository, write
from tests.pipeline.template_cases import Tools

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {ArtifactBucket: {Type: String}}
Resources:
  Made:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: functions/made, Handler: bootstrap, Runtime: provided.al2023}
  Plain:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: functions/plain, Handler: app.handler, Runtime: python3.13}
"""
FILES = {
    ".gitignore": "*.log\n",
    "live/project.yaml": "",
    "shared.txt": "shared\n",
    "sam-app/template.yaml": TEMPLATE,
    "sam-app/functions/made/Makefile": (
        "build-Made:\n\tcp ../../../shared.txt app.sh $(ARTIFACTS_DIR) || "
        "cp $(SHARED) app.sh $(ARTIFACTS_DIR)\n\tls -a > $(ARTIFACTS_DIR)/seen\n"
    ),
    "sam-app/functions/made/app.sh": "#!/bin/sh\n",
    "sam-app/functions/made/secret.log": "git ignores it",
    "sam-app/functions/plain/app.py": "def handler(event, context): ...\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Tools:
    return Tools(repository(tmp_path / "project", FILES), tmp_path / "home")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tools that were started."""
    seen: list[str] = []
    run = process.run

    def noting(command: list[str], **options: object) -> int:
        seen.append(str(command[0]))
        return run(command, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("pipeline.release.sam_build.process.run", noting)
    return seen


class FakeSam:
    """Does as `sam build` for a template whose functions are copied as they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.areas: list[Path] = []
        self.code = 0
        monkeypatch.setattr(sam_build.process, "run", self)
        monkeypatch.setattr(toolchains, "require", lambda _: None)

    def __call__(self, command: list[str], **options: object) -> int:
        arguments = [str(part) for part in command]
        folder = Path(arguments[arguments.index("--build-dir") + 1])
        source = Path(arguments[arguments.index("--base-dir") + 1])
        self.areas.append(folder.parent)
        if self.code:
            Path(str(options["log"])).parent.mkdir(parents=True, exist_ok=True)
            Path(str(options["log"])).write_text("noise\nBuild Failed\nError: make failed\n")
            return self.code
        made = folder / "Made"
        made.mkdir(parents=True, exist_ok=True)
        for path in (source / "functions/made").iterdir():
            (made / path.name).write_bytes(path.read_bytes())
        (folder / "template.yaml").write_text("Resources: {Made: {Properties: {CodeUri: Made}}}\n")
        return 0


@pytest.fixture
def sam(monkeypatch: pytest.MonkeyPatch) -> FakeSam:
    return FakeSam(monkeypatch)


def made(checkout: Tools) -> str:
    return build(checkout, Target("aws", checkout), lambda _: None).folder.id


def test_sam_is_not_started_where_nothing_changed(checkout: Tools, sam: FakeSam) -> None:
    # Given a release with a function that SAM has built / When it is built again
    first = made(checkout)
    second = made(checkout)
    # Then it is the same, and SAM was started once
    assert first == second
    assert len(sam.areas) == 1


def test_what_a_build_may_read_decides_whether_there_is_another(
    checkout: Tools, sam: FakeSam
) -> None:
    # Given a release / When a file of another folder changes, and then one of Terraform's side
    made(checkout)
    write(checkout.root, {"shared.txt": "other\n"})
    made(checkout)
    write(checkout.root, {"live/project.yaml": "name: other\n"})
    made(checkout)
    # Then SAM is started for the first, with an empty cache of its own, and not for the second
    assert len(sam.areas) == 2
    assert sam.areas[0] != sam.areas[1]


def test_a_change_of_the_code_alone_keeps_sams_own_cache(checkout: Tools, sam: FakeSam) -> None:
    made(checkout)
    write(checkout.root, {"sam-app/functions/made/app.sh": "#!/bin/sh\necho 1\n"})
    made(checkout)

    assert len(sam.areas) == 2
    assert sam.areas[0] == sam.areas[1]


def test_whether_the_checkout_changed_is_answered_without_a_build(
    checkout: Tools, sam: FakeSam
) -> None:
    # Given a release / When its code, or its plain code, changes / Then that is seen; no SAM runs
    built, target = made(checkout), Target("aws", checkout)
    assert not changed_since(built, checkout, target)
    write(checkout.root, {"sam-app/functions/made/app.sh": "changed"})
    assert changed_since(built, checkout, target)
    assert len(sam.areas) == 1


def test_what_git_ignores_is_not_there_to_be_built(checkout: Tools, sam: FakeSam) -> None:
    made(checkout)

    kept = next((checkout.home / "cache/sam/built").iterdir()) / "Made"
    with zipfile.ZipFile(io.BytesIO(kept.read_bytes())) as packed:
        assert packed.namelist() == ["Makefile", "app.sh"]


def test_a_failed_build_is_quoted_and_nothing_is_kept(checkout: Tools, sam: FakeSam) -> None:
    # Given a builder that fails / When a release is made / Then its reason is there, with the log
    sam.code = 1
    with pytest.raises(BatonError) as failed:
        made(checkout)
    assert (
        "sam could not build Made (functions/made):\n  Error: make failed" in failed.value.message
    )
    assert "sam-build.log" in failed.value.remedy
    assert not checkout.releases.exists()

    # And the next one begins again
    sam.code = 0
    made(checkout)
    assert len(sam.areas) == 2


def test_old_builds_are_forgotten(
    checkout: Tools, sam: FakeSam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sam_build, "KEPT", 2)
    for number in range(4):
        write(checkout.root, {"shared.txt": str(number)})
        made(checkout)

    assert len(list((checkout.home / "cache/sam/built").iterdir())) == 2
    assert len(list((checkout.home / "cache/sam/areas").iterdir())) == 2


def test_a_missing_program_is_named_with_its_resources_and_what_to_install(
    checkout: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a machine without make / When a release is made / Then nothing is started
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(BatonError) as refused:
        made(checkout)
    assert refused.value.message == "what SAM builds with is not installed: Made: make"
    assert refused.value.remedy == "install make"


@pytest.mark.engine
def test_sam_builds_what_it_must_and_plain_code_is_not_its_business(
    checkout: Tools, started: list[str]
) -> None:
    # Given a function that a Makefile builds, beside a plain one / When a release is made
    write(
        checkout.root,
        {"sam-app/functions/made/Makefile": "build-Made:\n\tls -a > $(ARTIFACTS_DIR)/seen\n"},
    )
    made(checkout)
    # Then SAM was started for it, and it saw no ignored file
    assert started == ["sam"]
    kept = next((checkout.home / "cache/sam/built").iterdir())
    assert [path.name for path in kept.iterdir()] == ["Made"]
    with zipfile.ZipFile(kept / "Made") as packed:
        assert "secret.log" not in packed.read("seen").decode()


def test_a_mirror_is_the_checkout_whatever_was_there(tmp_path: Path) -> None:
    # Given a copy of a checkout in which a tool has written, and a checkout that has changed
    root = repository(tmp_path / "project", {"a": "1", "b/c": "2", "d": "3", "live/x": "4"})
    (root / "linked").symlink_to("b")
    (root / "nowhere").symlink_to("/etc/hostname")
    copy = tmp_path / "copy"
    copy_files(readable(Sources(root), ("live",)), copy)
    write(copy, {"made/by/a/tool": "", "b/more": ""})
    (copy / "a").write_text("changed")
    (root / "d").unlink()
    write(root, {"d/e": "5"})

    # When it is made again / Then it has the checkout's files, and no others
    files = readable(Sources(root), ("live",))
    copy_files(files, copy)
    found = {str(p.relative_to(copy)) for p in copy.rglob("*") if p.is_symlink() or p.is_file()}
    assert found == {"a", "b/c", "d/e", "linked"}
    assert (copy / "a").read_text() == "1"
    assert (copy / "linked").is_symlink()


def test_the_digest_of_files_sees_names_contents_modes_and_links(tmp_path: Path) -> None:
    one = write(tmp_path, {"a": "1"}) / "a"
    link = tmp_path / "l"
    link.symlink_to("a")
    digests = [digest_of({"a": one}), digest_of({"b": one}), digest_of({"a": link})]
    one.chmod(0o755)
    digests.append(digest_of({"a": one}))
    one.write_text("2")
    digests.append(digest_of({"a": one}))

    assert len(set(digests)) == len(digests)
    assert mirror.digest_of({}) == mirror.digest_of({})
