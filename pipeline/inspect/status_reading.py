"""The status of all environments, read side by side from their records and stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from codegen.errors import BatonError, NotEligibleError
from pipeline.adapters.sam import Sam
from pipeline.adapters.store import ArtifactStore
from pipeline.deployed.api_address import OUTPUT
from pipeline.inspect.status import EnvironmentStatus, describe
from pipeline.promotion.choosing import choose
from pipeline.promotion.next_command import first_command
from pipeline.promotion.steps.eligible import NOTHING_BUILT
from pipeline.records.history import read_history
from pipeline.records.record import Record, last_verified, step_back
from pipeline.release.build import last_built

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target


def read_status(
    environments: Sequence[Environment], target: Target, checkout: Checkout, *, whole: bool = False
) -> list[EnvironmentStatus]:
    """The status of all environments, in promotion order, read side by side.

    Parameters
    ----------
    whole:
        Read every record, and hold it against the digest in the one after it; otherwise only the
        newest ones are read.

    Returns
    -------
    list
        One for each environment; `error` says of which the records cannot be read.
    """
    # clients are made one after the other: that is no waiting, and boto3 makes none in two threads
    places = [_place(target, environment) for environment in environments]
    with ThreadPoolExecutor(len(environments)) as pool:
        found = pool.map(lambda place: _read(place, whole), places)
        read = dict(zip((each.name for each in environments), found, strict=True))
    histories = {name: records for name, (records, _) in read.items()}
    below = {each.name: each.promoted_from for each in environments}
    return [
        _status(each, histories, below, last_built(checkout), read[each.name][1])
        for each in environments
    ]


Read = Sequence[Record] | BatonError
Place = tuple[ArtifactStore, Sam] | BatonError


def _place(target: Target, environment: Environment) -> Place:
    try:
        session = target.session(environment)
        return ArtifactStore(session, environment), Sam(session, environment, target)
    except BatonError as error:
        return error


def _read(place: Place, whole: bool) -> tuple[Read, str]:
    """The records of an environment, and its API's address."""
    if isinstance(place, BatonError):
        return place, ""
    store, sam = place
    try:
        records = read_history(store)
        last_verified(records)  # what the status needs is read here, beside the others'
        return (list(records) if whole else records), _address(sam) if records else ""
    except BatonError as error:
        return error, ""


def _address(sam: Sam) -> str:
    try:
        stack = sam.stack()
    except BatonError:  # who may read the records need not be allowed to read the stack
        return ""
    return stack.outputs.get(OUTPUT, "") if stack else ""


def _status(
    environment: Environment,
    histories: Mapping[str, Read],
    below: Mapping[str, str | None],
    built: str | None,
    address: str,
) -> EnvironmentStatus:
    records = histories[environment.name]
    try:
        if isinstance(records, BatonError):
            raise records
        candidate, why_not = _candidate(environment, records, histories, built)
        way_out = _way_out(environment.name, histories, below, built) if not candidate else ""
        return describe(environment, records, candidate, why_not, way_out, address)
    except BatonError as error:
        return EnvironmentStatus(
            environment.name, environment.account_id, error=error.message, remedy=error.remedy
        )


def _candidate(
    environment: Environment,
    here: Sequence[Record],
    histories: Mapping[str, Read],
    built: str | None,
) -> tuple[str | None, str]:
    below = environment.promoted_from
    if below is None:
        return built, "" if built else NOTHING_BUILT
    records = histories[below]
    if isinstance(records, BatonError):
        return None, f"{below}'s records cannot be read"
    try:
        candidate = choose(None, records, below)[0]
        by = step_back(records, here)
        went = "{} went back to it by rollback {}: what is verified here is newer"
        return candidate, went.format(below, by.number) if by else ""
    except NotEligibleError as error:
        return None, error.message
    except BatonError:  # an older record, that `choose` alone has looked at
        return None, f"{below}'s records cannot be read"


def _way_out(
    name: str, histories: Mapping[str, Read], below: Mapping[str, str | None], built: str | None
) -> str:
    """What brings an environment a release; empty where a person has to look first."""

    def has_verified(other: str) -> bool:
        records = histories[other]
        return isinstance(records, BatonError) or last_verified(records) is not None

    command = first_command(name, below, has_verified, built is not None)
    return "" if command == f"./baton promote {name}" else command
