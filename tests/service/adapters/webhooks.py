"""A webhook that tells the receiver of the tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desk.adapters.webhook import HttpWebhook, Limits, connections
from desk.domain.errors import UndeliveredError
from desk.domain.event import Event, EventType, of_change
from desk.runtime.retries import Retries
from tests.service.adapters.receiver import (
    Receiver,
)
from tests.service.samples import NOW, cause, ticket

SECRET = "what both sides know"
LIMITS = Limits(connect=2, read=0.3, answer=1)


def told_by(
    receiver: Receiver,
    slept: list[float] | None = None,
    secret: Callable[[], str] = lambda: SECRET,
    has_time: Callable[[], bool] = lambda: True,
    limits: Limits = LIMITS,
    authorities: str | None = None,
    clock: Callable[[], float] = NOW.timestamp,
) -> HttpWebhook:
    waits: list[float] = [] if slept is None else slept
    return HttpWebhook(
        receiver.url,
        secret,
        has_time,
        connections(authorities or receiver.authorities),
        Retries(tries=3, first_pause=0.5, sleep=waits.append, dice=lambda: 1),
        limits,
        clock,
    )


def escalated(number: int = 1) -> Event:
    before = ticket(number)
    return of_change(EventType.ESCALATED, before, before.escalated(cause()))


def refused(webhook: HttpWebhook, number: int = 1) -> str:
    """The code of what went wrong."""
    with pytest.raises(UndeliveredError) as raised:
        webhook.tell(escalated(number))
    assert raised.value.event_id == escalated(number).id
    return raised.value.code
