"""Lambda's event source mapping for DynamoDB streams, in memory, as AWS documents it.

Shards, batches of any size, the filter, halved batches, the checkpoint that a function reports,
retries, records that are too old, the on-failure destination. Not in it: tumbling windows, more
than one batch of a shard at a time, and time itself, which stands still unless a test moves it.
"""

from __future__ import annotations

from tests.service.stream_mapping.filtering import matches
from tests.service.stream_mapping.mapping import Killed, Shard, StreamMapping
from tests.service.stream_mapping.settings import Settings

__all__ = ["Killed", "Settings", "Shard", "StreamMapping", "matches"]
