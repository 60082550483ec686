"""The ports in memory: no mocks, stores that the same contract tests hold for."""

from __future__ import annotations

from tests.service.in_memory.jobs import InMemoryArchive, InMemoryJobs, InMemoryWebhook
from tests.service.in_memory.objects import InMemoryObjects
from tests.service.in_memory.people import InMemoryTeams, InMemoryWatchers
from tests.service.in_memory.processing import (
    InMemoryEventBus,
    InMemoryNotifier,
    InMemoryProgress,
    InMemoryQuarantine,
)
from tests.service.in_memory.statistics import InMemoryStatistics
from tests.service.in_memory.tickets import InMemoryTickets

__all__ = [
    "InMemoryArchive",
    "InMemoryEventBus",
    "InMemoryJobs",
    "InMemoryNotifier",
    "InMemoryObjects",
    "InMemoryProgress",
    "InMemoryQuarantine",
    "InMemoryStatistics",
    "InMemoryTeams",
    "InMemoryTickets",
    "InMemoryWatchers",
    "InMemoryWebhook",
]
