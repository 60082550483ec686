"""The dependency layer as it is built: small, the same twice, for either processor."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.checkout import Checkout
from pipeline.release import layers
from pipeline.target import AWS_RUNTIME, Platform, Target

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "sam-app/layers/dependencies"
FILES = {path.name: path for path in FOLDER.iterdir()}
LIMIT_BYTES = 12_000_000  # zipped; what a cold start unpacks

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("layers")]


@dataclass(frozen=True)
class OnAws(Target):
    """The target `aws`, on a processor of choice."""

    architecture: str = "arm64"

    @property
    def platform(self) -> Platform:
        return Platform(AWS_RUNTIME, self.architecture)


@pytest.mark.proves("A2")
@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_a_layer_is_small_and_the_same_when_built_twice(tmp_path: Path, architecture: str) -> None:
    # Given two machines that have built nothing yet
    built = []
    for machine in ("one", "two"):
        target = OnAws("aws", Checkout(ROOT, tmp_path / machine), architecture)

        # When each builds the layer
        built.append(layers.build(FILES, target.platform, target, "python/", str(FOLDER)))

    # Then both zips are the same bytes, small, and made for that processor
    assert built[0] == built[1]
    assert len(built[0]) <= LIMIT_BYTES
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture]
    names = zipfile.ZipFile(io.BytesIO(built[0])).namelist()
    native = [name for name in names if name.endswith(".so")]
    assert native
    assert all(machine in name for name in native)
