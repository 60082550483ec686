"""Packages of Python code, by uv where they are locked, by SAM where they are not: really built."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pipeline.release import layers
from pipeline.release.build import build
from pipeline.target import Platform, Target
from tests.pipeline.repository import repository
from tests.pipeline.template_cases import Tools, packed

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("layers")]

VERSION = "1.17.0"
LOCK = (
    f"six=={VERSION} \\\n"
    "    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n"
)
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {ArtifactBucket: {Type: String}}
Resources:
  Code:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Handler: app.handler, Runtime: python3.13}
  Layer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13}
    Properties: {ContentUri: code}
"""


def names(folder: Path, requirements: str) -> dict[str, list[str]]:
    """What is in a function and a layer with these requirements."""
    files = {
        "live/project.yaml": "",
        "sam-app/template.yaml": TEMPLATE,
        "sam-app/code/app.py": "def handler(event, context): ...\n",
        "sam-app/code/.gitignore": "",
        "sam-app/code/native.so": "of this machine",
        "sam-app/code/requirements.txt": requirements,
    }
    checkout = Tools(repository(folder / "project", files), folder / "home")
    # locally: SAM's builder needs a Python of the runtime's version, which this machine's is
    release = build(checkout, Target("local", checkout), lambda _: None).folder
    found = packed(release, ["Code.CodeUri", "Layer.ContentUri"])
    return {name: [str(each) for each in listed] for name, listed in found.items()}


def test_uv_and_sam_give_the_same_files(tmp_path: Path) -> None:
    # Given the same package, locked and not locked / When a function and a layer are built with it
    by_uv = names(tmp_path / "uv", LOCK)
    by_sam = names(tmp_path / "sam", f"six=={VERSION}\n")

    # Then both have the package beside the code, a layer's below python/, and nothing else
    assert {n.split("/")[0] for n in by_sam["Code.CodeUri"]} == {
        "app.py",
        "requirements.txt",
        "six.py",
        f"six-{VERSION}.dist-info",
    }
    assert all(name.startswith("python/") for name in by_sam["Layer.ContentUri"])
    # what an installer notes of itself is not the package's
    notes = ("INSTALLER", "REQUESTED", "direct_url.json")
    without = {key: [n for n in listed if not n.endswith(notes)] for key, listed in by_uv.items()}
    assert without == by_sam


def test_todays_wheels_are_found_for_lambdas_glibc(tmp_path: Path) -> None:
    # Given a package that has wheels for glibc 2.27 and newer alone
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "numpy==2.3.5 \\\n"
        "    --hash=sha256:11e06aa0af8c0f05104d56450d6093ee639e15f24ecf62d417329d06e522e017\n"
    )
    target = Target("aws", Tools(tmp_path, tmp_path / "home"))

    # When it is installed for Lambda / Then there is one
    built = layers.build(
        {lock.name: lock}, Platform("python3.13", "x86_64"), target, "python/", "a layer"
    )
    with zipfile.ZipFile(io.BytesIO(built)) as archive:
        assert "python/numpy/__init__.py" in archive.namelist()
