"""A release on this machine: `.baton/releases/<id>/`, whole or not there at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from codegen.errors import BatonError
from codegen.rendering import ReleaseContext
from pipeline.release.archive import untar
from pipeline.release.manifest import (
    BESIDE,
    MANIFEST,
    PROVENANCE,
    SBOM,
    SOURCE,
    TEMPLATE,
    Provenance,
    Release,
    digest,
    short,
)


@dataclass(frozen=True)
class ReleaseFolder:
    """The folder of one release; its name is the release's id."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    def context(self, template_file: str = TEMPLATE) -> ReleaseContext:
        """What rendering must know of the release; samconfig.toml calls the template that."""
        release = self.release()
        return ReleaseContext(
            template=self.path / TEMPLATE,
            template_file=template_file,
            target=release.target,
            runtime=release.runtime,
            architecture=release.architecture,
            id=release.id,
        )

    def save(self, release: Release, content: Mapping[str, bytes], provenance: Provenance) -> None:
        """Write all files beside, then give the folder its name: half a release is never seen."""
        # imported late: it takes a while, and most runs find the release there already
        from pipeline.release.sbom import bill_of_materials

        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".part-", dir=self.path.parent))
        try:
            for name, data in content.items():
                (scratch / name).parent.mkdir(exist_ok=True)
                (scratch / name).write_bytes(data)
            (scratch / PROVENANCE).write_bytes(provenance.to_bytes())
            (scratch / SBOM).write_bytes(bill_of_materials(release, content))
            (scratch / MANIFEST).write_bytes(release.to_bytes())
            if self.path.exists():  # one that a check found wanting
                shutil.rmtree(self.path)
            os.rename(scratch, self.path)  # noqa: PTH104 - the folder itself moves
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def release(self) -> Release:
        """Read the manifest; BatonError when it is missing or was changed."""
        manifest = self.path / MANIFEST
        try:
            return Release.from_bytes(manifest.read_bytes(), self.id, str(manifest))
        except FileNotFoundError as error:
            raise BatonError(
                f"there is no release {short(self.id)} in {self.path.parent}", "./baton build"
            ) from error

    def provenance(self) -> Provenance:
        """Read where the release came from; BatonError when that is missing or unreadable."""
        try:
            return Provenance.model_validate_json((self.path / PROVENANCE).read_bytes())
        except (FileNotFoundError, ValidationError) as error:
            raise BatonError(
                f"release {short(self.id)}: {PROVENANCE} is missing or was changed",
                f"remove {self.path}, then ./baton build",
            ) from error

    def save_provenance(self, provenance: Provenance) -> None:
        """Replace where the release came from; its content, and so its id, stay."""
        part = self.path / f"{PROVENANCE}.part"
        part.write_bytes(provenance.to_bytes())
        part.replace(self.path / PROVENANCE)

    def read(self, name: str) -> bytes | None:
        """A file of the release, None when it is missing or not what the manifest says."""
        try:
            content = (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        return content if digest(content) == self.release().files[name] else None

    def damaged(self) -> list[str]:
        """The files that are missing or not what the manifest, read once, says of them."""
        changed = [
            name
            for name, expected in self.release().files.items()
            if not (self.path / name).is_file()
            or digest((self.path / name).read_bytes()) != expected
        ]
        return changed + [name for name in BESIDE if not (self.path / name).is_file()]

    def is_complete(self, release: Release) -> bool:
        """Whether every file of `release` is here with its digest."""
        try:
            self.provenance()
            return self.release() == release and not self.damaged()
        except BatonError:
            return False

    def unpack(self, folder: Path) -> None:
        """Lay the release's source tree into `folder`, in place of what was there."""
        content = self.read(SOURCE)
        if content is None:
            raise BatonError(f"release {short(self.id)}: {SOURCE} is missing or was changed")
        if folder.exists():
            shutil.rmtree(folder)
        untar(content, folder)
