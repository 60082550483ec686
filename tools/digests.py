"""Adds the digests of what mise.toml pins to digests.toml: a part of `make lock`.

They are read from the lists published with the releases, and reviewed as any change of a lock is.
"""

from __future__ import annotations

import sys
import tomllib

from tools import files
from tools.download import DIGESTS, SOURCES, DownloadError, read
from tools.machine import versions

SYSTEMS = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")


def published(tool: str, version: str) -> dict[str, str]:
    """A release's digest for each system, from the list published with it."""
    source = SOURCES[tool]
    listed = read(source.address(source.sums, version, "")).decode()
    fields = (line.split() for line in listed.splitlines())
    digests = {pair[1].lstrip("*"): pair[0] for pair in fields if len(pair) == 2}
    names = {system: source.file.format(version=version, system=system) for system in SYSTEMS}
    if missing := sorted(name for name in names.values() if name not in digests):
        raise DownloadError(f"{tool} {version}: its list has no {', '.join(missing)}")
    return {system: digests[name] for system, name in names.items()}


def lock() -> None:
    """Write digests.toml with the pinned versions, and with those alone.

    Raises
    ------
    DownloadError
        A list cannot be read; what could be read is written.
    """
    text = DIGESTS.read_text()
    header, known = text.split("\n[")[0].rstrip(), tomllib.loads(text)
    tables, failed = [header, ""], []
    for tool in sorted(SOURCES):
        version = versions()[tool]
        try:
            digests = known.get(tool, {}).get(version) or published(tool, version)
        except DownloadError as error:
            failed.append(str(error))
            continue
        tables.append(f'[{tool}."{version}"]')
        tables += [f'{system} = "{digest}"' for system, digest in sorted(digests.items())]
        tables.append("")
    files.write(DIGESTS, "\n".join(tables).encode())
    if failed:
        raise DownloadError("\n  ".join(failed))


if __name__ == "__main__":
    try:
        lock()
    except DownloadError as error:
        sys.exit(f"lock: {error}")
