"""Renews a lease beside what a run does: the waiting for a tool takes longer than a lease."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from codegen.errors import BatonError
from pipeline.locking.lease import Lease, LeaseLostError

RENEWALS = 4  # so many in the length of the lease: it outlives a few that fail


@contextmanager
def renewed(lease: Lease) -> Iterator[None]:
    """Renew a lease that was taken, in a thread, until the block ends."""
    ended = threading.Event()
    every_seconds = lease.seconds / RENEWALS

    def renew() -> None:
        pause = every_seconds
        while not ended.wait(pause):
            pause = every_seconds
            try:
                lease.renew()
            except LeaseLostError:  # whoever changes something next is told by `check`
                return
            except BatonError:
                pause = every_seconds / 5

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
