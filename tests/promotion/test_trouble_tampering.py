"""A release that was changed on this machine is refused by name, or brought anew; never used."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from codegen.errors import BatonError
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.steps.fetch import fetch
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Provenance, Release, digest
from pipeline.release.sbom import bill_of_materials
from pipeline.release.transfer import download
from tests.pipeline.builders import environment

DEV = environment()
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
OTHER = RELEASE.model_copy(update={"runtime": "python3.12"}).to_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> ReleaseFolder:
    folder = ReleaseFolder(tmp_path / "releases" / RELEASE.id)
    folder.save(RELEASE, CONTENT, PROVENANCE)
    return folder


def _fetch(folder: ReleaseFolder) -> Any:
    """The step, in the first environment: it takes what was built on this machine."""
    return fetch(SimpleNamespace(source=None, folder=folder))  # type: ignore[arg-type]


@pytest.mark.proves("P4")
@pytest.mark.parametrize("name", sorted(CONTENT))
def test_a_file_that_was_changed_after_it_was_built_is_refused_by_name(
    folder: ReleaseFolder, name: str
) -> None:
    (folder.path / name).write_bytes(b"tampered")

    with pytest.raises(BatonError, match="on this machine is damaged") as raised:
        _fetch(folder)

    assert name in raised.value.message
    assert raised.value.remedy == "./baton build"


@pytest.mark.parametrize("name", [*sorted(CONTENT), "provenance.json", "sbom.cdx.json"])
def test_a_file_that_was_removed_is_refused_by_name(folder: ReleaseFolder, name: str) -> None:
    (folder.path / name).unlink()

    with pytest.raises(BatonError, match="on this machine is damaged") as raised:
        _fetch(folder)

    assert name in raised.value.message


@pytest.mark.parametrize("content", [OTHER, b"{}", b"", b"\xff"])
def test_a_manifest_that_was_changed_is_refused(folder: ReleaseFolder, content: bytes) -> None:
    (folder.path / "release.json").write_bytes(content)

    with pytest.raises(BatonError, match=r"release\.json is (no release|not the) manifest"):
        _fetch(folder)


@pytest.mark.proves("P4")
@pytest.mark.parametrize("name", [*sorted(CONTENT), "release.json", "provenance.json"])
def test_a_copy_that_was_changed_is_brought_anew_from_the_environment_below(
    session: boto3.Session, folder: ReleaseFolder, name: str
) -> None:
    # Given the release in the bucket below, and a copy here of which a file was changed
    session.client("s3").create_bucket(Bucket=DEV.artifact_bucket)
    store = ArtifactStore(session, DEV)
    for each in RELEASE.names:
        store.put_unrecorded(RELEASE.key(each), (folder.path / each).read_bytes())
    (folder.path / name).write_bytes(b"tampered")

    # When it is fetched, Then it is as it is there
    assert "files, every digest right" in download(folder, store)
    assert folder.damaged() == []
    assert folder.provenance() == PROVENANCE
    assert (folder.path / "sbom.cdx.json").read_bytes() == bill_of_materials(RELEASE, CONTENT)
