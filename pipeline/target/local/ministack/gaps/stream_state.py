"""DynamoDB streams across a stop and a start.

AWS: a stream keeps its records for 24 hours, also when it is disabled meanwhile; an event source
mapping goes on with the first record not done with.
MiniStack: stores a mapping's position in the stream, and not the stream. After a restart the stream
begins at position 0: what was not processed is lost, and what is written is skipped until as many
records have come as there were before.
Mended: the records, how many have expired, and the disabled streams are stored with DynamoDB's
tables. A position that state from before this patch has beyond the stream's end is taken back to
it. Sequence numbers begin with the time, so they go on growing by themselves.
"""

from __future__ import annotations

import copy
from typing import Any

from ministack.services import dynamodb, lambda_svc

STORES = {
    "stream_records": dynamodb._stream_records,
    "stream_trimmed": dynamodb._stream_trimmed,
    "closed_streams": dynamodb._closed_streams,
}


def install() -> None:
    """Extend what DynamoDB stores, and check what Lambda restores."""
    get_state, restore_tables = dynamodb.get_state, dynamodb._restore_state
    restore_functions = lambda_svc._restore_state

    def get_state_with_streams() -> dict[str, Any]:
        streams = {name: copy.deepcopy(store) for name, store in STORES.items()}
        return {**get_state(), **streams}

    def restore_tables_and_streams(data: dict[str, Any]) -> None:
        # all accounts and regions are in each store; update() keeps them apart
        for name, store in STORES.items():
            store.update(data.get(name, {}))
        restore_tables(data)

    def restore_functions_and_check(data: dict[str, Any]) -> None:
        # DynamoDB is restored before Lambda, and the mappings are polled only after this
        restore_functions(data)
        _take_back_positions()

    dynamodb.get_state = get_state_with_streams
    dynamodb._restore_state = restore_tables_and_streams
    lambda_svc._restore_state = restore_functions_and_check


def _take_back_positions() -> None:
    """Move the positions that no stream reaches to the end of theirs."""
    positions = lambda_svc._dynamodb_stream_positions
    for (account, region, identifier), position in positions.all_items():
        mapping = lambda_svc._esms.get_scoped(account, region, identifier)
        if mapping is None:
            continue
        source = lambda_svc.parse_arn(mapping["EventSourceArn"])
        table, _ = lambda_svc._dynamodb_stream_table_from_arn_spec(source)
        end = dynamodb.stream_end_position(table, account_id=account, region=region)
        positions.set_scoped(account, region, identifier, min(position, end))
