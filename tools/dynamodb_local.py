"""Puts DynamoDB Local, AWS's own engine, into `.tools/` for the tests of the service's store.

Maven fetches what tools/dynamodb-local/pom.xml names, and nothing is used before each file is what
SHA256SUMS beside it says. A machine without Java goes without: the tests on it are then skipped.
`python -m tools.dynamodb_local` locks anew.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.machine import ROOT, system

NAME = "dynamodb-local"
SKIPPED = "the tests on DynamoDB Local will be skipped"
MINIMUM_JAVA = 17
SYSTEMS = ("linux_amd64", "darwin_amd64")  # what its native SQLite is published for, of ours


class DynamoDBLocalError(Exception):
    """A file is not the one that is locked."""


class UnreachableError(Exception):
    """Maven could not fetch it."""


def inputs(root: Path) -> tuple[str, ...]:
    """What decides whether it has to be fetched anew."""
    return tuple((root / "tools" / NAME / name).read_text() for name in ("pom.xml", "SHA256SUMS"))


def no_java() -> str | None:
    """Why nothing that needs Java can run here; None where it can."""
    java = shutil.which("java")
    if not java:
        return f"there is no Java ({MINIMUM_JAVA} or newer) in PATH"
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    # macOS has a `java` that only says that there is none; before Java 9 the version began with 1.
    found = re.search(r'version "(\d+)', done.stderr)
    if done.returncode or not found:
        return f"{java} does not say its version"
    if int(found[1]) < MINIMUM_JAVA:
        return f"{java} is older than Java {MINIMUM_JAVA}"
    return None


def obstacle() -> str | None:
    """Why it is not installed on this machine, in one line; None where it can be."""
    if system() not in SYSTEMS:
        why: str | None = f"it is not published for {system()}"
    else:
        why = no_java()
        if not why and not shutil.which("mvn"):
            why = "there is no Maven (mvn) in PATH"
    return f"{why}; {SKIPPED}" if why else None


def install(root: Path, tools: Path) -> str:
    """Fetch it into `.tools/dynamodb-local`; return how in a few words.

    Raises
    ------
    UnreachableError
        Maven could not fetch it.
    DynamoDBLocalError
        What Maven fetched is not what is locked; nothing of it is left.
    """
    target = tools / NAME
    shutil.rmtree(target, ignore_errors=True)
    tools.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tools) as folder:
        fetched = fetch(root, Path(folder) / "lib")
        verify(fetched, root / "tools" / NAME / "SHA256SUMS")
        fetched.rename(target)
    return f"fetched, {len(list(target.iterdir()))} files verified"


def fetch(root: Path, folder: Path) -> Path:
    """Have Maven put the JARs and native libraries into `folder`, by its cache where it can."""
    done = subprocess.run(
        [
            *("mvn", "--batch-mode", "--quiet", "--strict-checksums"),
            *("--file", str(root / "tools" / NAME / "pom.xml")),
            "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies",
            *("-DincludeScope=runtime", f"-DoutputDirectory={folder}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        reason = said[0].removeprefix("[ERROR]").strip() if said else f"exit {done.returncode}"
        raise UnreachableError(f"Maven could not fetch it ({reason[:200]}); {SKIPPED}")
    return folder


def verify(folder: Path, sums: Path) -> None:
    """Check that `folder` holds exactly the files that `sums` lists ("<sha256>  <name>" lines).

    Raises
    ------
    DynamoDBLocalError
        A file differs, is missing, or is not listed.
    """
    locked = {name: digest for digest, name in map(str.split, sums.read_text().splitlines())}
    found = digests(folder)
    for name in sorted(locked.keys() | found.keys()):
        if name not in found:
            raise DynamoDBLocalError(f"Maven fetched no {name}, which {sums} lists")
        if name not in locked:
            raise DynamoDBLocalError(f"{name} is not in {sums}")
        if found[name] != locked[name]:
            raise DynamoDBLocalError(
                f"{name} has SHA-256 {found[name]}, its lock says {locked[name]}.\n"
                "  Remove it from Maven's cache (~/.m2/repository) and run `make setup` again."
            )


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file, by its name."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
    }


def lock(root: Path) -> None:
    """Write SHA256SUMS anew, of what the pom asks for now."""
    with tempfile.TemporaryDirectory() as folder:
        found = digests(fetch(root, Path(folder) / "lib"))
    lines = [f"{digest}  {name}\n" for name, digest in found.items()]
    (root / "tools" / NAME / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    try:
        lock(ROOT)
    except UnreachableError as unreachable:
        sys.exit(f"lock: {unreachable}")
