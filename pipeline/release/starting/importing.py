"""Imports a function's handler in a clean process of this machine's Python."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from codegen.files import read_if_there
from pipeline.release.starting.functions import PythonFunction

PATIENCE_SECONDS = 30  # Lambda's own limit is 10, on a machine that does nothing else
PROBE = Path(__file__).with_name("probe.py")
# A port that nothing listens on: whatever a module connects to while it is imported, it is refused.
NOWHERE = "http://127.0.0.1:9"
# What Lambda's Python has besides the standard library, as far as Baton has it too.
BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")


@dataclass(frozen=True)
class Answer:
    """What came of an import.

    Attributes
    ----------
    outcome:
        As in `probe.py`; or `killed`, `hangs`.
    what:
        The exception's words.
    name:
        The module that an import did not find, or did not find something in.
    frames:
        File and line of each call, outermost first.
    known:
        The names in the module that can be called.
    defines:
        Whether the module's text has the attribute, where the import did not come to its end.
    """

    outcome: str
    what: str = ""
    name: str = ""
    frames: tuple[tuple[str, int], ...] = ()
    known: tuple[str, ...] = ()
    defines: bool = True


ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True)
class Room:
    """The folders that stand for Lambda's `/var/task`, `/opt` and `/var/runtime`."""

    task: Path
    opt: Path
    runtime: Path
    home: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", self.task.parent)

    @property
    def path(self) -> list[str]:
        """Where modules are looked for, before the standard library."""
        major, minor = sys.version_info[:2]
        packages = self.opt / "python/lib" / f"python{major}.{minor}" / "site-packages"
        return [str(each) for each in (self.task, packages, self.opt / "python", self.runtime)]


def unpack(data: bytes, folder: Path) -> None:
    """Unpack a zip as Lambda does: what comes later replaces what is there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)


def link_boto3(folder: Path) -> None:
    """Put what Lambda's Python has into a folder, and no other package of Baton's."""
    import boto3

    folder.mkdir(parents=True)
    installed = Path(boto3.__file__).parents[1]
    for name in BOTO3:
        for found in (installed / name, installed / f"{name}.py"):
            if found.exists():
                (folder / found.name).symlink_to(found)


def imported(function: PythonFunction, room: Room) -> Answer:
    """Import a function's handler.

    Parameters
    ----------
    room:
        Has its code and its layers.
    """
    module, _, attribute = function.handler.rpartition(".")
    answer = room.home / "answer.json"
    request = {"module": module.replace("/", "."), "attribute": attribute, "answer": str(answer)}
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", str(PROBE), json.dumps({**request, "path": room.path})],
        cwd=room.task,
        env=_environment(function, room),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return Answer("hangs", f"its import did not end within {PATIENCE_SECONDS} s")
    finally:  # what it has started ends with it
        _end(child)
    try:
        return ANSWER.validate_json(read_if_there(answer) or b"")
    except ValidationError:
        return Answer("killed", _cause(child.returncode))


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        child.wait()


def _cause(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name} ended the process that imported it"
    return f"the process that imported it ended with exit code {code}"


def _environment(function: PythonFunction, room: Room) -> Mapping[str, str]:
    """What Lambda sets, and the function's own; no credentials, and no address that answers."""
    own = {n: v for n, v in function.variables.items() if not n.startswith(("AWS_", "PYTHON"))}
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **own,
        "PATH": os.defpath,
        "HOME": str(room.home),
        "TMPDIR": str(room.home),
        "LAMBDA_TASK_ROOT": str(room.task),
        "LAMBDA_RUNTIME_DIR": str(room.runtime),
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.resource,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.resource}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "import",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ENDPOINT_URL": NOWHERE,
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE),
    }
