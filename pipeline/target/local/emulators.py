"""The emulators of the local target: a MiniStack process per environment.

Each has its own port, account and state, listens on the loopback interface only, enforces IAM, and
outlives the command that started it. State is saved soon after each change and when the process is
stopped, and read when it is started again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from codegen.errors import BatonError
from codegen.settings import Environment
from pipeline.target.local import engine, lifecycle, process
from pipeline.target.local.home import LocalHome, Named
from pipeline.target.local.ministack.pinned import ENGINE
from pipeline.target.local.profiles import lead_nowhere, write_profiles

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
    """Stop the emulators that run; each writes its state first. Their profiles lead nowhere."""
    with _unreachable(environments, home):
        return _for_each(environments, lambda each: _stop(each, home))


def status(environments: Sequence[Named], home: LocalHome) -> list[EmulatorStatus]:
    """How the emulators are. The profiles of those that have died lead nowhere from then on."""
    found = _for_each(environments, lambda each: _status(each, home))
    dead = {each.environment for each in found if each.state == "dead"}
    lead_nowhere([each for each in environments if each.name in dead], home)
    return found


def reset(environments: Sequence[Named], home: LocalHome) -> list[EmulatorStatus]:
    """Stop the emulators and delete all that was in them; they keep their ports.

    One whose environment is gone is forgotten.
    """
    with _unreachable(environments, home):
        return _for_each(environments, lambda each: _reset(each, home))


@contextmanager
def _unreachable(environments: Sequence[Named], home: LocalHome) -> Iterator[None]:
    """While they end and after it: their ports are free before their processes are gone."""
    lead_nowhere(environments, home)
    try:
        yield
    finally:
        lead_nowhere(environments, home)  # another command may have written the profiles meanwhile


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
        note = f"its process was killed; {lifecycle.lost(environment, home)}"
        if record and record.engine not in (None, ENGINE):
            lifecycle.end(environment, home)
            note = f"it was {record.engine}, whose state is left aside: this is {ENGINE}, empty"
        elif before.state == "running":
            moves = home.wanted_port(environment) != before.port
            note = "it runs already: BATON_LOCAL_PORT counts at its next start" if moves else ""
            return replace(before, note=note)
        elif before.state == "unhealthy":
            # another command may have started it just now
            lifecycle.wait_for_answer(environment, home)
            return _status(environment, home)
        elif before.state == "stopped":
            note = ""
        lifecycle.launch(environment, home, python)
        return _status(environment, home, note)


def _stop(environment: Named, home: LocalHome) -> EmulatorStatus:
    with home.locked(environment):
        return _status(environment, home, lifecycle.end(environment, home))


def _reset(environment: Named, home: LocalHome) -> EmulatorStatus:
    with home.locked(environment):
        note = _end_or_forget(environment, home)
        folder = home.folder(environment)
        for each in [*folder.glob("state-*"), folder / "tmp"]:
            if each.exists():
                shutil.rmtree(each)
        home.log(environment).unlink(missing_ok=True)
        status = _status(environment, home, note)
        if home.environments and environment not in home.environments:
            home.forget(environment)
        return status


def _end_or_forget(environment: Named, home: LocalHome) -> str:
    try:
        return lifecycle.end(environment, home)
    except BatonError:  # of its record, which is all that can be wrong
        home.forget(environment)
        return (
            "what was remembered of it could not be understood: if it still runs, end it yourself"
        )
