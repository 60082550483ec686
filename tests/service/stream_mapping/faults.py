"""Ports that fail, before or after they have done what they were asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from desk.domain.notifying import Notification
from tests.service.in_memory import InMemoryNotifier
from tests.service.stream_mapping.mapping import Killed


class Fault(Enum):
    """How a call fails."""

    REFUSED = "an error, nothing done"
    UNHEARD = "an error, but it is done: the answer was lost"
    KILLED_BEFORE = "the process ends, nothing done"
    KILLED_AFTER = "the process ends once it is done"

    @property
    def effect(self) -> bool:
        """Whether what was asked for is done."""
        return self in (Fault.UNHEARD, Fault.KILLED_AFTER)

    def happen(self) -> None:
        """Fail."""
        if self in (Fault.REFUSED, Fault.UNHEARD):
            raise TimeoutError("no answer")
        raise Killed


class Faults:
    """What happens at which call of any of the ports, counted from 0; nothing at the others."""

    def __init__(self, of: Mapping[int, Fault]) -> None:
        self._of = of
        self._calls = itertools.count()

    def over(self, port: Any) -> Any:
        """The port, with these faults."""
        return _Unreliable(port, self)

    def end(self) -> None:
        """Nothing fails any more."""
        self._of = {}

    def next(self) -> Fault | None:
        """What happens at this call."""
        return self._of.get(next(self._calls))


class _Unreliable:
    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*arguments: Any) -> Any:
            fault = self._faults.next()
            if fault is None:
                return method(*arguments)
            if fault.effect:
                method(*arguments)
            return fault.happen()

        return call


class Halfway(InMemoryNotifier):
    """A notifier whose failing events reach some of those who should hear of them."""

    def notify(self, notifications: Sequence[Notification]) -> None:
        if any(each.event.id in self.failing for each in notifications):
            self.sent.extend(notifications[: len(notifications) // 2])
        super().notify(notifications)
