"""What a release is packed of, piece by piece: which files, for which platform, built by what."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from codegen.sam.artifacts import Artifact
from codegen.sam.methods import BUILDERS, PYTHON, build_method
from codegen.sam.packaged import FUNCTION, RAW_FUNCTION, Content
from codegen.sam.references import references
from codegen.sam.tree import Branch
from pipeline.release import layers
from pipeline.release.sources import Files, Sources
from pipeline.target import Platform, Target

DEFAULT_ARCHITECTURE = "x86_64"  # Lambda's, and SAM's for a layer


class How(Enum):
    """How a piece becomes one object."""

    AS_IT_IS = "the file itself"
    ZIP = "a zip of the files"
    PYTHON = "a zip of what SAM's Python builder copies"
    UV = "that, and the packages of a hashed requirements.txt, installed by uv"
    SAM = "built by `sam build`, then zipped"


@dataclass(frozen=True)
class Piece:
    """One artifact of a template, and how it is packed.

    Attributes
    ----------
    branch, artifact:
        The template, and what in it names the file or folder.
    path:
        The file or folder.
    files:
        What is in it, by name.
    platform:
        What it is built for, where it is built.
    """

    branch: Branch
    artifact: Artifact
    path: Path
    files: Files
    platform: Platform
    how: How

    @property
    def is_layer(self) -> bool:
        """Whether the code is a layer's, which has it in a folder by language."""
        return self.artifact.type not in (FUNCTION, RAW_FUNCTION)


def pieces(tree: Branch, sources: Sources, target: Target) -> Iterator[Piece]:
    """Everything that a release of a template packs, but the templates themselves.

    Raises
    ------
    BatonError
        A file cannot be packed.
    """
    for branch in tree.all:
        for artifact in branch.artifacts:
            if artifact.packaged.content is Content.TEMPLATE:
                continue
            path = branch.path.parent / artifact.location
            files = sources.files(path)
            platform = platform_of(branch, artifact, target)
            how = _how(artifact, path, files)
            yield Piece(branch, artifact, path, files, platform, how)


def _how(artifact: Artifact, path: Path, files: Files) -> How:
    if path.is_file():
        is_code = artifact.packaged.content is Content.CODE
        return How.ZIP if is_code and not zipfile.is_zipfile(path) else How.AS_IT_IS
    method = build_method(artifact)
    if method is None:
        return How.ZIP
    if BUILDERS.get(method) != "python" or artifact.metadata.get("BuildProperties"):
        return How.SAM
    lock = files.get(layers.REQUIREMENTS)
    if lock is None or layers.lists_nothing(lock.read_text("utf-8", "replace")):
        return How.PYTHON
    return How.UV if layers.is_locked(lock.read_text("utf-8", "replace")) else How.SAM


def platform_of(branch: Branch, artifact: Artifact, target: Target) -> Platform:
    """What a resource's code runs on: the emulator's own Python and processor locally."""
    method = build_method(artifact)
    runtime = method if isinstance(method, str) else target.platform.runtime
    if BUILDERS.get(runtime) != "python" and artifact.type in (FUNCTION, RAW_FUNCTION):
        runtime = str(artifact.properties.get("Runtime", runtime))
    if target.name == "local":
        is_python = PYTHON.fullmatch(runtime) is not None
        own = target.platform.runtime if is_python else runtime
        return Platform(own, target.platform.architecture)
    return Platform(runtime, _architecture(branch, artifact))


def _architecture(branch: Branch, artifact: Artifact) -> str:
    """The processor that code is for; a layer's is that of its functions, where it names none."""
    own = _only(artifact.properties.get("Architectures"))
    if artifact.type in (FUNCTION, RAW_FUNCTION):
        return own or DEFAULT_ARCHITECTURE
    named = artifact.metadata.get("BuildArchitecture")
    if isinstance(named, str):
        return named
    if compatible := _only(artifact.properties.get("CompatibleArchitectures")):
        return compatible
    users = {
        _only(other.properties.get("Architectures")) or DEFAULT_ARCHITECTURE
        for other in branch.artifacts
        if artifact.resource in references(other.properties.get("Layers"))
    }
    return users.pop() if len(users) == 1 else DEFAULT_ARCHITECTURE


def _only(listed: Any) -> str:
    """The one text in a list; empty where there are several, or something else."""
    is_one = isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], str)
    return listed[0] if is_one else ""
