"""Events for other systems through EventBridge (`desk.ports.processing.EventBus`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from desk.adapters.refusals import Refusal, failure, send
from desk.domain import notifying
from desk.domain.errors import UndeliveredError
from desk.domain.event import Event
from desk.runtime.aws_errors import CALL_FAILED, code_of
from desk.runtime.retries import Retries

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import (
        PutEventsRequestEntryTypeDef,
        PutEventsResultEntryTypeDef,
    )

# The others (a detail that is no JSON, a source that is not allowed) are refused again and again.
PASSING = frozenset({"InternalException", "InternalFailure", "ThrottlingException"})


class EventBridgeBus:
    """Publishes each event to a bus of its own.

    Parameters
    ----------
    client:
        Gives the EventBridge client.
    bus_name:
        The bus.
    environment:
        The environment, which is in the events' source: `desk.<environment>`.
    retries:
        How events that EventBridge did not take are sent again.
    """

    def __init__(
        self,
        client: Callable[[], EventBridgeClient],
        bus_name: str,
        environment: str,
        retries: Retries | None = None,
    ) -> None:
        self._client = client
        self._bus_name = bus_name
        self._source = f"desk.{environment}"
        self._retries = retries or Retries()

    def publish(self, event: Event) -> None:
        """See `desk.ports.processing.EventBus.publish`."""
        try:
            given_up = send([self._entry(event)], self._put, self._retries)
        except CALL_FAILED as error:
            raise UndeliveredError(event.id, code_of(error)) from error
        if given_up:
            raise failure(event.id, given_up)

    def _put(self, entries: Sequence[PutEventsRequestEntryTypeDef]) -> list[Refusal | None]:
        # the call succeeds even where it took none; its answers are in the order of the entries
        answer = self._client().put_events(Entries=entries)
        return [_refusal(each) for each in answer["Entries"]]

    def _entry(self, event: Event) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._bus_name,
            "Source": self._source,
            "DetailType": event.type.value,
            "Detail": notifying.text(event),
            "Time": event.occurred_at,
        }


def _refusal(answer: PutEventsResultEntryTypeDef) -> Refusal | None:
    if answer.get("EventId"):
        return None
    code = answer.get("ErrorCode", "NoAnswer")
    return Refusal(code, passing=code in PASSING or code == "NoAnswer")
