"""What runs in each environment, and what could be promoted next: read from the records only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError, NotEligibleError
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.eligibility import choose
from pipeline.promotion.records.history import read_history
from pipeline.promotion.records.record import Record, last_verified, step_back, withdrawal
from pipeline.release.build import last_built
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

COLUMNS = (
    "environment",
    "account",
    "verified",
    "infrastructure",
    "last promotion",
    "by",
    "at (UTC)",
    "could get",
)


@dataclass(frozen=True)
class EnvironmentStatus:
    """An environment's place in the promotion.

    Parameters
    ----------
    verified:
        The release last verified here, None where none was.
    infrastructure:
        The infrastructure digest of that promotion.
    number, kind, outcome, release, by, at:
        Of the newest record; `outcome` is "verified", "fell back", "failed" or "interrupted". Empty
        without one.
    fell_back_to, withdraws:
        The release that was put back after the newest one had failed; the one that was taken out.
    candidate:
        The release that `baton promote` would take, None where there is none.
    why_not:
        Why promoting now would bring nothing; empty where it would.
    error, remedy:
        Why its records cannot be read, or not be believed; all else is empty then.
    """

    environment: str
    account_id: str
    verified: str | None = None
    infrastructure: str | None = None
    number: int | None = None
    kind: str = ""
    outcome: str = ""
    release: str | None = None
    fell_back_to: str | None = None
    withdraws: str | None = None
    by: str = ""
    at: str = ""
    candidate: str | None = None
    why_not: str = ""
    error: str = ""
    remedy: str = ""

    @property
    def promotable(self) -> bool:
        """Whether promoting would bring something that is not verified here already."""
        return self.candidate is not None and not self.why_not

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        return (
            self.environment,
            self.account_id,
            _short(self.verified),
            _short(self.infrastructure),
            self._last(),
            self.by,
            self.at[:16].replace("T", " "),
            _short(self.candidate if self.promotable else None),
        )

    def _last(self) -> str:
        if self.error:
            return "cannot be read"
        if self.number is None:
            return "none yet"
        if self.kind == "rollback":
            return f"{self.number} rollback to {_short(self.release)}, {self.outcome}"
        if self.fell_back_to:
            return f"{self.number} failed, fell back to {_short(self.fell_back_to)}"
        return f"{self.number} {self.outcome}"

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {**asdict(self), "promotable": self.promotable}


def _short(release: str | None) -> str:
    return short(release) if release else "–"


def describe(
    environment: Environment, records: Sequence[Record], candidate: str | None, why_not: str
) -> EnvironmentStatus:
    """An environment's status from its records (pure).

    Parameters
    ----------
    candidate:
        What the environment below, or the build, has for it; None where there is none.
    why_not:
        Why there is none.
    """
    verified, here = last_verified(records), (environment.name, environment.account_id)
    if not records:
        return EnvironmentStatus(*here, candidate=candidate, why_not=why_not)
    last = records[-1]
    return EnvironmentStatus(
        *here,
        verified=verified.release if verified else None,
        infrastructure=verified.infrastructure if verified else None,
        number=last.number,
        kind=last.kind,
        outcome=last.outcome,
        release=last.release,
        fell_back_to=last.fell_back_to,
        withdraws=last.withdraws,
        by=last.by,
        at=last.started_at,
        candidate=candidate,
        why_not=why_not or _nothing_new(environment.name, records, candidate),
    )


def _nothing_new(environment: str, records: Sequence[Record], candidate: str | None) -> str:
    """Why the candidate need not be promoted again; empty where it could be."""
    if candidate is None:
        return ""
    if by := withdrawal(records, candidate):
        return f"release {short(candidate)} was taken out of here by rollback {by.number}"
    # after another release that failed here it is not known what runs
    settled = records[-1].verified or records[-1].fell_back_to == candidate
    verified = last_verified(records)
    if verified and verified.release == candidate and settled:
        return f"release {short(candidate)} is verified here already"
    return ""


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
    stores = [_store(target, environment) for environment in environments]
    with ThreadPoolExecutor(len(environments)) as pool:
        read = pool.map(lambda store: _read(store, whole), stores)
        histories = dict(zip((each.name for each in environments), read, strict=True))
    return [_status(each, histories, checkout) for each in environments]


Read = Sequence[Record] | BatonError


def _store(target: Target, environment: Environment) -> ArtifactStore | BatonError:
    try:
        return ArtifactStore(target.session(environment), environment)
    except BatonError as error:
        return error


def _read(store: ArtifactStore | BatonError, whole: bool) -> Read:
    if isinstance(store, BatonError):
        return store
    try:
        records = read_history(store)
        last_verified(records)  # what the status needs is read here, beside the others'
        return list(records) if whole else records
    except BatonError as error:
        return error


def _status(
    environment: Environment, histories: Mapping[str, Read], checkout: Checkout
) -> EnvironmentStatus:
    records = histories[environment.name]
    try:
        if isinstance(records, BatonError):
            raise records
        found = _candidate(environment, records, histories, checkout)
        return describe(environment, records, *found)
    except BatonError as error:
        return EnvironmentStatus(
            environment.name, environment.account_id, error=error.message, remedy=error.remedy
        )


def _candidate(
    environment: Environment,
    here: Sequence[Record],
    histories: Mapping[str, Read],
    checkout: Checkout,
) -> tuple[str | None, str]:
    below = environment.promoted_from
    if below is None:
        built = last_built(checkout)
        return built, "" if built else "no release has been built here yet"
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
