"""Where entries come from, and the names under which a deployed environment has these places."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from codegen.errors import BatonError
from pipeline.adapters.invocation import Answer, Functions
from pipeline.adapters.queue import Queue
from pipeline.adapters.sam import Sam
from pipeline.adapters.streams import Streams
from pipeline.redrive.dead_letters import GivenUpBatches, MissedEvents
from pipeline.redrive.entries import Entry
from pipeline.redrive.inbox import Inbox
from pipeline.redrive.quarantine import Names, Quarantine

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.adapters.sam import Stack
    from pipeline.target import Target

# Hands an event to a function, or a message to a queue; what came of it.
Call = Callable[[str, Any], Answer]


class Source(Protocol):
    """A place where something waits."""

    def entries(self, hold_s: int) -> AbstractContextManager[list[Entry]]:
        """What waits there; what can be held is held for so many seconds."""

    def taker(self, entry: Entry) -> str:
        """What takes an entry: a function, by its alias, or a queue, by its address."""

    def others(self) -> int:
        """About how many entries somebody else holds."""

    def show(self, entry: Entry) -> Any:
        """An entry whole, as JSON."""

    def prepare(self, entry: Entry) -> dict[str, Any] | str | None:
        """What is to be sent: an event or a message; None where it has been taken already."""

    def hold(self, entry: Entry) -> None:
        """Hold an entry anew, before its turn."""

    def let_go(self, entries: Iterable[Entry]) -> None:
        """Hold entries no longer."""

    def settle(self, entry: Entry, sent: Any, answer: Answer) -> str:
        """What was taken; NotTakenError where not all was."""

    def remove(self, entry: Entry) -> None:
        """Take an entry out for good."""


@dataclass(frozen=True)
class Places:
    """What the stack of an environment was given, and what it has made.

    Parameters
    ----------
    quarantine:
        Table, bucket and processor.
    stream_queue, schedule_queue:
        The dead-letter queues' names.
    scheduled:
        The scheduled function's alias.
    inbox:
        The event inbox's address.
    """

    quarantine: Names
    stream_queue: str
    schedule_queue: str
    scheduled: str
    inbox: str


def places(environment: Environment, stack: Stack | None) -> Places:
    """Where the deployed application has its table, bucket, queues and functions.

    The stack's own word counts, not the states': it is what the functions were given.

    Raises
    ------
    BatonError
        There is no stack, or it lacks a parameter or output.
    """
    promote = f"./baton promote {environment.name}"
    if stack is None:
        raise BatonError(
            f"{environment.name}: the stack {environment.stack_name} is not there: nothing was "
            "deployed that could have left something behind",
            promote,
        )

    def named(said: dict[str, str], what: str, name: str) -> str:
        if not said.get(name):
            raise BatonError(
                f"{environment.name}: the stack {environment.stack_name} has no {what} {name}: the "
                "release that is deployed there is older than this checkout",
                promote,
            )
        return said[name]

    return Places(
        quarantine=Names(
            table=named(stack.parameters, "parameter", "TableName"),
            bucket=named(stack.parameters, "parameter", "DataBucketName"),
            processor=named(stack.outputs, "output", "ProcessorAliasArn"),
        ),
        stream_queue=named(stack.parameters, "parameter", "StreamDlqName"),
        schedule_queue=named(stack.parameters, "parameter", "ScheduleDlqName"),
        scheduled=named(stack.outputs, "output", "ScheduledAliasArn"),
        inbox=named(stack.outputs, "output", "EventInboxUrl"),
    )


def sources_of(
    session: boto3.Session, environment: Environment, target: Target, days: int
) -> tuple[dict[str, Source], Call]:
    """Every source of an environment by its name, and what hands over what is taken again.

    Parameters
    ----------
    days:
        How many days back to look into the quarantine.

    Raises
    ------
    BatonError
        Nothing is deployed there, or the stack cannot be looked at.
    """
    found = places(environment, Sam(session, environment, target).stack())
    today = datetime.datetime.now(datetime.UTC).date()
    processor = found.quarantine.processor
    stream_queue = Queue(session, environment, found.stream_queue)
    schedule_queue = Queue(session, environment, found.schedule_queue)
    sources: dict[str, Source] = {
        "quarantine": Quarantine(session, environment, found.quarantine, days, today),
        "stream": GivenUpBatches(stream_queue, processor, Streams(session, environment)),
        "schedule": MissedEvents(schedule_queue, found.scheduled, found.inbox),
    }
    functions, inbox = Functions(session, environment), Inbox(session, environment, found.inbox)

    def call(taker: str, sent: Any) -> Answer:
        return inbox.put(sent) if taker == inbox.url else functions.call(taker, sent)

    return sources, call
