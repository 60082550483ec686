"""The command to begin with, where an environment has no release yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from codegen.errors import BatonError, Interrupted
from pipeline.adapters.store import ArtifactStore
from pipeline.records.history import read_history
from pipeline.records.record import last_verified
from pipeline.release.build import last_built

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

BUILD = "./baton build"


def first_command(
    name: str,
    promoted_from: Mapping[str, str | None],
    has_verified: Callable[[str], bool],
    built: bool,
) -> str:
    """The first command on the way of a release to an environment that can be run now (pure).

    Parameters
    ----------
    name:
        The environment.
    promoted_from:
        Environment → the one below it; None for the first.
    has_verified:
        Whether an environment has a release for the one above it.
    built:
        Whether a release was built on this machine.
    """
    below = promoted_from[name]
    while below is not None and not has_verified(below):
        name, below = below, promoted_from[below]
    return BUILD if below is None and not built else f"./baton promote {name}"


def next_command(checkout: Checkout, target: Target, environment: Environment) -> str:
    """The same, read from the records of the environments below and from this machine.

    An environment that cannot be read is taken to have a release: to promote it then says more.
    """
    known = {each.name: each for each in checkout.environments()}

    def has_verified(name: str) -> bool:
        try:
            store = ArtifactStore(target.session(known[name]), known[name])
            return last_verified(read_history(store)) is not None
        except Interrupted:
            raise
        except BatonError:
            return True

    promoted_from = {name: each.promoted_from for name, each in known.items()}
    built = last_built(checkout) is not None
    return first_command(environment.name, promoted_from, has_verified, built)
