"""Several slow readings at once, and an end to them all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def all_within(
    seconds: float, names: Sequence[str], read: Callable[[str], T], *, at_once: int
) -> dict[str, T]:
    """Read what is named, and wait for it for so long.

    Not by a ThreadPoolExecutor: Python waits for its threads at exit, so that after Ctrl-C, or
    when the time is up, one connection that hangs would keep the command from ending.

    Parameters
    ----------
    seconds:
        For all of them together.
    names:
        What to read.
    read:
        Reads one. What it raises is raised here.
    at_once:
        How many are read at the same time, at most.

    Returns
    -------
    dict
        Name → what was read, in the order of `names`. One that did not come in time is not in it.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    futures: dict[str, Future[T]] = {name: Future() for name in names}
    for name in futures:
        waiting.put(name)

    def work() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except Empty:
                return
            try:
                futures[name].set_result(read(name))
            except BaseException as error:  # noqa: BLE001  (raised again where it is waited for)
                futures[name].set_exception(error)

    for _ in range(min(len(futures), at_once)):
        threading.Thread(target=work, daemon=True).start()
    return dict(_arrived(futures, time.monotonic() + seconds))


def _arrived(futures: dict[str, Future[T]], ends: float) -> list[tuple[str, T]]:
    found = []
    for name, future in futures.items():
        try:
            found.append((name, future.result(max(0.0, ends - time.monotonic()))))
        except TimeoutError:
            if future.done():  # its own, and not that of waiting
                raise
    return found
