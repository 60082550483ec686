"""What people write below a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Comment:
    """One comment; its id, a ULID, is in the order of creation."""

    id: str
    ticket_id: str
    text: str
    actor: str
    created_at: datetime
