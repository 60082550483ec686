"""What a plan would take away that cannot be had back, or that the running application stands on.

A promotion applies before it deploys: what is taken away is gone while the application that is
deployed still uses it. So each such resource is named by hand, or not touched (pure).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.shown import command
from pipeline.promotion.gates.results import GateResult
from pipeline.promotion.plans import Change, UnitPlan

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion

_NETWORK = "the functions' network: AWS refuses while they are attached"
# Resource type → what is lost with it.
LOSSES = {
    "aws_cloudwatch_event_bus": "the rules that others have put on it",
    "aws_cloudwatch_log_group": "what was logged",
    "aws_cognito_user_pool": "its people, who would have to be invited again",
    "aws_cognito_user_pool_client": "its id, which clients sign in with, and all who are signed in",
    "aws_dynamodb_table": "its items",
    "aws_eip": "the address that others know the functions by",
    "aws_iam_role": "what it may do: whoever runs with it fails until the next deployment",
    "aws_kms_key": "the functions' variables at once, and what was logged under it for good",
    "aws_s3_bucket": "its objects",
    "aws_s3_bucket_versioning": "the protection of its objects against being overwritten",
    "aws_secretsmanager_secret": "its value",
    "aws_security_group": _NETWORK,
    "aws_sns_topic": "its subscriptions, which people have confirmed",
    "aws_subnet": _NETWORK,
    "aws_vpc": _NETWORK,
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


def check_losses(run: Promotion) -> GateResult:
    """Nothing that holds data, or that the application stands on, is taken away unasked."""
    lost = losses(run.plans, run.options.allow_destroy)
    if lost:
        return GateResult(
            "losses",
            "refused",
            "the plans take away what cannot be had back",
            tuple(map(str, lost)),
            f"if that is meant: ./baton promote {run.environment.name} {options_for(lost)}",
        )
    allowed = [f"{loss.action} {loss.address}" for loss in losses(run.plans)]
    said = (
        "allowed by name: " + ", ".join(allowed) if allowed else "nothing with data is taken away"
    )
    # what was planned before and is applied by now was allowed as well
    if spare := idle(run.planned.values(), run.options.allow_destroy):
        said += f"; allowed, but no plan destroys it (a typo?): {', '.join(spare)}"
    return GateResult("losses", "passed", said)


def losses(plans: Iterable[UnitPlan], allowed: Collection[str] = ()) -> list[Loss]:
    """What the plans would take away, without what was allowed by its address.

    Parameters
    ----------
    plans:
        The plans at hand.
    allowed:
        Resource addresses as Terraform writes them, in any unit; or `UNIT:ADDRESS`, in that one.
    """
    return [
        Loss(plan.unit, change.address, change.action, LOSSES[kind])
        for plan in plans
        for change in plan.taken_away
        if (kind := resource_type(change.address)) in LOSSES
        and not _names(plan.unit, change) & set(allowed)
    ]


def _names(unit: str, change: Change) -> set[str]:
    return {change.address, f"{unit}:{change.address}"}


def idle(plans: Iterable[UnitPlan], allowed: Iterable[str]) -> list[str]:
    """What was allowed though no plan destroys or replaces it: likely a typo."""
    taken = {
        name for plan in plans for change in plan.taken_away for name in _names(plan.unit, change)
    }
    return [address for address in allowed if address not in taken]


def options_for(lost: Iterable[Loss]) -> str:
    """The options that would allow these losses; with the unit where an address is in several."""
    found = list(lost)
    units = Counter(loss.address for loss in found)
    return " ".join(
        command("--allow-destroy", f"{loss.unit}:" * (units[loss.address] > 1) + loss.address)
        for loss in found
    )


def resource_type(address: str) -> str:
    """The type in an address, inside a module too.

    Examples
    --------
    >>> resource_type('aws_s3_bucket.this["data"]'), resource_type("module.x.aws_vpc.this")
    ('aws_s3_bucket', 'aws_vpc')
    """
    parts = re.sub(r"\[[^]]*\]", "", address).split(".")
    return parts[-2] if len(parts) > 1 else address
