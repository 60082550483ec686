"""What runs in each environment, read from the promotion records only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from codegen.errors import NotEligibleError
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.eligibility import choose
from pipeline.promotion.records import Record, last_verified, read_all
from pipeline.release.build import last_built
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

COLUMNS = ("environment", "account", "verified", "last promotion", "by", "at (UTC)", "could get")


@dataclass(frozen=True)
class EnvironmentStatus:
    """An environment's place in the promotion.

    Parameters
    ----------
    verified:
        The release last verified here, None where none was.
    last:
        The newest record's number, outcome, person and time.
    candidate:
        The release that `baton promote` would take, None where there is none.
    """

    environment: str
    account_id: str
    verified: str | None
    number: int | None
    outcome: str
    by: str
    at: str
    candidate: str | None

    @property
    def promotable(self) -> bool:
        """Whether promoting would bring something that is not verified here already."""
        return self.candidate is not None and self.candidate != self.verified

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        last = "none yet" if self.number is None else f"{self.number} {self.outcome}"
        verified = short(self.verified) if self.verified else "–"
        coming = short(self.candidate) if self.candidate and self.promotable else "–"
        at = self.at[:16].replace("T", " ")
        return (self.environment, self.account_id, verified, last, self.by, at, coming)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {**asdict(self), "promotable": self.promotable}


def describe(
    environment: Environment, records: Sequence[Record], candidate: str | None
) -> EnvironmentStatus:
    """An environment's status from its records (pure)."""
    last = records[-1] if records else None
    verified = last_verified(records)
    return EnvironmentStatus(
        environment=environment.name,
        account_id=environment.account_id,
        verified=verified.release if verified else None,
        number=last.number if last else None,
        outcome=("verified" if last.verified else "failed") if last else "",
        by=last.by if last else "",
        at=last.started_at if last else "",
        candidate=candidate,
    )


def read_status(
    environments: Sequence[Environment], target: Target, checkout: Checkout
) -> list[EnvironmentStatus]:
    """The status of all environments, in promotion order."""
    with ThreadPoolExecutor(len(environments)) as pool:
        histories = pool.map(
            lambda environment: read_all(ArtifactStore(target.session(environment), environment)),
            environments,
        )
        records = dict(zip((e.name for e in environments), histories, strict=True))
    return [
        describe(environment, records[environment.name], _candidate(environment, records, checkout))
        for environment in environments
    ]


def _candidate(
    environment: Environment, records: dict[str, list[Record]], checkout: Checkout
) -> str | None:
    if environment.promoted_from is None:
        return last_built(checkout)
    try:
        return choose(None, records[environment.promoted_from], environment.promoted_from)[0]
    except NotEligibleError:
        return None
