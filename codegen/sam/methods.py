"""How SAM builds code: by a resource's BuildMethod, otherwise by its runtime.

Source: docs.aws.amazon.com/serverless-application-model, "Building applications", and SAM CLI
(samcli/lib/build/workflow_config.py). A test compares this with the pinned SAM CLI's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from codegen.sam.artifacts import Artifact
from codegen.sam.packaged import FUNCTION, RAW_FUNCTION, Content

PYTHON = re.compile(r"python3\.\d+")
# What a builder is called here → the programs that it starts.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "python": (),  # the interpreter of the runtime's own version
    "python-uv": ("uv",),
    "nodejs": ("node", "npm"),
    "esbuild": ("node", "npm"),
    "ruby": ("ruby", "bundle"),
    "java": ("java",),  # and Maven or Gradle, by what the folder has
    "dotnet": ("dotnet",),
    "go": ("go",),
    "make": ("make",),
    "rust": ("cargo", "cargo-lambda"),
}
_RUNTIMES: dict[str, tuple[str, ...]] = {
    "python": tuple(f"python3.{minor}" for minor in range(8, 15)),
    "nodejs": tuple(f"nodejs{major}.x" for major in range(16, 25, 2)),
    "ruby": ("ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0"),
    "java": (
        *("java8.al2", "java8.al2023", "java11", "java11.al2023"),
        *("java17", "java17.al2023", "java21", "java25"),
    ),
    "dotnet": ("dotnet6", "dotnet8", "dotnet10"),
    "go": ("go1.x",),
    "make": ("provided", "provided.al2", "provided.al2023"),
}
# What BuildMethod may name, besides a runtime.
_METHODS = {
    "makefile": "make",
    "esbuild": "esbuild",
    "rust-cargolambda": "rust",
    "python-uv": "python-uv",
    "dotnet7": "dotnet",
    "dotnet": "dotnet",
}
BUILDERS: Mapping[str, str] = {
    **{runtime: builder for builder, runtimes in _RUNTIMES.items() for runtime in runtimes},
    **_METHODS,
}


def build_method(artifact: Artifact) -> Any:
    """What SAM builds the code by, a key of `BUILDERS` where it is right; None to pack it as it is.

    SAM builds no archive, nothing that says `SkipBuild`, and no layer without a BuildMethod.
    """
    if artifact.packaged.content is not Content.CODE or artifact.location.endswith(".zip"):
        return None
    metadata = artifact.metadata
    if metadata.get("SkipBuild") or metadata.get("aws:asset:is-bundled"):
        return None
    own = metadata.get("BuildMethod")
    if artifact.type not in (FUNCTION, RAW_FUNCTION):
        return own
    return own or artifact.properties.get("Runtime", "")


def method_problem(artifact: Artifact) -> str:
    """Why SAM can build no such code; nothing if it can, or need not."""
    method = build_method(artifact)
    if method is None or (isinstance(method, str) and method in BUILDERS):
        return ""
    if isinstance(method, str):
        return f"SAM builds no {method}" if method else "it has no Runtime"
    return "how it is built depends on what only a deployment knows"
