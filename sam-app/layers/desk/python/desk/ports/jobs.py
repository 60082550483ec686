"""What jobs that run by the clock need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from desk.domain.event import Event
from desk.domain.jobs import Job, Lease


class Jobs(Protocol):
    """Each job's lease and cursor."""

    def acquire(self, lease: Lease) -> bool:
        """Take the lease: where nobody has it, its holder's time is over, or its owner is this."""

    def release(self, lease: Lease) -> None:
        """Give the lease back; that somebody else has it by now is fine."""

    def cursor(self, job: Job) -> Mapping[str, str]:
        """Where the job's last run stopped, in the job's own words; empty before the first."""

    def move(self, lease: Lease, cursor: Mapping[str, str]) -> None:
        """Set the job's cursor, as the lease's holder.

        Raises
        ------
        LeaseLostError
            Somebody else holds the lease by now.
        """


class Archive(Protocol):
    """A ticket with everything that belongs to it, as it is stored."""

    def read(self, ticket_id: str) -> Sequence[Mapping[str, Any]]:
        """All items of a ticket as plain values, by sort key; none where there is no ticket."""

    def delete(self, ticket_id: str, sort_keys: Sequence[str]) -> None:
        """Delete these items of a ticket; the ticket itself goes last."""


class Webhook(Protocol):
    """An outside system that wants to hear of escalations."""

    def tell(self, event: Event) -> None:
        """Tell of an event.

        Raises
        ------
        UndeliveredError
            It was not told, even after tries, or is not tried any more in this run.
        """
