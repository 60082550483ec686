"""One run at a time that changes an environment, on this machine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codegen.errors import BatonError

if TYPE_CHECKING:
    from pipeline.checkout import Checkout


@contextmanager
def alone(checkout: Checkout, environment: str) -> Iterator[None]:
    """Hold the environment's lock; the system frees it when its holder dies.

    Parameters
    ----------
    checkout:
        Whose home holds the lock.
    environment:
        The environment's name.

    Raises
    ------
    BatonError
        Another run that changes this environment is at work here.
    """
    file = checkout.home / "work" / f"{environment}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BatonError(
                f"another run is changing {environment} from this checkout", "wait for its end"
            ) from error
        yield
