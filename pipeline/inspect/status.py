"""What runs in an environment, and what could be promoted to it next: from its records. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.records.record import Record, last_verified, withdrawal
from pipeline.release.manifest import short

if TYPE_CHECKING:
    from codegen.settings import Environment

# 80 columns at most, with the longest name of an environment; `--json` has the rest
COLUMNS = ("environment", "verified", "last promotion", "at (UTC)")


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
        The release that runs again after the newest one had failed; the one that was withdrawn.
    candidate:
        The release that `baton promote` would take, None where there is none.
    why_not, way_out:
        Why promoting now would bring nothing, and what to do about that; empty where it would.
    address:
        Where its API is called, as the stack says; empty where that is not known.
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
    way_out: str = ""
    address: str = ""
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
            _short(self.verified),
            self._last(),
            self.at[:16].replace("T", " "),
        )

    def _last(self) -> str:
        if self.error:
            return "cannot be read"
        if self.number is None:
            return "none yet"
        if self.kind == "rollback" and self.outcome == "verified":
            return f"{self.number} rollback to {_short(self.release)}"
        if self.fell_back_to:
            return f"{self.number} fell back to {_short(self.fell_back_to)}"
        return f"{self.number} {'rollback ' * (self.kind == 'rollback')}{self.outcome}"

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {**asdict(self), "promotable": self.promotable}


def _short(release: str | None) -> str:
    return short(release) if release else "–"


def describe(
    environment: Environment,
    records: Sequence[Record],
    candidate: str | None,
    why_not: str,
    way_out: str = "",
    address: str = "",
) -> EnvironmentStatus:
    """An environment's status from its records (pure).

    Parameters
    ----------
    candidate:
        What the environment below, or the build, has for it; None where there is none.
    why_not, way_out:
        Why there is none, and what to do about that.
    address:
        Where its API is called.
    """
    verified, here = last_verified(records), (environment.name, environment.account_id)
    if not records:
        return EnvironmentStatus(*here, candidate=candidate, why_not=why_not, way_out=way_out)
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
        way_out=way_out,
        address=address,
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
