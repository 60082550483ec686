"""The bill of materials says what the release is made of, and says the same wherever it is made."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import SBOM, Provenance, Release, artifact, digest
from pipeline.release.sbom import bill_of_materials

LOCK = """\
provider "{}/hashicorp/aws" {{
  version     = "5.100.0"
  constraints = "~> 5.100"
}}
"""
LOCKS = {
    "modules/terraform.lock.hcl": LOCK.format("registry.terraform.io"),
    "modules/tofu.lock.hcl": LOCK.format("registry.opentofu.org"),
}
TERRAGRUNT = 'locals {{\n  engine = "{}"\n}}\n'


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _tar(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


SOURCE = {"terragrunt.hcl": TERRAGRUNT.format("terraform"), "live/project.yaml": "", **LOCKS}


@pytest.fixture
def content() -> dict[str, bytes]:
    layer = _zip(
        {
            "python/ulid/__init__.py": "",
            "python/python_ulid-4.1.0.dist-info/METADATA": (
                "Metadata-Version: 2.4\nName: python_ulid\nVersion: 4.1.0\n"
                "License-Expression: MIT\n\nName: what the description says\n"
            ),
            "python/old-1.0.dist-info/METADATA": (
                "Name: old\nVersion: 1.0\nLicense: A\n  long text\n"
            ),
            # a package that carries another inside it is not installed twice
            "python/old/_vendor/x-1.dist-info/METADATA": "Name: x\nVersion: 1\n",
        }
    )
    source = _tar(SOURCE)
    function = _zip({"handler.py": ""})
    return {
        "template.yaml": b"Resources: {}",
        "source.tar": source,
        artifact(digest(layer)): layer,
        artifact(digest(function)): function,
    }


def _release(content: dict[str, bytes]) -> Release:
    return Release.model_validate(
        {
            "target": "local",
            "runtime": "python3.13",
            "architecture": "arm64",
            "files": {name: digest(data) for name, data in content.items()},
        }
    )


def _bill(content: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bill_of_materials(_release(content), content))
    return found


@pytest.mark.proves("P4")
def test_it_names_every_file_package_and_provider_once(content: dict[str, bytes]) -> None:
    components = _bill(content)["components"]

    of_type = {kind: [c for c in components if c["type"] == kind] for kind in ("file", "library")}
    assert {c["name"]: c["hashes"] for c in of_type["file"]} == {
        name: [{"alg": "SHA-256", "content": digest(data)}] for name, data in content.items()
    }
    assert [c["purl"] for c in of_type["library"]] == [
        "pkg:pypi/old@1.0",
        "pkg:pypi/python-ulid@4.1.0",
    ]
    others = [c for c in components if c["type"] not in of_type]
    assert [(c["group"], c["name"], c["version"]) for c in others] == [
        ("registry.terraform.io/hashicorp", "aws", "5.100.0")
    ]


@pytest.mark.parametrize(
    ("source", "provider"),
    [
        ({"terragrunt.hcl": TERRAGRUNT.format("tofu"), **LOCKS}, "registry.opentofu.org"),
        # a release of an older version: a lock for each module, and no choice of an engine
        (
            {
                "terragrunt.hcl": "locals {}",
                "modules/data/.terraform.lock.hcl": LOCK.format("registry.terraform.io"),
                "modules/network/.terraform.lock.hcl": LOCK.format("registry.terraform.io"),
            },
            "registry.terraform.io",
        ),
    ],
    ids=["OpenTofu", "older"],
)
def test_it_names_the_provider_of_the_engine_that_the_source_chooses(
    content: dict[str, bytes], source: dict[str, str], provider: str
) -> None:
    components = _bill({**content, "source.tar": _tar(source)})["components"]

    providers = [c["group"] for c in components if c["type"] not in ("file", "library")]
    assert providers == [f"{provider}/hashicorp"]


def test_it_says_which_file_a_package_is_in(content: dict[str, bytes]) -> None:
    bill = _bill(content)

    holds = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    layer = next(name for name in content if holds.get(name, []) and name.startswith("artifacts/"))
    assert holds[layer] == ["pkg:pypi/old@1.0", "pkg:pypi/python-ulid@4.1.0"]
    assert holds["source.tar"] == ["registry.terraform.io/hashicorp/aws@5.100.0"]
    assert sorted(holds[f"release:{_release(content).id}"]) == sorted(content)


def test_it_is_a_cyclonedx_document(content: dict[str, bytes]) -> None:
    text = bill_of_materials(_release(content), content).decode()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_is_the_same_for_the_same_release_and_another_for_another(
    content: dict[str, bytes],
) -> None:
    other = content | {"template.yaml": b"Resources: {Other: {}}"}

    assert bill_of_materials(_release(content), content) == bill_of_materials(
        _release(dict(reversed(content.items()))), dict(reversed(content.items()))
    )
    assert _bill(content)["serialNumber"] != _bill(other)["serialNumber"]


def test_a_file_that_cannot_be_opened_is_named_by_its_digest_alone() -> None:
    content = {"template.yaml": b"", "source.tar": b"no tar", artifact(digest(b"x")): b"x"}

    assert {c["type"] for c in _bill(content)["components"]} == {"file"}


def test_it_lies_beside_the_release_and_a_release_without_it_is_not_whole(
    content: dict[str, bytes], tmp_path: Path
) -> None:
    release = _release(content)
    folder = ReleaseFolder(tmp_path / release.id)
    folder.save(release, content, Provenance(commit=None, dirty=True, built_at="t", built_by="me"))
    assert folder.is_complete(release)

    (folder.path / SBOM).unlink()

    assert folder.damaged() == [SBOM]
