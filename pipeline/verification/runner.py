"""Runs the executable `sam-app/verify` of an unpacked release against what is deployed."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from codegen.project import VERIFY
from pipeline.adapters import process, streaming
from pipeline.verification.checks import Check, Report, parse, report

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.adapters.sam import Stack
    from pipeline.target import Target

# An event source mapping may take minutes until it polls, and a function runs up to 15 minutes.
TIMEOUT_S = 1800.0
NEXT = "see docs/verify.md; correct it, ./baton build, and promote that"


@dataclass(frozen=True)
class Deployment:
    """What is verified.

    Parameters
    ----------
    target, environment:
        Where it is deployed.
    stack:
        The deployed stack, with its outputs.
    parameters:
        What the stack was given.
    """

    target: Target
    environment: Environment
    stack: Stack
    parameters: Mapping[str, str]

    def document(self) -> dict[str, object]:
        """What `verify` is given, as JSON."""
        return {
            "environment": self.environment.name,
            "stack": self.environment.stack_name,
            "account_id": self.environment.account_id,
            "region": self.environment.region,
            "target": self.target.name,
            "outputs": dict(self.stack.outputs),
            "parameters": dict(self.parameters),
        }

    def variables(self) -> dict[str, str]:
        """The environment variables of `verify`: as of any tool, and Baton's own Python first."""
        found = self.target.child(self.environment)
        own = str(Path(sys.executable).parent)  # `env python3` finds the one that has boto3
        found["PATH"] = os.pathsep.join([own, found["PATH"]])
        found |= dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), self.environment.region)
        # the release's own files only, and nothing of the checkout that Baton runs from
        return {name: value for name, value in found.items() if not name.startswith("PYTHON")}


def log_of(work: Path, target: Target) -> Path:
    """The file with all that `verify` printed; that of a fall back is beside the first one's."""
    return target.checkout.log(work.name, "verify")


def run_verify(
    work: Path, deployment: Deployment, say: Callable[[str], None], failing: Callable[[], str]
) -> Report:
    """Run the `verify` of an unpacked release.

    Parameters
    ----------
    work:
        The unpacked release.
    say:
        Gets each line that it prints on stderr.
    failing:
        Asked all the time: which function has failed since the deployment, empty while none has.
        The first failure ends `verify`.

    Raises
    ------
    NotStartedError
        It cannot be executed.
    Interrupted
        Ctrl-C or SIGTERM arrived; it has ended.
    """
    executable = work / VERIFY
    ends_at = time.monotonic() + TIMEOUT_S

    def stop() -> str:
        if time.monotonic() >= ends_at:
            return f"it did not end within {TIMEOUT_S / 60:g} minutes"
        return failing()

    with _log(log_of(work, deployment.target)) as log, _given(work, deployment) as file:
        output = _Output(log, say)
        try:
            ended = streaming.run(
                [executable, file],
                cwd=executable.parent,
                env=deployment.variables(),
                out=output.out,
                err=output.err,
                stop=stop,
                patience_s=process.INTERRUPT_PATIENCE_SECONDS,
            )
        except streaming.NotStartedError as error:
            raise error.extended(error.message, NEXT) from error
    return report(output.said, ended.code, ended.why, killed=ended.killed)


@dataclass(frozen=True)
class _Output:
    """Takes the lines of a `verify`: all are logged, talk is shown, the rest is parsed."""

    log: IO[bytes]
    say: Callable[[str], None]
    said: list[Check | str] = field(default_factory=list)

    def out(self, line: bytes) -> None:
        self.log.write(line + b"\n")
        if line.strip():
            self.said.append(parse(line))

    def err(self, line: bytes) -> None:
        self.log.write(line + b"\n")
        self.say(f"verify: {line.decode(errors='replace')}")


def _log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a new file: a copy of the folder may share the old one
    return path.open("wb", buffering=0)


@contextmanager
def _given(work: Path, deployment: Deployment) -> Iterator[Path]:
    """A private file with what `verify` is given, for as long as that runs."""
    handle, name = tempfile.mkstemp(prefix=".verify-", suffix=".json", dir=work)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(deployment.document(), indent=1))
        yield path
    finally:
        path.unlink(missing_ok=True)
