"""Lambda's event source mapping for DynamoDB streams: failures.

AWS: a failed batch is sent again until it succeeds, its records are too old, or
MaximumRetryAttempts is reached; with ReportBatchItemFailures from the reported record on, with
BisectBatchOnFunctionError in halves where the function failed; what is given up goes to the
on-failure destination, and the stream goes on. Records of a shard stay in order.
MiniStack: sends a failed batch for ever, takes every partial response for a success (the failed
record is skipped), and invokes on the thread that polls all mappings.
Mended: the poller for DynamoDB streams is replaced. A mapping works on its own thread, one batch at
a time; the checkpoint is the position of the first record not done with.

As before: one shard for each table, filters, the second between two tries of the same batch,
Lambda's on-failure record (whose approximateInvokeCount is always 1), no batching window, no
parallelization. How often a batch was retried is forgotten when the process stops.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ministack.services import dynamodb, lambda_svc
from stream_batches import UNLIMITED, Batch, Failure, failure_of, settle

Mapping = dict[str, Any]
Records = list[tuple[int, dict[str, Any]]]  # position in the stream, record

# What is left of a mapping's last read, in order. It starts at the mapping's checkpoint.
_left: dict[str, list[Batch]] = {}


def install() -> None:
    """Replace the poller of DynamoDB streams; the loop that calls it stays."""
    lambda_svc._poll_dynamodb_streams = poll


def poll() -> bool:
    """Give every mapping that has something to do a thread, unless it has one.

    Returns
    -------
    bool
        Always False, "nothing done in this pass": a thread that ends wakes the loop itself.
    """
    for account, region, mapping in lambda_svc._iter_all_esms():
        with _scope(account, region):
            identifier = mapping["UUID"]
            if identifier not in lambda_svc._esm_inflight and _next_batch(identifier) is not None:
                lambda_svc._dispatch_esm_batch(identifier, _work, identifier)
    return False


@contextmanager
def _scope(account: str, region: str) -> Iterator[None]:
    account_token = lambda_svc._request_account_id.set(account)
    region_token = lambda_svc._request_region.set(region)
    try:
        yield
    finally:
        lambda_svc._request_account_id.reset(account_token)
        lambda_svc._request_region.reset(region_token)


def _work(identifier: str) -> None:
    """Process batch after batch until there is none, or the same one has to wait."""
    while (batch := _next_batch(identifier)) is not None:
        _process(lambda_svc._esms[identifier], batch)


def _next_batch(identifier: str) -> Batch | None:
    """The batch to send now, if any; reads from the stream when nothing is left of the last read.

    Everything is looked up again for each batch, so that an update or the deletion of a mapping
    takes effect at once.
    """
    mapping = lambda_svc._esms.get(identifier)
    if mapping is None:
        _left.pop(identifier, None)
        return None
    table = _table(mapping)
    if table is None or _function(mapping) is None or _waits(mapping):
        return None
    start, end = _checkpoint(mapping, table), dynamodb.stream_end_position(table)
    left = [batch for batch in _left.get(identifier, []) if batch.end > start]
    if not left and start < end:
        left = [Batch(start, min(end, start + int(mapping.get("BatchSize", 100))))]
    _left[identifier] = left
    return left[0] if left else None


def _table(mapping: Mapping) -> str | None:
    """Name of the table whose stream the mapping reads, None where it cannot be read now."""
    if not mapping.get("Enabled", True):
        return None
    source = mapping.get("EventSourceArn", "")
    try:
        arn = lambda_svc.parse_arn(source)
    except lambda_svc.ArnParseError:
        return None
    here = (lambda_svc.get_account_id(), lambda_svc.get_region())
    if arn.service != "dynamodb" or (arn.account_id, arn.region) != here:
        return None
    name, _ = lambda_svc._dynamodb_stream_table_from_arn_spec(arn) or (None, None)
    table = dynamodb._tables.get(name) if name else None
    return name if table and table.get("LatestStreamArn") == source else None


def _function(mapping: Mapping) -> dict[str, Any] | None:
    record, _ = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    return record  # type: ignore[no-any-return]


def _waits(mapping: Mapping) -> bool:
    return bool(lambda_svc._esm_backoff_until.get(mapping["UUID"], 0) > time.time())


def _checkpoint(mapping: Mapping, table: str) -> int:
    """Position of the first record not done with; what expired since is gone, as on AWS."""
    horizon = dynamodb.stream_start_position(table)
    latest = mapping.get("StartingPosition", "LATEST") != "TRIM_HORIZON"
    first = dynamodb.stream_end_position(table) if latest else horizon
    positions = lambda_svc._dynamodb_stream_positions
    with lambda_svc._dynamodb_stream_positions_lock:
        positions[mapping["UUID"]] = max(positions.get(mapping["UUID"], first), horizon)
        return int(positions[mapping["UUID"]])


def _process(mapping: Mapping, batch: Batch) -> None:
    """Send one batch and put what follows from the answer in its place."""
    records = _records(mapping, batch)
    expired = _too_old(mapping, records)
    if expired:
        # as wide as the expired records reach; what is younger stays, as a batch of its own
        _give_up(mapping, expired, {}, "RecordAgeExceeded")
        end = batch.end if len(expired) == len(records) else records[len(expired)][0]
        _replace(mapping, batch, [Batch(end, batch.end)] if end < batch.end else [])
        return
    if not records:
        _replace(mapping, batch, [])
        return
    result = lambda_svc._execute_function(
        _function(mapping), {"Records": [record for _, record in records]}
    )
    reports = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
    numbers = [record["dynamodb"]["SequenceNumber"] for _, record in records]
    failure = failure_of(numbers, result, reports)
    outcome = settle(
        batch,
        [position for position, _ in records],
        failure,
        bisect=bool(mapping.get("BisectBatchOnFunctionError")),
        maximum_retries=_setting(mapping, "MaximumRetryAttempts"),
    )
    if outcome.discarded:
        _give_up(mapping, records, result, "RetryAttemptsExhausted")
    if outcome.same_again:
        pause = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
        lambda_svc._esm_backoff_until[mapping["UUID"]] = pause
    _log(mapping, len(records), failure, result)
    _replace(mapping, batch, list(outcome.left))


def _records(mapping: Mapping, batch: Batch) -> Records:
    """The batch's records that the mapping's filter lets through, with their positions."""
    table = _table(mapping) or ""  # deleted meanwhile: a name that no table has, and no records
    start = max(batch.start, dynamodb.stream_start_position(table))
    found = dynamodb.stream_records_since(table, start, batch.end - start)
    numbered = {record["dynamodb"]["SequenceNumber"]: start + i for i, record in enumerate(found)}
    wanted = lambda_svc._apply_filter_criteria(found, mapping)
    return [(numbered[record["dynamodb"]["SequenceNumber"]], record) for record in wanted]


def _too_old(mapping: Mapping, records: Records) -> Records:
    """The leading records that are past MaximumRecordAgeInSeconds: they are not sent (again)."""
    limit = _setting(mapping, "MaximumRecordAgeInSeconds")
    if limit == UNLIMITED:
        return []
    oldest = time.time() - limit
    young = (
        index
        for index, (_, record) in enumerate(records)
        if float(record["dynamodb"]["ApproximateCreationDateTime"]) >= oldest
    )
    return records[: next(young, len(records))]


def _setting(mapping: Mapping, name: str) -> int:
    value = mapping.get(name)
    return UNLIMITED if value is None else int(value)


def _give_up(mapping: Mapping, records: Records, result: dict[str, Any], condition: str) -> None:
    """Send the description of what is given up to the on-failure destination, if there is one."""
    lambda_svc._send_ddb_stream_failure_record(
        mapping,
        _function(mapping),
        [record for _, record in records],
        mapping["EventSourceArn"],
        result,
        condition,
    )


def _replace(mapping: Mapping, done: Batch, left: list[Batch]) -> None:
    """Put `left` in the place of `done` and move the checkpoint to the first record left."""
    identifier = mapping["UUID"]
    _left[identifier] = left + _left.get(identifier, [])[1:]
    start = _left[identifier][0].start if _left[identifier] else done.end
    positions = lambda_svc._dynamodb_stream_positions
    with lambda_svc._dynamodb_stream_positions_lock:
        if identifier in positions:  # not when the mapping was deleted meanwhile
            positions[identifier] = start


def _log(mapping: Mapping, count: int, failure: Failure | None, result: dict[str, Any]) -> None:
    if failure is None:
        mapping["LastProcessingResult"] = f"OK - {count} records"
        return
    mapping["LastProcessingResult"] = "FAILED"
    body = result.get("body")
    lambda_svc.logger.warning(
        "stream mapping: %s failed at record %d of %d (%s)\n%s",
        mapping["FunctionName"],
        failure.first + 1,
        count,
        body if failure.raised else "reported",
        result.get("log", ""),
    )
