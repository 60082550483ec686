"""A small application with a function and a layer, to be broken by tests and built."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.checkout import Checkout
from pipeline.release.build import build
from pipeline.target import Target
from tests.pipeline.repository import repository

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  ArtifactBucket: {Type: String}
  Elsewhere: {Type: String}
  HasElsewhere: {Type: String}
Conditions:
  Traced: !Equals [!Ref HasElsewhere, "true"]
Globals:
  Function:
    Runtime: python3.13
    Layers: [!Ref Shared]
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer/}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: api/
      Handler: app.handler
      Environment: {Variables: {MODE: fast, TABLE: !Ref Elsewhere}}
"""
HANDLER = "api/app.py"
FILES = {
    "template.yaml": TEMPLATE,
    HANDLER: "import shared\n\n\ndef handler(event, context): ...\n",
    "layer/python/shared.py": "VALUE = 1\n",
}
HERE = "python{}.{}".format(*sys.version_info)


def checkout(folder: Path, files: Mapping[str, str]) -> Checkout:
    inside = {f"sam-app/{name}": text for name, text in {**FILES, **files}.items()}
    return Checkout(repository(folder / "checkout", inside), folder / "home")


def built(project: Checkout, *, target: str = "local") -> list[str]:
    """Build, and give what was said beside what was packed."""
    said: list[str] = []
    build(project, Target("aws" if target == "aws" else "local", project), said.append)
    return [line for line in said if "KiB" not in line]


def refused(project: Checkout, *, target: str = "local") -> str:
    """Why no release was made; nothing is saved then."""
    with pytest.raises(BatonError) as error:
        built(project, target=target)
    assert error.value.exit_code == 1
    assert not project.releases.exists()
    assert "/tmp" not in error.value.message
    return error.value.message
