"""A release's id is a digest of its content, and its folder is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Provenance, Release, digest

CONTENT = {
    "template.yaml": b"Resources: {}",
    "source.tar": b"tar",
    f"artifacts/{digest(b'zip')}.zip": b"zip",
}
PROVENANCE = Provenance(commit="c" * 40, dirty=False, built_at="2026-01-01", built_by="me")


def _release(content: dict[str, bytes] = CONTENT, target: str = "local") -> Release:
    return Release.model_validate(
        {
            "target": target,
            "runtime": "python3.13",
            "architecture": "arm64",
            "files": {name: digest(data) for name, data in content.items()},
        }
    )


@pytest.fixture
def saved(tmp_path: Path) -> ReleaseFolder:
    release = _release()
    folder = ReleaseFolder(tmp_path / release.id)
    folder.save(release, CONTENT, PROVENANCE)
    return folder


def test_the_id_depends_on_content_and_target_and_nothing_else() -> None:
    reordered = dict(reversed(CONTENT.items()))

    assert _release().id == _release(reordered).id
    assert _release().id != _release({**CONTENT, "source.tar": b"other"}).id
    assert _release().id != _release(target="aws").id


def test_a_saved_release_is_complete_and_reads_back(saved: ReleaseFolder) -> None:
    assert saved.release() == _release()
    assert saved.is_complete(_release())
    assert saved.provenance() == PROVENANCE


def test_a_tampered_file_is_not_read_and_makes_the_release_incomplete(saved: ReleaseFolder) -> None:
    (saved.path / "source.tar").write_bytes(b"tampered")

    assert saved.read("source.tar") is None
    assert not saved.is_complete(_release())
    with pytest.raises(BatonError, match=r"source\.tar is missing or was changed"):
        saved.unpack(saved.path.parent / "work")


def test_a_tampered_manifest_is_refused_by_its_id(saved: ReleaseFolder) -> None:
    manifest = saved.path / "release.json"
    manifest.write_text(manifest.read_text().replace("python3.13", "python3.12"))

    with pytest.raises(BatonError, match="is not the manifest of release"):
        saved.release()


def test_a_damaged_release_is_replaced_whole(saved: ReleaseFolder) -> None:
    (saved.path / "template.yaml").unlink()

    saved.save(_release(), CONTENT, PROVENANCE)

    assert saved.is_complete(_release())


def test_a_failing_save_leaves_nothing_that_looks_like_a_release(tmp_path: Path) -> None:
    release = _release()
    folder = ReleaseFolder(tmp_path / "releases" / release.id)

    with pytest.raises(FileNotFoundError):
        folder.save(release, {"no/such/deep/folder": b""}, PROVENANCE)

    assert list(folder.path.parent.iterdir()) == []


def test_artifacts_are_shared_and_the_other_files_are_the_releases_own() -> None:
    release = _release()
    artifact = f"artifacts/{digest(b'zip')}.zip"

    assert release.key(artifact) == artifact
    assert release.key("template.yaml") == f"releases/{release.id}/template.yaml"
    assert release.keys[-1] == f"releases/{release.id}/release.json"


def test_a_name_that_is_no_file_of_a_release_is_refused() -> None:
    with pytest.raises(ValueError, match="should match pattern"):
        _release({"../../etc/passwd": b""})
