"""Where the emulators live on this machine, and what is remembered about each."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from codegen.errors import BatonError, UsageError
from codegen.files import write_private
from codegen.settings import Environment
from pipeline.target.local import private, process

DEFAULT_PORT = 4610
LOOPBACK = "127.0.0.1"  # by number: for an address the AWS SDKs use path-style S3 by themselves


class Record(BaseModel):
    """What is remembered of an environment's emulator, over its stops."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    port: int
    pid: int | None = None  # None: stopped in order, or never started
    identity: str | None = None  # of the process, so that a recycled pid is not taken for it
    engine: str | None = None  # version and patch level it was started with
    folder: str | None = None  # the folder it was written into: a copy of that is another's


class Named(Protocol):
    """An environment, as much of it as its emulator is found by."""

    @property
    def name(self) -> str:
        """Its name, which is its folder's."""


@dataclass(frozen=True)
class Gone:
    """An environment that has an emulator, and no settings that could be read."""

    name: str


@dataclass(frozen=True)
class LocalHome:
    """The folder of the local target.

    Parameters
    ----------
    root:
        Holds `local/<env>/` for each emulator and `local/aws/` with the profiles.
    environments:
        All environments of the project, in the order of `load_all`: an emulator's port is the
        base port plus its environment's place here.
    base_port:
        The port of the first environment. None: what was recorded, else the default; a number
        overrides what was recorded, when an emulator is started.
    """

    root: Path
    environments: tuple[Environment, ...]
    base_port: int | None = None

    @classmethod
    def find(
        cls,
        root: Path,
        environments: tuple[Environment, ...],
        environ: Mapping[str, str] = os.environ,
    ) -> LocalHome:
        """The home in a checkout's, with the base port that $BATON_LOCAL_PORT names.

        Raises
        ------
        UsageError
            $BATON_LOCAL_PORT is no port, or leaves no room for every environment.
        """
        asked = environ.get("BATON_LOCAL_PORT")
        if not asked:
            return cls(root, environments)
        if not asked.isdecimal() or not 1024 <= int(asked) <= 65536 - len(environments):
            raise UsageError(
                f"BATON_LOCAL_PORT is {asked!r}, which is no port for the first of "
                f"{len(environments)} environments",
                f"choose one from 1024 to {65536 - len(environments)}, such as {DEFAULT_PORT}",
            )
        return cls(root, environments, int(asked))

    def folder(self, environment: Named) -> Path:
        """Everything that belongs to one environment's emulator."""
        return self.root / "local" / environment.name

    def make(self, folder: Path) -> Path:
        """Make a folder of this home; what is in any of them is for the user alone."""
        return private.make(folder, self.root / "local")

    @property
    def secret_file(self) -> Path:
        """The file of the random secret that all credentials of this home are derived from."""
        return private.secret_file(self.root / "local")

    def all(self) -> list[Named]:
        """The environments, in their order, and those that are gone but have an emulator here."""
        known = {each.name for each in self.environments}
        records = sorted((self.root / "local").glob("*/emulator.json"))
        return [
            *self.environments,
            *(Gone(file.parent.name) for file in records if file.parent.name not in known),
        ]

    def account(self, environment: Named) -> str:
        """The account that an environment is; empty where its settings are gone."""
        return next((e.account_id for e in self.environments if e.name == environment.name), "")

    def log(self, environment: Named) -> Path:
        """What the emulator printed since its last start."""
        return self.folder(environment) / "emulator.log"

    @property
    def aws_config(self) -> Path:
        """The AWS configuration file, with a profile per environment."""
        return self.root / "local" / "aws" / "config"

    @property
    def aws_credentials(self) -> Path:
        """The AWS credentials file that goes with it."""
        return self.root / "local" / "aws" / "credentials"

    def port(self, environment: Named) -> int:
        """The recorded port of an environment, or the one it will get."""
        record = self.record(environment)
        return record.port if record else self.wanted_port(environment)

    def wanted_port(self, environment: Named) -> int:
        """The port an emulator is to be started on.

        It is the one it had, or its place in the row, which begins with the lowest port that one
        here has; an environment that was put between others which have their ports already gets
        one that nobody has.
        """
        had = {e.name: record.port for e in self.environments if (record := self.readable(e))}
        first = self.base_port or min(had.values(), default=DEFAULT_PORT)
        row = range(first, first + len(self.environments))
        places = {each.name: row[place] for place, each in enumerate(self.environments)}
        ports = {name: port for name, port in had.items() if self.base_port is None or port in row}
        ports = {name: port for name, port in places.items() if port not in ports.values()} | ports
        left = (port for port in row if port not in ports.values())
        ports |= zip((name for name in places if name not in ports), list(left), strict=False)
        return ports.get(environment.name, first)  # one that is gone will never be started

    def endpoint(self, environment: Named) -> str:
        """The address at which the environment's emulator answers every AWS API."""
        return f"http://{LOOPBACK}:{self.port(environment)}"

    def runs(self, environment: Named) -> bool:
        """Whether the environment's emulator, as this home has started it, is at work.

        What answers on its port is not asked: with this one stopped, another checkout's may have
        taken the port by now, and one emulator answers for any account.
        """
        record = self.readable(environment)
        return record is not None and process.alive(record.pid, record.identity)

    def require_running(self, environment: Named) -> None:
        """Refuse to go on without the environment's own emulator.

        Raises
        ------
        BatonError
            It was never started, was stopped, or has died.
        """
        if not self.runs(environment):
            raise BatonError(
                f"the emulator of {environment.name} does not run",
                f"./baton local start {environment.name}",
            )

    def record(self, environment: Named) -> Record | None:
        """What is remembered of the emulator; None before its first start.

        In a copy of a checkout it runs no longer: the process is the original's.

        Raises
        ------
        BatonError
            The record cannot be understood.
        """
        file = self.folder(environment) / "emulator.json"
        try:
            record = Record.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise BatonError(
                f"{file} cannot be understood ({error.error_count()} problems): "
                "it was not written by this version",
                f"end the emulator of {environment.name} if it runs, and delete the file",
            ) from error
        if record.folder not in (None, _which(file.parent)):
            return Record(port=record.port, engine=record.engine)
        return record

    def readable(self, environment: Named) -> Record | None:
        """The record, where there is one that can be understood."""
        try:
            return self.record(environment)
        except BatonError:
            return None

    def remember(self, environment: Named, record: Record) -> None:
        """Write the record of an emulator."""
        folder = self.make(self.folder(environment))
        own = record.model_copy(update={"folder": _which(folder)})
        write_private(folder / "emulator.json", own.model_dump_json(indent=2).encode() + b"\n")

    def forget(self, environment: Named) -> None:
        """Remember nothing of an emulator, its port neither."""
        (self.folder(environment) / "emulator.json").unlink(missing_ok=True)

    @contextmanager
    def locked(self, environment: Named) -> Iterator[None]:
        """One start, stop or reset of an environment at a time, whichever process asks."""
        folder = self.make(self.folder(environment))
        with (folder / "lock").open("w") as file:
            fcntl.flock(
                file, fcntl.LOCK_EX
            )  # released when the file is closed, or its process ends
            yield


def _which(folder: Path) -> str:
    """What tells a folder from its copies, and is the same after it was moved on its disk."""
    found = folder.stat()
    return f"{found.st_dev}:{found.st_ino}"
