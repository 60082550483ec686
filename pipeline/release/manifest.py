"""What a release is: its files by digest, the platform it is built for, and its id."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codegen.errors import BatonError

MANIFEST, PROVENANCE, SBOM = "release.json", "provenance.json", "sbom.cdx.json"
BESIDE = (PROVENANCE, SBOM)  # with the release wherever it goes, but not part of its content
TEMPLATE, SOURCE = "template.yaml", "source.tar"
ID = re.compile(r"[0-9a-f]{64}")
ARTIFACTS, ZIP = "artifacts/", ".zip"  # around the digest of a packed function or layer
NESTED = ".template"  # after the digest of a nested template
SUFFIX = r"(\.[a-z0-9]{1,16})?"  # of what else is packed: a nested template, a definition

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[
    str, Field(pattern=rf"^(template\.yaml|source\.tar|artifacts/[0-9a-f]{{64}}{SUFFIX})$")
]


class Release(BaseModel):
    """The manifest, release.json: content only, so the same content has the same id anywhere.

    Parameters
    ----------
    schema_version:
        Of this format.
    target, runtime, architecture:
        Where it can run: "local" or "aws", Lambda's names of runtime and architecture.
    files:
        File name → SHA-256 of its bytes, for every file of the release but this one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    target: Literal["local", "aws"]
    runtime: str
    architecture: str
    # the schema says what the model does: no file of another name
    files: Annotated[
        dict[FileName, Digest], Field(json_schema_extra={"additionalProperties": False})
    ]

    @property
    def id(self) -> str:
        """SHA-256 of the manifest's bytes: no commit and no time are in it."""
        return digest(self.to_bytes())

    def to_bytes(self) -> bytes:
        """The manifest as it is stored, always the same bytes for the same content."""
        return json.dumps(self.model_dump(), sort_keys=True, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes, release_id: str, where: str) -> Release:
        """Read a manifest and hold it against the id it was asked for by.

        Raises
        ------
        BatonError
            It is no manifest, or not that release's.
        """
        try:
            release = cls.model_validate_json(content)
        except ValidationError as error:
            raise BatonError(
                f"{where} is no release manifest: {error.errors()[0]['msg']}"
            ) from error
        if digest(content) != release_id:
            raise BatonError(
                f"{where} is not the manifest of release {short(release_id)}: "
                f"its digest is {short(digest(content))}",
                "it was changed after it was built; build and promote a release again",
            )
        return release

    def key(self, name: str) -> str:
        """Where a file is in an artifact bucket; artifacts are shared between releases."""
        return name if name.startswith(ARTIFACTS) else f"releases/{self.id}/{name}"

    @property
    def names(self) -> list[str]:
        """Every file that goes with this release; the manifest last: where it is, the rest is."""
        return [*sorted((*self.files, *BESIDE)), MANIFEST]

    @property
    def keys(self) -> list[str]:
        """All keys of this release in an artifact bucket."""
        return [self.key(name) for name in self.names]


class Provenance(BaseModel):
    """Where a release came from, beside it: not part of its content, nor of its id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    commit: str | None
    dirty: bool
    built_at: str
    built_by: str

    @classmethod
    def from_bytes(cls, content: bytes, where: str) -> Provenance:
        """Read a provenance; BatonError where it is none."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise BatonError(
                f"{where} is no provenance of a release: {error.errors()[0]['msg']}",
                "it was changed after it was stored: look at the object's versions",
            ) from error

    def to_bytes(self) -> bytes:
        """The provenance as it is stored."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def artifact(sha256: str, suffix: str = ZIP) -> str:
    """The name of what is packed in a release, and its key in a bucket."""
    return f"{ARTIFACTS}{sha256}{suffix}"


def digest(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def short(release_id: str) -> str:
    """An id as people read it: its first 12 digits."""
    return release_id[:12]
