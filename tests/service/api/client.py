"""The API over stores in memory, and a client that sends it requests as API Gateway does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from desk.api.app import Api
from desk.api.context import Dependencies
from desk.api.idempotency import Once
from desk.api.page_tokens import PageTokens
from desk.domain.event import EventType, of_change
from desk.domain.ticket import Ticket
from tests.service.api.gateway import KEY, HttpAnswer, http_answer, proxy_event
from tests.service.in_memory import (
    InMemoryStatistics,
    InMemoryTeams,
    InMemoryTickets,
    InMemoryWatchers,
)
from tests.service.samples import NOW, Context, ticket

JSON = {"Content-Type": "application/json"}
BODY = {"title": "Printer on fire 🔥", "team": "ops", "due_at": "2026-03-11T08:00:00+01:00"}


class InMemorySecret:
    """`desk.api.page_tokens.Keys`: `stored` is what there is now, `reads` how often it was read."""

    def __init__(self, *stored: str) -> None:
        self.stored = stored or ("a key",)
        self.reads = 0
        self.forget()

    def current(self) -> str:
        return self.valid()[0]

    def valid(self) -> tuple[str, ...]:
        if self._known is None:
            self._known = self.stored
            self.reads += 1
        return self._known

    def forget(self) -> None:
        self._known: tuple[str, ...] | None = None


class InMemoryPersistence(BasePersistenceLayer):
    """Powertools' idempotency records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, DataRecord] = {}

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.records:
            raise IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        old = self.records.get(data_record.idempotency_key)
        if old and not old.is_expired:
            self._validate_payload(data_payload=data_record, stored_data_record=old)
            raise IdempotencyItemAlreadyExistsError(old_data_record=old)
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self.records.pop(data_record.idempotency_key, None)


@dataclass
class Clock:
    """What time it is said to be."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Service:
    """The API, what is behind it, and a client."""

    persistence: BasePersistenceLayer = field(default_factory=InMemoryPersistence)
    secret: InMemorySecret = field(default_factory=InMemorySecret)
    clock: Clock = field(default_factory=Clock)
    tickets: InMemoryTickets = field(default_factory=InMemoryTickets)
    teams: InMemoryTeams = field(default_factory=InMemoryTeams)
    statistics: InMemoryStatistics = field(default_factory=InMemoryStatistics)
    metrics: Metrics = field(default_factory=lambda: Metrics(namespace="Test", service="test"))
    logger: Logger = field(default_factory=lambda: Logger(service="test"))

    def __post_init__(self) -> None:
        self.watchers = InMemoryWatchers(self.tickets)
        dependencies = Dependencies(
            tickets=self.tickets,
            lists=self.tickets,
            watchers=self.watchers,
            teams=self.teams,
            statistics=self.statistics,
            once=Once(self.persistence, self.clock),
            page_tokens=PageTokens(self.secret, self.clock),
            metrics=self.metrics,
            logger=self.logger,
            clock=self.clock,
            revision="f" * 64,
        )
        self.api: Callable[[dict[str, Any], Any], dict[str, Any]] = Api(dependencies)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | str = "",
        raw_body: str | bytes | None = None,
        identity: Mapping[str, str] = KEY,
        claims: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """The answer to a request with this JSON document, or with this body as it is."""
        sent = raw_body if body is None else json.dumps(body)
        asked = query if isinstance(query, str) else urlencode(query, doseq=True)
        event = proxy_event(
            method,
            path,
            (({} if sent is None else JSON) | dict(headers or {})).items(),
            asked,
            sent,
            identity=identity,
            claims=claims,
        )
        return self.take(event)

    def take(self, event: dict[str, Any]) -> HttpAnswer:
        """The answer to an event."""
        return http_answer(self.api(event, Context()))

    def keep(self, *kept: Ticket) -> None:
        """Let there be these tickets."""
        for each in kept:
            self.tickets.add(each, of_change(EventType.CREATED, None, each))

    def kept(self, number: int = 1, **changes: Any) -> Ticket:
        """Let there be a ticket like this."""
        made = ticket(number)._replace(**changes)
        self.keep(made)
        return made
