"""The jobs' leases and cursors on DynamoDB (`desk.ports.jobs.Jobs`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desk.domain import instants
from desk.domain.errors import LeaseLostError
from desk.domain.jobs import Job, Lease
from desk.store import job_item
from desk.store.attributes import typed
from desk.store.table import Table
from desk.store.transactions import ConditionsFailedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ConditionCheckTypeDef, PutTypeDef

FREE = "attribute_not_exists(pk) OR held_until <= :taken_at"
HELD = "held_by = :owner"


class DynamoJobs:
    """A lease and a cursor for each job.

    Parameters
    ----------
    table:
        The desk's table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def acquire(self, lease: Lease) -> bool:
        """See `desk.ports.jobs.Jobs.acquire`."""
        return self._table.put(
            job_item.lease_item(lease),
            f"{FREE} OR {HELD}",
            {":taken_at": instants.text(lease.taken_at), ":owner": lease.owner},
        )

    def release(self, lease: Lease) -> None:
        """See `desk.ports.jobs.Jobs.release`."""
        self._table.delete(job_item.lease_key(lease.job), HELD, {":owner": lease.owner})

    def cursor(self, job: Job) -> Mapping[str, str]:
        """See `desk.ports.jobs.Jobs.cursor`."""
        item = self._table.get(job_item.cursor_key(job))
        return item["cursor"] if item else {}

    def move(self, lease: Lease, cursor: Mapping[str, str]) -> None:
        """See `desk.ports.jobs.Jobs.move`."""
        held: ConditionCheckTypeDef = {
            "TableName": self._table.name,
            "Key": typed(job_item.lease_key(lease.job)),
            "ConditionExpression": HELD,
            "ExpressionAttributeValues": typed({":owner": lease.owner}),
        }
        put: PutTypeDef = {
            "TableName": self._table.name,
            "Item": typed(job_item.cursor_item(lease.job, cursor)),
        }
        try:
            self._table.transact([{"ConditionCheck": held}, {"Put": put}])
        except ConditionsFailedError as error:
            raise LeaseLostError(lease.job, lease.owner) from error
