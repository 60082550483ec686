"""Code that is no plain folder, built by `sam build`: in parallel, cached, without containers.

SAM builds a copy of what git would commit, so that no ignored file gets into a release. What it
built is kept by the digest of all that it could read; where nothing of that changed, it is not
started.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.files import locked
from codegen.sam.artifacts import Artifact
from codegen.sam.document import read_document
from pipeline.adapters import process
from pipeline.release import toolchains
from pipeline.release.archive import zip_files
from pipeline.release.binaries import glibc_of, misfits
from pipeline.release.manifest import digest
from pipeline.release.mirror import copy_files, digest_of, readable
from pipeline.release.pieces import Piece
from pipeline.release.sources import Files, Sources
from pipeline.target import Target

KEPT = 20  # builds, the newest
# Of a resource's properties, those that decide how its code is built.
_PROPERTIES = ("Handler", "CompatibleRuntimes")


class NotBuiltError(BatonError):
    """Code would have to be built first."""


@dataclass(frozen=True)
class SamBuilds:
    """What `sam build` gives for a checkout.

    Parameters
    ----------
    skipped:
        The paths below the checkout that no code is built from: Terraform's side.
    may_build:
        Whether SAM may be started; otherwise NotBuiltError is raised.
    """

    sources: Sources
    target: Target
    skipped: tuple[str, ...] = ()
    may_build: bool = True

    def build(self, pieces: Sequence[Piece]) -> list[bytes]:
        """The zip of each piece, in their order.

        Raises
        ------
        BatonError
            A tool is missing, or a build fails; or it is not for the target's platform.
        NotBuiltError
            SAM would have to be started.
        """
        by_template: dict[Path, list[Piece]] = {}
        for piece in pieces:
            by_template.setdefault(piece.branch.path, []).append(piece)
        built: dict[tuple[Path, str], bytes] = {}
        for path, group in by_template.items():
            built |= {(path, name): data for name, data in self._template(path, group).items()}
        return [built[piece.branch.path, piece.artifact.resource] for piece in pieces]

    def _template(self, path: Path, pieces: Sequence[Piece]) -> dict[str, bytes]:
        """Resource → zip, for one template's resources."""
        template = {"Resources": {p.artifact.resource: _resource(p) for p in pieces}}
        files = readable(self.sources, self.skipped)
        base = path.parent.resolve().relative_to(self.sources.root)
        decides = (json.dumps(template, sort_keys=True), str(base), self.target.name)
        key = digest("\n".join((*decides, digest_of(files))).encode())[:32]
        kept = self._home / "built" / key
        if not kept.exists():
            if not self.may_build:
                names = ", ".join(piece.artifact.resource for piece in pieces)
                raise NotBuiltError(f"{names}: not built yet", "./baton build")
            toolchains.require(pieces)
            with locked(self._home):
                copy_files(files, self._home / "source")
                self._run(template, base, self._area(files, base, pieces), pieces, kept)
        os.utime(kept)
        return {p.artifact.resource: (kept / p.artifact.resource).read_bytes() for p in pieces}

    def _area(self, files: Files, base: Path, pieces: Sequence[Piece]) -> Path:
        """The folder that SAM builds in, with its cache.

        That cache looks at a resource's own folder only: where a file outside of these changed,
        SAM begins with an empty one.
        """
        folders = [p.path.resolve().relative_to(self.sources.root).as_posix() for p in pieces]
        inside = tuple(f"{folder}/" for folder in folders if folder != ".")
        outside = {n: path for n, path in files.items() if not n.startswith(inside)}
        area = self._home / "areas" / digest(f"{base}\n{digest_of(outside)}".encode())[:16]
        area.mkdir(parents=True, exist_ok=True)
        return area

    @property
    def _home(self) -> Path:
        return self.target.checkout.home / "cache" / "sam"

    def _run(
        self,
        template: Mapping[str, Any],
        base: Path,
        area: Path,
        pieces: Sequence[Piece],
        kept: Path,
    ) -> None:
        """Build, check what came out, and keep it whole or not at all."""
        (area / "template.json").write_text(json.dumps(template, indent=1))
        (area / "samconfig.toml").write_text("version = 0.1\n")  # no project's own settings
        log = self.target.checkout.home / "logs" / "build" / "sam-build.log"
        command: list[str | Path] = [
            *("sam", "build", "--template-file", area / "template.json"),
            *("--base-dir", self._home / "source" / base, "--build-dir", area / "built"),
            *("--cache-dir", area / "cache", "--cached", "--parallel", "--no-use-container"),
            *("--config-file", area / "samconfig.toml", "--beta-features"),
        ]
        environment = {**self.target.child(), "SAM_CLI_TELEMETRY": "0"}
        if process.run(command, cwd=area, env=environment, log=log, check=False):
            names = ", ".join(f"{p.artifact.resource} ({p.artifact.location})" for p in pieces)
            raise BatonError(f"sam could not build {names}:\n{_reason(log)}", f"all it said: {log}")
        part = kept.with_name(kept.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for piece, folder in _built(area / "built", pieces):
            files = _files(folder)
            _refuse_misfits(piece, files, self.target)
            what = f"the build of {piece.artifact.resource}"
            (part / piece.artifact.resource).write_bytes(zip_files(files, what))
        shutil.rmtree(kept, ignore_errors=True)
        part.rename(kept)
        _forget(self._home / "built", KEPT)
        _forget(self._home / "areas", KEPT)


def _resource(piece: Piece) -> dict[str, Any]:
    """The resource as `sam build` reads it, with what is known put in."""
    artifact, platform = piece.artifact, piece.platform
    metadata = {k: v for k, v in artifact.metadata.items() if not k.startswith("aws:")}
    properties: dict[str, Any] = {
        name: artifact.properties[name] for name in _PROPERTIES if name in artifact.properties
    }
    properties[str(artifact.path[0])] = artifact.location
    if piece.is_layer:
        metadata["BuildArchitecture"] = platform.architecture
        if metadata.get("BuildMethod") == artifact.metadata.get("BuildMethod"):
            metadata["BuildMethod"] = _method(artifact, platform.runtime)
    else:
        properties |= {"Runtime": platform.runtime, "Architectures": [platform.architecture]}
    return {"Type": artifact.type, "Metadata": metadata, "Properties": properties}


def _method(artifact: Artifact, runtime: str) -> str:
    named = str(artifact.metadata.get("BuildMethod"))
    return runtime if named.startswith("python3.") else named


def _built(folder: Path, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Path]]:
    """Where SAM put each piece, as its own template says: equal ones are there once."""
    text = (folder / "template.yaml").read_text("utf-8")
    try:
        resources = read_document(text, "sam build's template")[0]["Resources"]
        for piece in pieces:
            properties = resources[piece.artifact.resource]["Properties"]
            yield piece, folder / properties[str(piece.artifact.path[0])]
    except (KeyError, TypeError) as error:
        raise BatonError(f"{folder}/template.yaml is not what SAM writes: {error!r}") from error


def _files(folder: Path) -> Files:
    """Every file of a build; SAM links folders of dependencies into it."""
    if folder.is_file():
        return {folder.name: folder}
    found = {}
    for parent, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = Path(parent) / name
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path
    return found


def _refuse_misfits(piece: Piece, files: Files, target: Target) -> None:
    is_local = target.name == "local"
    linux = not is_local or os.uname().sysname == "Linux"
    glibc = None if is_local else glibc_of(piece.platform.runtime)
    wrong = list(misfits(files, piece.platform.architecture, linux=linux, glibc=glibc))
    if wrong:
        shown = "; ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if wrong[3:] else "")
        raise BatonError(
            f"{piece.artifact.resource} would run on {piece.platform.architecture} "
            f"({piece.platform.runtime}), and this machine built it for another: {shown}",
            "build on a machine like the target's, or have its build method cross-compile",
        )


def _reason(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    failed = [number for number, line in enumerate(lines) if line.startswith("Build Failed")]
    return (
        "\n".join(f"  {line}" for line in lines[failed[-1] + 1 :]) if failed else process.tail(log)
    )


def _forget(folder: Path, kept: int) -> None:
    """Remove the oldest of a folder's entries."""
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for entry in entries[kept:]:
        shutil.rmtree(entry, ignore_errors=True)
