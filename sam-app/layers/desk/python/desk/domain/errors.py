"""What can go wrong in the domain's own words."""

from __future__ import annotations


class DeskError(Exception):
    """Base of all errors that the desk raises on purpose."""


class TicketNotFoundError(DeskError):
    """There is no ticket with this id."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(f"there is no ticket {ticket_id}")
        self.ticket_id = ticket_id


class StaleTicketError(DeskError):
    """The ticket was changed by somebody else since it was read."""

    def __init__(self, ticket_id: str, version: int) -> None:
        super().__init__(f"ticket {ticket_id} is no longer at version {version}")
        self.ticket_id = ticket_id
        self.version = version


class NotNotifiedError(DeskError):
    """Nobody may have been told of an event; telling them again is safe.

    Parameters
    ----------
    event_id:
        The event.
    code:
        What went wrong, as a word: the sender's own text may hold anything.
    """

    def __init__(self, event_id: str, code: str) -> None:
        super().__init__(f"event {event_id} was not announced: {code}")
        self.event_id = event_id
        self.code = code


class PermanentEventError(DeskError):
    """An event that no retry can make processable: its type or its schema is not known."""
