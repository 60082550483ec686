"""Who holds a lock: what its content says, and whether that process is still there."""

from __future__ import annotations

import datetime
import os
import socket
import uuid
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.checkout import run_address, whoami
from pipeline.target.local import process


class Holder(BaseModel):
    """A run that holds a lock, as the lock itself tells of it.

    Parameters
    ----------
    token:
        Random: it tells this run from every other.
    command, who, started:
        What it does, for whom, and since when (UTC).
    host, pid:
        Where, for people.
    machine, process:
        What tells that machine and that process from all others; empty where nothing does.
    run:
        Where its log is, as an address; empty on a person's machine.
    lease_seconds:
        For how long it may be silent before it counts as dead.
    renewed:
        How often it has said that it is alive: no two contents are the same.
    tool, tool_pid:
        The tool that it waits for.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    token: str = ""
    command: str = "an unknown command"
    who: str = "somebody"
    started: str = "an unknown time"
    host: str = "an unknown machine"
    pid: int = 0
    machine: str = ""
    process: str = ""
    run: str = ""
    lease_seconds: float = 60.0
    renewed: int = 0
    tool: str = ""
    tool_pid: int = 0

    @classmethod
    def here(cls, command: str, lease_seconds: float) -> Holder:
        """This process."""
        now = datetime.datetime.now(datetime.UTC)
        return cls(
            token=uuid.uuid4().hex,
            command=command,
            who=whoami(),
            started=now.isoformat(sep=" ", timespec="seconds"),
            host=socket.gethostname(),
            pid=os.getpid(),
            machine=this_machine(),
            process=process.identity(os.getpid()) or "",
            run=run_address(),
            lease_seconds=lease_seconds,
        )

    @classmethod
    def read(cls, content: bytes) -> Holder | None:
        """Who a lock's content tells of: None where it is empty, somebody where it is garbled."""
        if not content.strip():
            return None
        try:
            return cls.model_validate_json(content)
        except ValidationError:
            return cls()

    def to_bytes(self) -> bytes:
        """The content of a lock."""
        return self.model_dump_json(indent=1).encode() + b"\n"

    @property
    def is_gone(self) -> bool:
        """Whether its process has ended, as far as that can be told from here: on its machine."""
        if not self.machine or not self.process or self.machine != this_machine():
            return False
        return not process.alive(self.pid, self.process)

    def __str__(self) -> str:
        where = f", {self.run}" if self.run else ""
        return (
            f"`baton {self.command}` of {self.who} "
            f"(process {self.pid} on {self.host}, since {self.started}{where})"
        )


def this_machine() -> str:
    """What tells this start of this machine, and its space of process ids, from all others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # containers share the boot, and may share the name, but not the process ids
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:  # no Linux: only observation tells then
        return ""
    return f"{socket.gethostname()} {boot} {space}"
