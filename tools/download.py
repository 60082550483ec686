"""Downloads of published releases, each verified against the checksums published with it."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
import urllib.error
import urllib.request
import zipfile
from http.client import HTTPException
from pathlib import Path

TIMEOUT_SECONDS = 60


class DownloadError(Exception):
    """A release could not be had, or is not what its checksums say."""


def read(url: str) -> bytes:
    """Return what `url` holds.

    Raises
    ------
    DownloadError
        The address does not answer, or answers with an error.
    """
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310 - ours
            content: bytes = reply.read()
            return content
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise DownloadError(f"{url}: {getattr(error, 'reason', error)}") from error


def verified(base: str, name: str, sums: str) -> bytes:
    """Return the file `name` below `base`, once its SHA-256 is the one listed in `sums` there.

    Parameters
    ----------
    base:
        Address of the folder that holds both files.
    name, sums:
        File name of the release, and of its list of checksums ("<sha256>  <name>" lines).

    Raises
    ------
    DownloadError
        Either file is missing, the list does not name the file, or the digests differ.
    """
    lines = (line.split() for line in read(f"{base}/{sums}").decode().splitlines())
    digests = {fields[1].lstrip("*"): fields[0] for fields in lines if len(fields) == 2}
    if name not in digests:
        raise DownloadError(f"{base}/{sums} lists no {name}")
    content = read(f"{base}/{name}")
    found = hashlib.sha256(content).hexdigest()
    if found != digests[name]:
        raise DownloadError(f"{base}/{name} has SHA-256 {found}, its list says {digests[name]}")
    return content


def save_executable(content: bytes, target: Path) -> None:
    """Write `content` to `target` and make it executable; a reader never sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(content)
    part.chmod(part.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    part.replace(target)


def terraform(version: str, system: str, target: Path) -> None:
    """Download Terraform `version` for `system` ("linux_amd64") to `target`."""
    name = f"terraform_{version}_{system}.zip"
    base = f"https://releases.hashicorp.com/terraform/{version}"
    content = verified(base, name, f"terraform_{version}_SHA256SUMS")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        save_executable(archive.read("terraform"), target)


def terragrunt(version: str, system: str, target: Path) -> None:
    """Download Terragrunt `version` for `system` ("linux_amd64") to `target`."""
    base = f"https://github.com/gruntwork-io/terragrunt/releases/download/v{version}"
    save_executable(verified(base, f"terragrunt_{system}", "SHA256SUMS"), target)


def actionlint(version: str, system: str, target: Path) -> None:
    """Download actionlint `version` for `system` ("linux_amd64") to `target`."""
    base = f"https://github.com/rhysd/actionlint/releases/download/v{version}"
    name = f"actionlint_{version}_{system}.tar.gz"
    content = verified(base, name, f"actionlint_{version}_checksums.txt")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        program = archive.extractfile("actionlint")
        if program is None:
            raise DownloadError(f"{base}/{name} holds no program")
        save_executable(program.read(), target)
