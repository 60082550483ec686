"""What a plan would take away that cannot be had back, or that the running application stands on.

A promotion applies before it deploys: what is taken away is gone while the application that is
deployed still uses it. So each such resource is named by hand, or not touched (pure).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.promotion.plans import UnitPlan

TAKEN_AWAY = ("destroy", "replace")
# Resource type → what is lost with it.
LOSSES = {
    "aws_cognito_user_pool": "its people, who would have to be invited anew",
    "aws_dynamodb_table": "its items",
    "aws_kms_key": "the functions' variables at once, and what was logged under it for good",
    "aws_s3_bucket": "its objects",
    "aws_secretsmanager_secret": "its value",
    "aws_security_group": "the functions' network: AWS refuses while they are attached",
    "aws_subnet": "the functions' network: AWS refuses while they are attached",
    "aws_vpc": "the functions' network: AWS refuses while they are attached",
}


@dataclass(frozen=True)
class Loss:
    """A resource that a plan would destroy or replace, and what is lost with it."""

    unit: str
    address: str
    action: str
    what: str

    def __str__(self) -> str:
        return f"{self.unit}: {self.action} {self.address}: lost is {self.what}"


def losses(plans: Iterable[UnitPlan], allowed: Collection[str] = ()) -> list[Loss]:
    """What the plans would take away, without what was allowed by its address.

    Parameters
    ----------
    plans:
        The plans at hand.
    allowed:
        Resource addresses as Terraform writes them.
    """
    return [
        Loss(plan.unit, change.address, change.action, LOSSES[kind])
        for plan in plans
        for change in plan.changes
        if change.action in TAKEN_AWAY
        and (kind := resource_type(change.address)) in LOSSES
        and change.address not in allowed
    ]


def resource_type(address: str) -> str:
    """The type in an address, inside a module too.

    Examples
    --------
    >>> resource_type('aws_s3_bucket.this["data"]'), resource_type("module.x.aws_vpc.this")
    ('aws_s3_bucket', 'aws_vpc')
    """
    parts = re.sub(r"\[[^]]*\]", "", address).split(".")
    return parts[-2] if len(parts) > 1 else address
