"""How an emulator's process begins, on a free port, comes to answer, and ends."""

from __future__ import annotations

from pathlib import Path

from codegen.errors import BatonError
from codegen.settings import Environment
from pipeline.target.local import engine, ports, process
from pipeline.target.local.home import LocalHome, Named, Record
from pipeline.target.local.ministack.pinned import ENGINE
from pipeline.target.local.ministack.snapshots import Snapshots

START_PATIENCE_SECONDS = 20.0  # 0.4 s on a quiet machine
STOP_PATIENCE_SECONDS = 10.0  # writing the state takes up to 3 s
PORT_PATIENCE_SECONDS = 2.0
LOG_LINES_SHOWN = 15


def launch(environment: Environment, home: LocalHome, python: Path) -> None:
    """Start it and wait until it answers; BatonError where its port is taken, or it does not."""
    port = home.wanted_port(environment)
    folder = home.folder(environment)
    state = _state(environment, home)
    for each in (folder / "tmp", state):
        home.make(each)
    with ports.claimed(port):  # until it listens: another checkout may be starting one there
        _require_free(port, environment, home)
        pid = process.spawn(
            [python, engine.LAUNCH],
            engine.process_environment(environment, folder, port, state, home.secret_file),
            cwd=folder,
            log=home.log(environment),
        )
        identity = process.identity(pid)
        home.remember(environment, Record(port=port, pid=pid, identity=identity, engine=ENGINE))
        wait_for_answer(environment, home)


def lost(environment: Named, home: LocalHome) -> str:
    """What it has cost that the process was killed, in words."""
    return Snapshots(_state(environment, home)).lost()


def _state(environment: Named, home: LocalHome) -> Path:
    return home.folder(environment) / f"state-{ENGINE}"


def wait_for_answer(environment: Named, home: LocalHome) -> None:
    """Wait until it answers; one that does not is ended, and BatonError shows what it has said."""
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
    end(environment, home)
    log = home.log(environment)
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:] if log.exists() else []
    what = "ended at once" if ended else f"did not answer in {START_PATIENCE_SECONDS:.0f} s"
    raise BatonError(
        f"the emulator of {environment.name} (port {port}) {what}; the end of {log}:\n"
        + "\n".join(f"  {line}" for line in lines or ["(nothing)"]),
        f"./baton local start; if it fails again: ./baton local reset {environment.name}",
    )


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


def end(environment: Named, home: LocalHome) -> str:
    """End the process if it runs; what there is to say about it."""
    record = home.record(environment)
    if record is None or record.pid is None:
        return ""
    note = ""
    if not process.alive(record.pid, record.identity):
        note = f"its process was killed; {lost(environment, home)}"
    elif not process.end(record.pid, record.identity or "", STOP_PATIENCE_SECONDS):
        note = (
            f"did not stop in {STOP_PATIENCE_SECONDS:.0f} s and was killed; "
            f"{lost(environment, home)}"
        )
    home.remember(environment, Record(port=record.port, engine=record.engine))
    return note
