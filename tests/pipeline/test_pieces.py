"""How each piece of a release is packed, and what platform it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.sam.template import parse_template
from codegen.sam.tree import load_tree
from pipeline.checkout import Checkout
from pipeline.release.pieces import How, Piece, pieces
from pipeline.release.sources import Sources
from pipeline.target import Target
from tests.pipeline.repository import repository

LOCKED = "six==1.16.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"
FUNCTION = {"Type": "AWS::Serverless::Function"}
LAYER = {"Type": "AWS::Serverless::LayerVersion"}


def piece(
    folder: Path,
    resource: dict[str, Any],
    files: dict[str, str],
    target: str = "aws",
    **more: Any,
) -> Piece:
    """The first piece of a template with this resource, whose code has these files."""
    code = {f"code/{name}": text for name, text in files.items()}
    root = repository(folder / "project", {"app.py": "", **code})
    document = {"Resources": {"It": resource, **more}}
    template = parse_template(yaml.safe_dump(document), "template.yaml")
    chosen = Target("local" if target == "local" else "aws", Checkout(root, folder / "home"))
    tree = load_tree(root / "template.yaml", template, root, {})
    return next(pieces(tree, Sources(root), chosen))


def function(runtime: str = "python3.12", **metadata: Any) -> dict[str, Any]:
    properties = {"CodeUri": "code", "Runtime": runtime, "Handler": "app.handler"}
    return {**FUNCTION, "Properties": properties, "Metadata": metadata}


def layer(**metadata: Any) -> dict[str, Any]:
    return {**LAYER, "Properties": {"ContentUri": "code"}, "Metadata": metadata}


@pytest.mark.parametrize(
    ("resource", "files", "how"),
    [
        (function(), {"app.py": ""}, How.PYTHON),
        (function(), {"app.py": "", "requirements.txt": "# none\n\n"}, How.PYTHON),
        (function(), {"app.py": "", "requirements.txt": LOCKED}, How.UV),
        (function(), {"app.py": "", "requirements.txt": "six\n"}, How.SAM),
        (function(BuildProperties={"ParentPackageMode": "auto"}), {"app.py": ""}, How.SAM),
        (function(BuildMethod="python-uv"), {"app.py": ""}, How.SAM),
        (function(BuildMethod="makefile"), {"Makefile": ""}, How.SAM),
        (function(SkipBuild=True), {"requirements.txt": "six\n"}, How.ZIP),
        (function("nodejs22.x"), {"index.js": ""}, How.SAM),
        (function("provided.al2023"), {"bootstrap": ""}, How.SAM),
        (layer(), {"requirements.txt": LOCKED, "python/a.py": ""}, How.ZIP),
        (layer(BuildMethod="python3.12"), {"a.py": ""}, How.PYTHON),
        (layer(BuildMethod="python3.12"), {"requirements.txt": LOCKED}, How.UV),
        (layer(BuildMethod="python3.12"), {"requirements.txt": "six\n"}, How.SAM),
        (layer(BuildMethod="nodejs22.x"), {"package.json": "{}"}, How.SAM),
        (layer(BuildMethod="makefile"), {"Makefile": ""}, How.SAM),
    ],
)
def test_plain_python_and_locked_packages_need_no_sam(
    tmp_path: Path, resource: dict[str, Any], files: dict[str, str], how: How
) -> None:
    assert piece(tmp_path, resource, files).how is how


def with_architectures(listed: list[str]) -> dict[str, Any]:
    made = function()
    return {**made, "Properties": {**made["Properties"], "Architectures": listed}}


def compatible(listed: list[str]) -> dict[str, Any]:
    made = layer(BuildMethod="python3.12")
    return {**made, "Properties": {**made["Properties"], "CompatibleArchitectures": listed}}


USER = {
    **with_architectures(["arm64"]),
    "Properties": {
        **with_architectures(["arm64"])["Properties"],
        "Layers": [{"Fn::If": ["A", {"Ref": "It"}, "arn"]}],
    },
}


@pytest.mark.parametrize(
    ("resource", "others", "architecture"),
    [
        (function(), {}, "x86_64"),  # Lambda's default
        (with_architectures(["arm64"]), {}, "arm64"),
        (layer(BuildMethod="python3.12", BuildArchitecture="arm64"), {}, "arm64"),
        (compatible(["arm64"]), {}, "arm64"),
        (compatible(["arm64", "x86_64"]), {}, "x86_64"),  # SAM's default
        (layer(BuildMethod="python3.12"), {"User": USER}, "arm64"),  # its functions'
    ],
)
def test_code_is_built_for_the_processor_that_it_runs_on(
    tmp_path: Path, resource: dict[str, Any], others: dict[str, Any], architecture: str
) -> None:
    # Given a resource / When it is built for AWS / Then it is for its own platform
    found = piece(tmp_path, resource, {"app.py": ""}, **others).platform
    assert (found.runtime, found.architecture) == ("python3.12", architecture)


def test_locally_python_code_is_built_for_the_emulators_python(tmp_path: Path) -> None:
    # Given functions that name another Python and processor than this machine's
    for number, resource in enumerate((with_architectures(["arm64"]), function("nodejs22.x"))):
        found = piece(tmp_path / str(number), resource, {"app.py": ""}, "local").platform
        own = Target("local", Checkout(tmp_path, tmp_path)).platform
        # When they are built locally / Then Python is the emulator's, and all else stays
        assert found.architecture == own.architecture
        assert found.runtime == (own.runtime if number == 0 else "nodejs22.x")
