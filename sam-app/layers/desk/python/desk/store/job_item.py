"""A job's items: JOB#<job> / LEASE, and JOB#<job> / CURSOR."""

from __future__ import annotations

from collections.abc import Mapping

from desk.domain import instants
from desk.domain.jobs import Job, Lease
from desk.store.attributes import Item


def lease_key(job: Job) -> Item:
    """The lease's primary key."""
    return {"pk": _partition(job), "sk": "LEASE"}


def cursor_key(job: Job) -> Item:
    """The cursor's primary key."""
    return {"pk": _partition(job), "sk": "CURSOR"}


def lease_item(lease: Lease) -> Item:
    """The lease's whole item.

    Its end is `held_until`, not `expires_at`: that is the table's attribute for expiry.
    """
    return {
        **lease_key(lease.job),
        "entity": "Lease",
        "held_by": lease.owner,
        "taken_at": instants.text(lease.taken_at),
        "held_until": instants.text(lease.expires_at),
    }


def cursor_item(job: Job, cursor: Mapping[str, str]) -> Item:
    """The cursor's whole item."""
    return {**cursor_key(job), "entity": "Cursor", "cursor": dict(cursor)}


def _partition(job: Job) -> str:
    return f"JOB#{job.value}"
