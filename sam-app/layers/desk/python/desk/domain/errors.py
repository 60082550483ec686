"""What can go wrong in the domain's own words."""

from __future__ import annotations


class DeskError(Exception):
    """Base of what goes wrong in the domain's own words.

    What only one part of the desk knows of, such as a request that it refuses or a setting that
    it does not have, is that part's own error.
    """


class TicketNotFoundError(DeskError):
    """There is no ticket with this id."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(f"there is no ticket {ticket_id}")


class StaleTicketError(DeskError):
    """The ticket is not, or no longer, at the version that a change is meant for.

    Parameters
    ----------
    ticket_id:
        The ticket.
    version:
        The version that the change is meant for.
    """

    def __init__(self, ticket_id: str, version: int) -> None:
        super().__init__(f"ticket {ticket_id} is not, or no longer, at version {version}")


class ContendedTicketError(DeskError):
    """The ticket was changed by others each time somebody tried to."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(f"ticket {ticket_id} is being changed by others")


class NotAllowedError(DeskError):
    """The rules do not allow this change of what there is now."""


class BusyError(DeskError):
    """Whoever keeps the data cannot do all of it at this moment; trying again may help."""


class PermanentEventError(DeskError):
    """An event that no retry can make processable: its type or its schema is not known.

    Or whoever is to hear of it will never take it: see `UndeliverableError`.
    """


class UndeliveredError(DeskError):
    """Somebody outside may not have been told of an event; telling them again is safe.

    Parameters
    ----------
    event_id:
        The event.
    code:
        What went wrong, as a word: the sender's own text may hold anything.
    """

    def __init__(self, event_id: str, code: str) -> None:
        super().__init__(f"event {event_id} was not delivered: {code}")
        self.event_id = event_id
        self.code = code


class UndeliverableError(PermanentEventError):
    """Somebody outside takes the event itself for wrong, and would each time.

    Parameters
    ----------
    event_id:
        The event.
    code:
        What is wrong with it, as a word: the sender's own text may hold anything.
    """

    def __init__(self, event_id: str, code: str) -> None:
        super().__init__(f"event {event_id} is never taken: {code}")
        self.event_id = event_id
        self.code = code


class LeaseLostError(DeskError):
    """Another run of the job has taken over meanwhile."""

    def __init__(self, job: str, owner: str) -> None:
        super().__init__(f"{owner} does not hold the lease of {job} any more")
