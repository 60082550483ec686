"""Stream records as Lambda hands them to the processor, and what it answers to them. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.adapters.invocation import Answer
from pipeline.redrive.entries import NotTakenError
from pipeline.redrive.keys import EVENT

Record = dict[str, Any]


def as_lambda_has_it(record: Mapping[str, Any], stream: str) -> Record:
    """A record of the stream's API in the words of Lambda's event.

    Parameters
    ----------
    record:
        As GetRecords gives it.
    stream:
        The stream's ARN, which Lambda adds.
    """
    names = ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb")
    plain = {name: _plain(record[name]) for name in names if name in record}
    return {**plain, "eventSourceARN": stream}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        seconds = value.timestamp()
        return int(seconds) if seconds.is_integer() else seconds
    return value


def is_wanted(record: Mapping[str, Any]) -> bool:
    """Whether the processor is given such a record: the filter of its event source mapping."""
    sort_key = record.get("dynamodb", {}).get("Keys", {}).get("sk", {}).get("S", "")
    return record.get("eventName") == "INSERT" and str(sort_key).startswith(EVENT)


def wanted(records: Iterable[Record]) -> list[Record]:
    """The records that the processor is given.

    Raises
    ------
    NotTakenError
        None is.
    """
    found = [record for record in records if is_wanted(record)]
    if not found:
        raise NotTakenError("there is no new event among its records, so nothing for the processor")
    return found


def check_taken(answer: Answer, records: Sequence[Record]) -> None:
    """Accept the processor's answer only where it has taken all that it was sent.

    Parameters
    ----------
    answer:
        What it answered; Lambda reads `batchItemFailures` in the same way.
    records:
        What it was sent.

    Raises
    ------
    NotTakenError
        It failed, or says from which record on it has taken none.
    """
    if answer.error:
        raise NotTakenError(f"the processor failed: {answer.error}")
    numbers = [str(record["dynamodb"]["SequenceNumber"]) for record in records]
    try:
        failures = (answer.body or {}).get("batchItemFailures") or []
        failed = [numbers.index(failure["itemIdentifier"]) for failure in failures]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotTakenError("the processor answered what nobody understands") from None
    if failed:
        first = min(failed)
        raise NotTakenError(
            f"{first} of {len(records)} records were taken, but not the one with the sequence "
            f"number {numbers[first]}, nor what follows it"
        )
