"""One run at a time that changes an environment: on this machine, and between machines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.errors import BatonError
from pipeline.adapters.aws import check_account
from pipeline.adapters.bucket import Bucket
from pipeline.checkout import Checkout
from pipeline.locking.holder import Holder
from pipeline.locking.lease import Lease
from pipeline.locking.lease_object import LeaseObject
from pipeline.locking.machine import machine_lock
from pipeline.locking.renewal import renewed

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.target import Target


LEASE_SECONDS = 60.0  # how long a run may be silent before it counts as dead


class Alone:
    """What a run holds.

    Parameters
    ----------
    died:
        The run before on this machine, where it did not end in order.
    """

    def __init__(self, environment: Environment, holder: Holder, died: Holder | None) -> None:
        self.died = died
        self._environment = environment
        self._holder = holder
        self._lease: Lease | None = None
        self._wanted: Callable[[], Lease | None] = lambda: None
        self._held = ExitStack()

    def check(self) -> None:
        """Make sure that nobody else is at work, before something is changed.

        Raises
        ------
        LeaseLostError
            The lease was lost, and somebody else may be at work.
        BatonError
            The bucket of the lease is there by now, and somebody else holds it.
        """
        if self._lease is None:
            self._take()
        else:
            self._lease.check()

    def take_lease(self, target: Target, say: Callable[[str], None]) -> None:
        """Take the lease, where there is a bucket for it: before the first apply there is none.

        Raises
        ------
        BatonError
            Another run holds it, or the environment's account is another one, or does not answer.
        """
        session = target.session(self._environment)
        check_account(session, self._environment)
        bucket = Bucket(session, self._environment, self._environment.artifact_bucket)

        def take() -> Lease | None:
            if not bucket.exists():
                return None
            store = LeaseObject(session, self._environment)
            lease = Lease(store, self._environment.name, self._holder)
            lease.take(say, time.sleep)
            return lease

        self._wanted = take
        self._take()

    def _take(self) -> None:
        self._lease = self._wanted()
        if self._lease is not None:
            self._held.callback(_release, self._lease)
            self._held.enter_context(renewed(self._lease))

    def give_lease_back(self) -> None:
        """For whoever removes the bucket itself; it is not taken again."""
        self._wanted = lambda: None
        self._lease = None
        self._held.close()


@contextmanager
def alone(
    target: Target,
    environment: Environment,
    command: str,
    say: Callable[[str], None] = lambda _: None,
    *,
    lease: bool = True,
) -> Iterator[Alone]:
    """Let nobody else change the environment meanwhile.

    Parameters
    ----------
    target:
        Where the environment is, and whose home has this machine's lock.
    command:
        What is done, for whoever is refused: "promote dev".
    say:
        Told where it takes time to find out whether another run is alive.
    lease:
        False for what changes nothing in AWS: it keeps this machine's lock only.

    Raises
    ------
    BatonError
        Another run that changes this environment is at work; or the environment's account is
        another one, or does not answer.
    """
    holder = Holder.here(command, LEASE_SECONDS)
    file = lock_file(target.checkout, environment.name)
    with machine_lock(file, environment.name, holder) as died:
        held = Alone(environment, holder, died)
        try:
            if lease:
                held.take_lease(target, say)
            yield held
        finally:
            held.give_lease_back()


def lock_file(checkout: Checkout, environment: str) -> Path:
    """Where this machine's lock of an environment is."""
    return checkout.home / "work" / f"{environment}.lock"


def _release(lease: Lease) -> None:
    try:
        lease.release()
    except BatonError:  # it ends by itself; what the run has done, or failed at, is what counts
        return
