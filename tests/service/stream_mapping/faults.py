"""Ports that fail, before or after they have done what they were asked for."""

from __future__ import annotations

from collections import Counter
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


# A call of any of the ports, counted from 0; or, by its name, one of those of that name.
Place = int | tuple[str, int]


class Faults:
    """What happens at which call; nothing at the others."""

    def __init__(self, of: Mapping[Place, Fault]) -> None:
        self._of = of
        self._calls: Counter[str] = Counter()
        self._happened: Counter[str] = Counter()

    def over(self, port: Any) -> Any:
        """The port, with these faults."""
        return _Unreliable(port, self)

    def end(self) -> None:
        """Nothing fails any more."""
        self._of = {}

    def next(self, name: str) -> Fault | None:
        """What happens at this call."""
        places = (self._calls.total(), (name, self._calls[name]))
        self._calls[name] += 1
        fault = next((self._of[place] for place in places if place in self._of), None)
        self._happened[name] += fault is not None
        return fault

    def happened(self, *names: str) -> bool:
        """Whether a call of one of these names failed."""
        return any(self._happened[name] for name in names)


class _Unreliable:
    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*arguments: Any) -> Any:
            fault = self._faults.next(name)
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
