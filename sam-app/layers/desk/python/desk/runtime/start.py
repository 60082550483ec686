"""A function's start: much is loaded, and all of it stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Keep the garbage collector away while modules are loaded and clients are made.

    That makes hundreds of thousands of objects and next to no garbage, yet each collection looks
    through all of them: together a third of a cold start. What has been made by the end is left
    out of later collections too, so that no invocation pays for it either.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
