"""The quarantine: pointers in the table, each to a whole stream record in the data bucket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.adapters.aws import code_of, explained
from pipeline.adapters.invocation import Answer
from pipeline.redrive.entries import Entry, NotTakenError, ParkedRecord
from pipeline.redrive.keys import (
    LAST_STAGE,
    UNDATED,
    Key,
    event_id,
    marker,
    quarantine,
    typed,
)
from pipeline.redrive.stream_records import check_taken, wanted

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

AT_ONCE = 8
MISSING = {"NoSuchKey", "404"}


@dataclass(frozen=True)
class Names:
    """Where the quarantine is, and who takes its records."""

    table: str
    bucket: str
    processor: str


class Quarantine:
    """The parked records of one environment.

    Parameters
    ----------
    session:
        Has the environment's profile and region.
    environment:
        Whose quarantine it is, for messages.
    names:
        Table, bucket, and the processor's alias.
    days:
        How many days back to look, today not counted; records without a day are always found.
    today:
        The day (UTC) to count from.
    """

    def __init__(
        self,
        session: boto3.Session,
        environment: Environment,
        names: Names,
        days: int,
        today: date,
    ) -> None:
        self._environment = environment
        self._names = names
        self._days = [*(today - timedelta(days=back) for back in range(days + 1)), UNDATED]
        self._dynamodb = session.client("dynamodb")
        self._s3 = session.client("s3")

    @contextmanager
    def entries(self, hold_s: int) -> Iterator[list[Entry]]:
        """The parked records; nobody is kept from them, for the processor takes each only once."""
        with (
            explained(self._environment, f"read the quarantine in {self._names.table}"),
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            found: list[Entry] = [
                entry for day in pool.map(self._of_day, self._days) for entry in day
            ]
        yield found

    def taker(self, entry: Entry) -> str:
        """The processor's alias."""
        return self._names.processor

    def others(self) -> int:
        """None is ever held."""
        return 0

    def show(self, entry: Entry) -> Any:
        """The whole record."""
        return self._read(_parked(entry))

    def prepare(self, entry: Entry) -> dict[str, Any] | None:
        """What the processor is to be sent; None where it has taken the record already.

        Raises
        ------
        NotTakenError
            The record is not in the bucket any more, or is none for the processor.
        """
        parked = _parked(entry)
        if self._is_taken(parked):  # by a run that died before it took the record out
            return None
        return {"Records": wanted([self._read(parked)])}

    def settle(self, entry: Entry, sent: Any, answer: Answer) -> str:
        """What the processor has made of it.

        Raises
        ------
        NotTakenError
            It failed, or has parked the record again.
        """
        check_taken(answer, sent["Records"])
        if not self._is_taken(_parked(entry)):
            raise NotTakenError("the processor has refused it again: it is parked as before")
        return "1 record taken"

    def hold(self, entry: Entry) -> None:
        """Nothing to do: see `entries`."""

    def let_go(self, entries: Iterable[Entry]) -> None:
        """Nothing to do: see `entries`."""

    def remove(self, entry: Entry) -> None:
        """Take the record out; the bucket keeps a version of it for a while.

        The pointer goes last: whatever a run that died leaves is still listed.
        """
        parked, names = _parked(entry), self._names
        with explained(self._environment, f"delete s3://{names.bucket}/{parked.object_key}"):
            self._s3.delete_object(Bucket=names.bucket, Key=parked.object_key)
        with explained(self._environment, f"delete {'/'.join(parked.key)} of {names.table}"):
            self._dynamodb.delete_item(TableName=names.table, Key=typed(parked.key))

    def _of_day(self, day: date) -> list[ParkedRecord]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._names.table,
            KeyConditionExpression="pk = :day",
            ExpressionAttributeValues={":day": {"S": quarantine(day)}},
            ConsistentRead=True,
        )
        return [_entry(day, item) for page in pages for item in page["Items"]]

    def _is_taken(self, parked: ParkedRecord) -> bool:
        event = event_id(parked.item)
        return event is not None and self._exists(marker(event, LAST_STAGE))

    def _exists(self, key: Key) -> bool:
        with explained(self._environment, f"look for {'/'.join(key)} in {self._names.table}"):
            answer = self._dynamodb.get_item(
                TableName=self._names.table, Key=typed(key), ConsistentRead=True
            )
        return "Item" in answer

    def _read(self, parked: ParkedRecord) -> dict[str, Any]:
        where = f"s3://{self._names.bucket}/{parked.object_key}"
        with explained(self._environment, f"read {where}"):
            try:
                answer = self._s3.get_object(Bucket=self._names.bucket, Key=parked.object_key)
                content = answer["Body"].read()
            except ClientError as error:
                if code_of(error) not in MISSING:
                    raise
                raise NotTakenError(f"{where} is not there any more") from error
        try:
            record = json.loads(content)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise NotTakenError(f"{where} is no stream record")
        return record


def _parked(entry: Entry) -> ParkedRecord:
    assert isinstance(entry, ParkedRecord)  # noqa: S101 - each source is given its own
    return entry


def _entry(day: date, item: dict[str, Any]) -> ParkedRecord:
    """The entry of a pointer; what its attributes do not say, its key does."""
    said = {name: str(value.get("S", "")) for name, value in item.items()}
    number = said["sk"]
    return ParkedRecord(
        id=f"{day.isoformat()}/{number}",
        since=_instant(said.get("parked_at", ""), day),
        records=1,
        reason=said.get("reason", "") or "no reason given",
        key=(said["pk"], number),
        item=(said.get("item_pk", ""), said.get("item_sk", "")),
        object_key=said.get("object_key") or f"quarantine/{day.isoformat()}/{number}.json",
    )


def _instant(text: str, day: date) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
