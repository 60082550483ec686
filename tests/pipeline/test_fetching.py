"""A release is copied from the bucket below, and taken only when every digest is right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from codegen.errors import BatonError, NotEligibleError
from pipeline.adapters.store import ArtifactStore
from pipeline.checkout import Checkout
from pipeline.release.compatibility import check_fit, check_place
from pipeline.release.folder import ReleaseFolder
from pipeline.release.infrastructure import infrastructure_digest
from pipeline.release.manifest import Provenance, Release, digest
from pipeline.release.sbom import bill_of_materials
from pipeline.release.transfer import download, upload
from pipeline.target import Target
from tests.pipeline.builders import environment

CONTENT = {
    "template.yaml": b"Resources: {}",
    "source.tar": b"tar",
    f"artifacts/{digest(b'zip')}.zip": b"zip",
}
PROVENANCE = Provenance(commit=None, dirty=True, built_at="2026-01-01", built_by="me")
RELEASE = Release.model_validate(
    {
        "target": "local",
        "runtime": "python3.13",
        "architecture": "arm64",
        "files": {name: digest(data) for name, data in CONTENT.items()},
    }
)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArtifactStore]:
    """The bucket of dev, with the release in it as a promotion leaves it."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = boto3.Session("key", "secret", region_name="us-east-1")
        session.client("s3").create_bucket(Bucket=environment().artifact_bucket)
        store = ArtifactStore(session, environment())
        for name, data in CONTENT.items():
            store.put_unrecorded(RELEASE.key(name), data)
        store.put_unrecorded(RELEASE.key("provenance.json"), PROVENANCE.to_bytes())
        store.put_unrecorded(RELEASE.key("sbom.cdx.json"), bill_of_materials(RELEASE, CONTENT))
        store.put_unrecorded(RELEASE.key("release.json"), RELEASE.to_bytes())
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> ReleaseFolder:
    return ReleaseFolder(tmp_path / "releases" / RELEASE.id)


def test_a_release_arrives_whole(store: ArtifactStore, folder: ReleaseFolder) -> None:
    assert "3 files, every digest right" in download(folder, store)

    assert folder.is_complete(RELEASE)
    assert folder.provenance() == PROVENANCE


def test_what_is_here_and_right_is_not_copied_again(
    store: ArtifactStore, folder: ReleaseFolder
) -> None:
    folder.save(RELEASE, CONTENT, PROVENANCE)

    assert "all files here already" in download(folder, store)


@pytest.mark.proves("P4")
@pytest.mark.parametrize("name", sorted(CONTENT))
def test_a_changed_file_is_refused_by_name_and_nothing_is_kept(
    store: ArtifactStore, folder: ReleaseFolder, name: str
) -> None:
    store.put_unrecorded(RELEASE.key(name), b"tampered")

    with pytest.raises(BatonError, match="is not what release") as raised:
        download(folder, store)

    assert RELEASE.key(name) in raised.value.message
    assert not folder.path.exists()


@pytest.mark.parametrize("name", [*sorted(CONTENT), "release.json", "provenance.json"])
def test_a_missing_file_is_named(store: ArtifactStore, folder: ReleaseFolder, name: str) -> None:
    store._s3.delete_object(Bucket=store.bucket, Key=RELEASE.key(name))

    with pytest.raises(BatonError, match="is missing") as raised:
        download(folder, store)

    assert RELEASE.key(name) in raised.value.message


def test_a_changed_manifest_is_refused(store: ArtifactStore, folder: ReleaseFolder) -> None:
    other = RELEASE.model_copy(update={"runtime": "python3.12"})
    store.put_unrecorded(RELEASE.key("release.json"), other.to_bytes())

    with pytest.raises(BatonError, match="is not the manifest of release"):
        download(folder, store)


def _target(tmp_path: Path) -> Target:
    return Target("aws", Checkout(tmp_path, tmp_path / ".baton"))


def test_a_release_for_another_platform_or_of_uncommitted_files_does_not_go_to_aws(
    tmp_path: Path,
) -> None:
    fits = RELEASE.model_copy(update={"target": "aws"})

    check_fit(fits, _target(tmp_path), dirty=False)
    with pytest.raises(NotEligibleError, match=r"was built for local python3\.13 arm64"):
        check_fit(RELEASE, _target(tmp_path), dirty=False)
    with pytest.raises(NotEligibleError, match="files that are not committed"):
        check_fit(fits, _target(tmp_path), dirty=True)


def _tree(root: Path) -> Path:
    for name in (
        "terragrunt.hcl",
        "units/data.hcl",
        "modules/data/main.tf",
        "live/project.yaml",
        "live/dev/env.yaml",
        "live/prod/env.yaml",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"name: {name}\n")
    return root


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("modules/data/main.tf", True),
        ("units/data.hcl", True),
        ("live/project.yaml", True),
        ("live/dev/env.yaml", True),
        ("live/prod/env.yaml", False),
        ("modules/data/README.md", False),
        ("live/dev/data/.terragrunt-cache/x/main.tf", False),
        ("sam-app/template.yaml", False),
    ],
)
def test_an_environments_infrastructure_is_what_terraform_reads_for_it(
    tmp_path: Path, name: str, counts: bool
) -> None:
    before = [infrastructure_digest(_tree(tmp_path), each) for each in ("dev", None)]

    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("changed: true\n")

    dev, every = (infrastructure_digest(tmp_path, each) for each in ("dev", None))
    assert (dev != before[0]) == counts
    assert (every != before[1]) == (counts and name != "live/dev/env.yaml")


@pytest.mark.parametrize("fact", ["account_id", "promoted_from"])
def test_what_the_roles_are_made_of_counts_in_another_environment_too(
    tmp_path: Path, fact: str
) -> None:
    before = infrastructure_digest(_tree(tmp_path), "dev")

    (tmp_path / "live/prod/env.yaml").write_text(f"{fact}: other\n")

    assert infrastructure_digest(tmp_path, "dev") != before


def _upload(folder: ReleaseFolder, store: ArtifactStore) -> int:
    folder.save(RELEASE, CONTENT, PROVENANCE)
    return upload(folder, RELEASE, store)


def test_a_bucket_that_keeps_the_release_is_left_alone(
    store: ArtifactStore, folder: ReleaseFolder
) -> None:
    store.keep(RELEASE.keys)

    assert _upload(folder, store) == 0


@pytest.mark.proves("S2")
def test_what_is_missing_expiring_or_changed_is_put_again(
    store: ArtifactStore, folder: ReleaseFolder
) -> None:
    # Given a bucket that keeps the release but for three files
    store.keep(RELEASE.keys)
    artifact = next(name for name in CONTENT if name.startswith("artifacts/"))
    store.put_unrecorded(artifact, b"tampered")
    store.keep([artifact])
    store.put_unrecorded(RELEASE.key("template.yaml"), CONTENT["template.yaml"])
    store._s3.delete_object(Bucket=store.bucket, Key=RELEASE.key("source.tar"))

    # When it is copied, Then those three are put, with what the release says
    assert _upload(folder, store) == 3
    for name, content in CONTENT.items():
        assert store.read(RELEASE.key(name)) == content


@pytest.mark.parametrize("content", [b"{}", b"<html>", b"\xff", b""])
def test_a_provenance_that_was_changed_is_refused_by_name(
    store: ArtifactStore, folder: ReleaseFolder, content: bytes
) -> None:
    key = f"releases/{folder.id}/provenance.json"
    store.put_unrecorded(key, content)

    with pytest.raises(BatonError, match=rf"{key} is no provenance of a release") as raised:
        download(folder, store)
    assert "look at the object's versions" in raised.value.remedy


def test_whoever_sees_some_prefixes_only_is_told_that_a_file_may_be_missing(
    store: ArtifactStore, folder: ReleaseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given S3's answer to a reader that may not list the bucket: not "not found", but "denied"
    reader = ArtifactStore(store._session, store.environment, sees_prefixes=True)

    def denied(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

    monkeypatch.setattr(reader._s3, "get_object", denied)

    with pytest.raises(BatonError, match="is missing, or may not be read") as raised:
        download(folder, reader)
    assert raised.value.remedy == "promote the release to dev again"


@pytest.mark.parametrize("name", ["project", "account_id", "region"])
def test_a_release_for_another_place_of_that_name_is_not_eligible(name: str) -> None:
    there = environment().model_copy(update={name: "another"})
    release: Any = SimpleNamespace(id="a" * 64)

    check_place(release, environment(), environment())
    with pytest.raises(NotEligibleError, match=f"{name} is another there"):
        check_place(release, there, environment())
