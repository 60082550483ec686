"""Downloads of published releases, each checked against the digest that digests.toml keeps."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from tools import files

DIGESTS = Path(__file__).with_name("digests.toml")
TIMEOUT_SECONDS = 60


class DownloadError(Exception):
    """A release could not be had, or is not what its digest says."""


@dataclass(frozen=True)
class Source:
    """Where a tool's releases are; each text takes `version` and `system` ("linux_amd64").

    Parameters
    ----------
    folder:
        Address of the folder that holds a version's files.
    file, sums:
        Names of the release, and of the list of checksums that is published beside it.
    program:
        The program's name in the archive; empty where the file is the program.
    """

    folder: str
    file: str
    sums: str
    program: str = ""

    def address(self, name: str, version: str, system: str) -> str:
        """The address of one of its files."""
        return f"{self.folder}/{name}".format(version=version, system=system)


SOURCES = {
    "terraform": Source(
        "https://releases.hashicorp.com/terraform/{version}",
        "terraform_{version}_{system}.zip",
        "terraform_{version}_SHA256SUMS",
        "terraform",
    ),
}


def install(tool: str, version: str, system: str, target: Path) -> None:
    """Download a tool's release to `target`.

    Raises
    ------
    DownloadError
        Its digest is not known, its address does not answer, or it is not what its digest says.
    """
    source = SOURCES[tool]
    digest = digest_of(tool, version, system)
    content = verified(source.address(source.file, version, system), digest)
    files.write_program(target, unpacked(content, source.program) if source.program else content)


def digest_of(tool: str, version: str, system: str) -> str:
    """The SHA-256 of a release, as digests.toml has it; DownloadError where it has none."""
    known: dict[str, dict[str, dict[str, str]]] = tomllib.loads(DIGESTS.read_text())
    digest = known.get(tool, {}).get(version, {}).get(system)
    if digest is None:
        source = SOURCES[tool]
        raise DownloadError(
            f"tools/{DIGESTS.name} has no SHA-256 of {tool} {version} for {system}, and nothing "
            "unchecked is installed; `python3 -m tools.digests` takes it from "
            f"{source.address(source.sums, version, system)}"
        )
    return digest


def verified(address: str, digest: str) -> bytes:
    """Return what an address holds, if that is its SHA-256.

    Raises
    ------
    DownloadError
        The address does not answer, or holds something else.
    """
    content = read(address)
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise DownloadError(
            f"{address} has SHA-256 {found}, but tools/{DIGESTS.name} says {digest}"
        )
    return content


def read(address: str) -> bytes:
    """Return what an address holds; DownloadError where it does not answer."""
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310 - ours
            content: bytes = reply.read()
            return content
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise DownloadError(f"{address}: {getattr(error, 'reason', error)}") from error


def unpacked(archive: bytes, program: str) -> bytes:
    """The program in a zip or tar file."""
    content = io.BytesIO(archive)
    if zipfile.is_zipfile(content):
        with zipfile.ZipFile(content) as zipped:
            return zipped.read(program)
    content.seek(0)
    with tarfile.open(fileobj=content) as tarred:
        member = tarred.extractfile(program)
        if member is None:
            raise DownloadError(f"{program} is no file in its archive")
        return member.read()
