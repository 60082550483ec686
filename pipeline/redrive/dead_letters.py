"""The two dead-letter queues: batches that Lambda gave up, events that did not get there."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from pipeline.adapters.invocation import Answer
from pipeline.adapters.queue import Message, Queue
from pipeline.adapters.streams import NotInStreamError, Streams
from pipeline.redrive.entries import (
    DomainEvent,
    Entry,
    GivenUpBatch,
    MissedEvent,
    NotTakenError,
    StrangeMessage,
)
from pipeline.redrive.messages import of_schedule, of_stream, parsed
from pipeline.redrive.stream_records import as_lambda_has_it, check_taken, wanted

LONGEST = 120  # of the scheduled function's answer


class DeadLetters(ABC):
    """A queue whose messages stand for something to be done again.

    Parameters
    ----------
    queue:
        The queue.
    function:
        The alias that takes what its messages stand for.
    """

    def __init__(self, queue: Queue, function: str) -> None:
        self._function = function
        self._queue = queue
        self._others = 0
        self._hold_s = 0

    @contextmanager
    def entries(self, hold_s: int) -> Iterator[list[Entry]]:
        """The messages, held for so many seconds; what is not removed is given back in the end."""
        self._others = self._queue.in_flight()  # before this run holds some itself
        with self._queue.held(hold_s) as messages:
            self._hold_s = hold_s
            yield [self._entry(message) for message in messages]

    def taker(self, entry: Entry) -> str:
        """What takes an entry: the function's alias."""
        return self._function

    def others(self) -> int:
        """About how many messages somebody else holds."""
        return self._others

    def hold(self, entry: Entry) -> None:
        """Hold a message anew, before its turn.

        Raises
        ------
        NotTakenError
            It was held for too long, and may be somebody else's by now.
        """
        if not self._queue.hold(message_of(entry), self._hold_s):
            raise NotTakenError("somebody else may have it by now: list what is left")

    def remove(self, entry: Entry) -> None:
        """Delete a message for good."""
        self._queue.delete(message_of(entry))

    def let_go(self, entries: Iterable[Entry]) -> None:
        """Give messages back at once."""
        self._queue.release([message_of(entry) for entry in entries])

    @abstractmethod
    def _entry(self, message: Message) -> Entry: ...


class GivenUpBatches(DeadLetters):
    """The stream's queue; the records that its messages name are read from the stream again."""

    def __init__(self, queue: Queue, function: str, streams: Streams) -> None:
        super().__init__(queue, function)
        self._streams = streams

    def show(self, entry: Entry) -> Any:
        """The message, and the records as far as they are still in the stream."""
        document: dict[str, Any] = {"message": parsed(message_of(entry).body), "records": None}
        if isinstance(entry, GivenUpBatch):
            with suppress(NotInStreamError):
                document["records"] = self._records(entry)
        return document

    def prepare(self, entry: Entry) -> dict[str, Any]:
        """What the processor is to be sent.

        Raises
        ------
        NotTakenError
            The records are in the stream no more, or none is for the processor.
        """
        if not isinstance(entry, GivenUpBatch):
            raise NotTakenError(entry.reason)
        try:
            return {"Records": wanted(self._records(entry))}
        except NotInStreamError as error:
            raise NotTakenError(
                f"the stream no longer has the records of {entry.arrived_at}: {error}; what is "
                f"left of them are {entry.records} event items in the table (30 days), which the "
                "message does not name"
            ) from error

    def settle(self, entry: Entry, sent: Any, answer: Answer) -> str:
        """What the processor has made of it; NotTakenError unless it took everything."""
        check_taken(answer, sent["Records"])
        return _counted(len(sent["Records"]))

    def _records(self, entry: GivenUpBatch) -> list[dict[str, Any]]:
        found = self._streams.read(entry.stream, entry.shard, entry.first, entry.last)
        return [as_lambda_has_it(record, entry.stream) for record in found]

    def _entry(self, message: Message) -> Entry:
        return of_stream(message, datetime.now(UTC))


class MissedEvents(DeadLetters):
    """The schedule's queue; its messages are the events themselves.

    Parameters
    ----------
    queue:
        The queue.
    function:
        The scheduled function's alias.
    inbox:
        The address of the event inbox, which takes domain events.
    """

    def __init__(self, queue: Queue, function: str, inbox: str) -> None:
        super().__init__(queue, function)
        self._inbox = inbox

    def taker(self, entry: Entry) -> str:
        """The scheduled function's alias; of a domain event, the inbox."""
        return self._inbox if isinstance(entry, DomainEvent) else self._function

    def show(self, entry: Entry) -> Any:
        """The event, and what was said of its failure."""
        message = message_of(entry)
        return {"message": parsed(message.body), "attributes": message.attributes}

    def prepare(self, entry: Entry) -> dict[str, Any] | str:
        """The event, to the letter what EventBridge would have put into the inbox.

        Raises
        ------
        NotTakenError
            The message is no event.
        """
        if isinstance(entry, DomainEvent):
            return entry.message.body
        if not isinstance(entry, MissedEvent):
            raise NotTakenError(entry.reason)
        return entry.event

    def settle(self, entry: Entry, sent: Any, answer: Answer) -> str:
        """What the scheduled function answered; NotTakenError where it failed."""
        if isinstance(entry, DomainEvent):
            return "1 event put into the inbox"
        if answer.error:
            raise NotTakenError(f"the scheduled function failed: {answer.error}")
        return f"1 event taken: {json.dumps(answer.body)[:LONGEST]}"

    def _entry(self, message: Message) -> Entry:
        return of_schedule(message, self._queue.environment.name)


def message_of(entry: Entry) -> Message:
    """The message that an entry of a queue stands for."""
    assert isinstance(entry, GivenUpBatch | MissedEvent | DomainEvent | StrangeMessage)  # noqa: S101
    return entry.message


def _counted(records: int) -> str:
    return f"{records} {'record' if records == 1 else 'records'} taken"
