"""The emulators of the local target: a MiniStack process per environment.

Each has its own port, account and state, listens on the loopback interface only, enforces IAM, and
outlives the command that started it. State is written when the process is stopped, and read when it
is started again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from codegen.errors import BatonError
from codegen.settings import Environment
from pipeline.local import engine, ports, process
from pipeline.local.home import LocalHome, Named, Record
from pipeline.local.ministack.pinned import ENGINE
from pipeline.local.profiles import write_profiles

START_PATIENCE_SECONDS = 20.0  # 0.4 s on a quiet machine
STOP_PATIENCE_SECONDS = 10.0  # writing the state takes up to 3 s
PORT_PATIENCE_SECONDS = 2.0
LOG_LINES_SHOWN = 15

State = Literal["running", "stopped", "dead", "unhealthy"]
AnyOf = TypeVar("AnyOf", bound=Named)


@dataclass(frozen=True)
class EmulatorStatus:
    """How an environment's emulator is.

    `dead`: it was started and its process is gone, without a stop. `unhealthy`: its process runs,
    and does not answer. `note` says what a user should know of what was done.
    """

    environment: str
    account_id: str
    port: int
    endpoint: str
    pid: int | None
    state: State
    note: str = ""


def start(
    environments: Sequence[Environment], home: LocalHome, python: Path
) -> list[EmulatorStatus]:
    """Start the emulators that do not run, all at the same time, and write the AWS profiles.

    Parameters
    ----------
    environments:
        Which ones.
    home:
        Where they live.
    python:
        MiniStack's own interpreter.

    Raises
    ------
    BatonError
        MiniStack is not installed, a port is taken, or an emulator does not answer in time. The
        others are started all the same.
    """
    if not python.is_file():
        raise BatonError(f"MiniStack is not installed: there is no {python}", "make setup")
    try:
        return _for_each(environments, lambda each: _start(each, home, python))
    finally:
        write_profiles(home)


def stop(environments: Sequence[Named], home: LocalHome) -> list[EmulatorStatus]:
    """Stop the emulators that run; each writes its state first, its profile leads nowhere then."""
    try:
        return _for_each(environments, lambda each: _stop(each, home))
    finally:
        write_profiles(home)


def status(environments: Sequence[Named], home: LocalHome) -> list[EmulatorStatus]:
    """How the emulators are; changes nothing."""
    return _for_each(environments, lambda each: _status(each, home))


def reset(environments: Sequence[Named], home: LocalHome) -> list[EmulatorStatus]:
    """Stop the emulators and delete all that was in them; they keep their ports.

    One whose environment is gone is forgotten.
    """
    try:
        return _for_each(environments, lambda each: _reset(each, home))
    finally:
        write_profiles(home)


def _for_each(
    environments: Sequence[AnyOf], action: Callable[[AnyOf], EmulatorStatus]
) -> list[EmulatorStatus]:
    """Do it for all at once; raise what failed only when all have ended."""
    if not environments:
        return []
    with ThreadPoolExecutor(len(environments)) as pool:
        futures = [pool.submit(action, environment) for environment in environments]
    errors = [error for future in futures if (error := future.exception()) is not None]
    known = [error for error in errors if isinstance(error, BatonError)]
    if len(known) < len(errors):
        raise next(error for error in errors if not isinstance(error, BatonError))
    if len(known) == 1:
        raise known[0]
    if known:
        raise BatonError("\n".join(error.message for error in known), known[0].remedy)
    return [future.result() for future in futures]


def _status(environment: Named, home: LocalHome, note: str = "") -> EmulatorStatus:
    record = home.record(environment)
    pid = record.pid if record else None
    state: State = "stopped"
    if record and pid is not None:
        if not process.alive(pid, record.identity):
            state, pid = "dead", None
        else:
            state = "running" if engine.answers(record.port) else "unhealthy"
    return EmulatorStatus(
        environment=environment.name,
        account_id=home.account(environment),
        port=home.port(environment),
        endpoint=home.endpoint(environment),
        pid=pid,
        state=state,
        note=note,
    )


def _start(environment: Environment, home: LocalHome, python: Path) -> EmulatorStatus:
    with home.locked(environment):
        before = _status(environment, home)
        record = home.record(environment)
        note = "its process was gone: it goes on with the state of its last stop"
        if record and before.pid is not None and record.engine != ENGINE:
            _end(environment, home)
            note = f"it was {record.engine}, whose state is left aside: this is {ENGINE}, empty"
        elif before.state == "running":
            return before
        elif before.state == "unhealthy":
            _wait_for_answer(environment, home)  # another command may have started it just now
            return _status(environment, home)
        elif before.state == "stopped":
            note = ""
        _launch(environment, home, python)
        return _status(environment, home, note)


def _launch(environment: Environment, home: LocalHome, python: Path) -> None:
    port = home.wanted_port(environment)
    _require_free(port, environment, home)
    folder = home.folder(environment)
    state = folder / f"state-{ENGINE}"
    for each in (folder / "tmp", state):
        each.mkdir(parents=True, exist_ok=True)
    pid = process.spawn(
        [python, engine.LAUNCH],
        engine.process_environment(environment, folder, port, state),
        cwd=folder,
        log=home.log(environment),
    )
    identity = process.identity(pid)
    home.remember(environment, Record(port=port, pid=pid, identity=identity, engine=ENGINE))
    _wait_for_answer(environment, home)


def _wait_for_answer(environment: Named, home: LocalHome) -> None:
    record = home.record(environment)
    if record is None or record.pid is None:
        return
    pid, identity, port = record.pid, record.identity, record.port

    def settled() -> bool:
        return not process.alive(pid, identity) or engine.answers(port)

    process.wait_until(settled, START_PATIENCE_SECONDS)
    if process.alive(pid, identity) and engine.answers(port):
        return
    ended = not process.alive(pid, identity)
    _end(environment, home)
    log = home.log(environment)
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:] if log.exists() else []
    what = "ended at once" if ended else f"did not answer in {START_PATIENCE_SECONDS:.0f} s"
    raise BatonError(
        f"the emulator of {environment.name} (port {port}) {what}; the end of {log}:\n"
        + "\n".join(f"  {line}" for line in lines or ["(nothing)"]),
        f"./baton local start; if it fails again: ./baton local reset {environment.name}",
    )


def _stop(environment: Named, home: LocalHome) -> EmulatorStatus:
    with home.locked(environment):
        return _status(environment, home, _end(environment, home))


def _end(environment: Named, home: LocalHome) -> str:
    """End the process if it runs; what there is to say about it."""
    record = home.record(environment)
    if record is None or record.pid is None:
        return ""
    note = ""
    if not process.alive(record.pid, record.identity):
        note = "its process was gone already: what it had not written is lost"
    elif not process.end(record.pid, record.identity or "", STOP_PATIENCE_SECONDS):
        note = (
            f"did not stop in {STOP_PATIENCE_SECONDS:.0f} s and was killed: "
            "what it had not written is lost"
        )
    home.remember(environment, Record(port=record.port, engine=record.engine))
    return note


def _reset(environment: Named, home: LocalHome) -> EmulatorStatus:
    with home.locked(environment):
        _end(environment, home)
        folder = home.folder(environment)
        for each in [*folder.glob("state-*"), folder / "tmp"]:
            if each.exists():
                shutil.rmtree(each)
        home.log(environment).unlink(missing_ok=True)
        status = _status(environment, home)
        if home.environments and environment not in home.environments:
            home.forget(environment)
        return status


def _require_free(port: int, environment: Environment, home: LocalHome) -> None:
    # a process that was killed a moment ago holds its port until its last thread is gone
    if process.wait_until(lambda: ports.is_free(port), PORT_PATIENCE_SECONDS):
        return
    place = home.environments.index(environment)
    elsewhere = ports.free_row(port + 100 - place, len(home.environments))
    raise BatonError(
        f"port {port}, of the emulator of {environment.name}, is taken by {ports.owner(port)}",
        f"BATON_LOCAL_PORT={elsewhere} ./baton local start",
    )
