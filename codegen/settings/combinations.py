"""Settings that are allowed alone and wrong together.

Each rule's docstring is its line in docs/settings.md. A rule names both keys, and what to do.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from codegen.settings.environment import Environment
from codegen.settings.problems import Problem

# What the functions' own code calls, besides DynamoDB and S3, which have gateway endpoints. The
# network interfaces, logs, traces, dead letters and keys of a function are Lambda's business: it
# reaches those services from its own network.
FUNCTION_SERVICES = frozenset({"events", "secretsmanager", "sns"})

# Half of the tenth that a canary gets.
HEARD_PERCENT = 5

Rule = Callable[[Environment], Iterator[Problem]]
PairRule = Callable[[Environment, Environment], Iterator[Problem]]


def zones_elsewhere(environment: Environment) -> Iterator[Problem]:
    """`network.zones` of another region than `region`."""
    zone = re.compile(re.escape(environment.region) + "[a-z]")
    strangers = [name for name in environment.network.zones if not zone.fullmatch(name)]
    if strangers:
        yield Problem(
            ("network", "zones"),
            f"not of the region {environment.region}: {', '.join(strangers)}; list zones of the "
            "region, or set region to theirs",
        )


def services_out_of_reach(environment: Environment) -> Iterator[Problem]:
    """`network.nat: none` without the `network.interface_endpoints` that the functions need."""
    network = environment.network
    missing = sorted(FUNCTION_SERVICES - set(network.interface_endpoints))
    if network.nat == "none" and missing:
        names = ", ".join(missing)
        yield Problem(
            ("network", "interface_endpoints"),
            f"the functions call {names}, and network.nat is none; add {names} here, or set "
            "network.nat to single or per_az",
        )


def insights_out_of_reach(environment: Environment) -> Iterator[Problem]:
    """`functions.insights_layer_arn` with `network.nat: none` and no interface endpoint `logs`."""
    # the extension sends from within the function's network, unlike the function's own log:
    # docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring, Lambda-Insights-Getting-Started
    network = environment.network
    if (
        environment.functions.insights_layer_arn is not None
        and network.nat == "none"
        and "logs" not in network.interface_endpoints
    ):
        yield Problem(
            ("network", "interface_endpoints"),
            "functions.insights_layer_arn is set, its extension sends to logs, and network.nat is "
            "none; add logs here, or set functions.insights_layer_arn to null",
        )


def webhook_out_of_reach(environment: Environment) -> Iterator[Problem]:
    """`integration.webhook_url` with `network.nat: none`."""
    # an address of the internet: no endpoint leads to it
    if environment.integration.webhook_url is not None and environment.network.nat == "none":
        yield Problem(
            ("integration", "webhook_url"),
            "an address outside, and network.nat is none, so that nothing outside can be reached; "
            "set network.nat to single or per_az, or this to null",
        )


def limits_without_capacity(environment: Environment) -> Iterator[Problem]:
    """`data.read_capacity` or `data.write_capacity` with `data.billing: on_demand`."""
    for key in ("read_capacity", "write_capacity"):
        if environment.data.billing == "on_demand" and getattr(environment.data, key) is not None:
            yield Problem(
                ("data", key),
                "limits are for provisioned capacity, and data.billing is on_demand; set "
                "data.billing to provisioned, or this to null",
            )


def capacity_without_limits(environment: Environment) -> Iterator[Problem]:
    """`data.billing: provisioned` without both `data.read_capacity` and `data.write_capacity`."""
    for key in ("read_capacity", "write_capacity"):
        if environment.data.billing == "provisioned" and getattr(environment.data, key) is None:
            yield Problem(
                ("data", key),
                "null, and data.billing is provisioned; give it limits, as {min: 5, max: 50}, or "
                "set data.billing to on_demand",
            )


def layer_elsewhere(environment: Environment) -> Iterator[Problem]:
    """`functions.insights_layer_arn` of another region than `region`."""
    layer = environment.functions.insights_layer_arn
    if layer is not None and _region(layer) != environment.region:
        yield Problem(
            ("functions", "insights_layer_arn"),
            f"the layer is of {_region(layer)}, and region is {environment.region}; Lambda takes "
            "layers of its own region only: name that region's version of it",
        )


def subscribers_elsewhere(environment: Environment) -> Iterator[Problem]:
    """A queue or function in `observability.alarm_subscribers` of another region than `region`."""
    for subscriber in environment.observability.alarm_subscribers:
        if subscriber.startswith("arn:") and _region(subscriber) != environment.region:
            yield Problem(
                ("observability", "alarm_subscribers"),
                f"{subscriber} is of {_region(subscriber)}, and region is {environment.region}; "
                "name one of the same region",
            )


def boundary_elsewhere(environment: Environment) -> Iterator[Problem]:
    """`access.permissions_boundary_arn` of another account than `account_id`."""
    boundary = environment.access.permissions_boundary_arn
    owner = boundary.split(":")[4] if boundary is not None else "aws"
    if owner not in ("aws", environment.account_id):
        yield Problem(
            ("access", "permissions_boundary_arn"),
            f"the policy is of account {owner}, and account_id is {environment.account_id}; "
            "name a policy of this account, or one of AWS's",
        )


def provider_elsewhere(environment: Environment) -> Iterator[Problem]:
    """`delivery.github_oidc_provider_arn` of another account than `account_id`."""
    provider = environment.delivery.github_oidc_provider_arn
    if provider is not None and provider.split(":")[4] != environment.account_id:
        yield Problem(
            ("delivery", "github_oidc_provider_arn"),
            f"the provider is of account {provider.split(':')[4]}, and account_id is "
            f"{environment.account_id}; name this account's, or null to make it here",
        )


def canary_unheard(environment: Environment) -> Iterator[Problem]:
    """`functions.canary` with an `observability.error_rate_percent` above 5."""
    # the alarm counts all versions together, of which the new one gets a tenth at first
    percent = environment.observability.error_rate_percent
    if environment.functions.canary != "none" and percent > HEARD_PERCENT:
        yield Problem(
            ("observability", "error_rate_percent"),
            f"{percent}, and functions.canary gives a new version a tenth of the calls: one that "
            f"fails every second call would pass; set this to {HEARD_PERCENT} or less, or "
            "functions.canary to none",
        )


def identity_shared(one: Environment, other: Environment) -> Iterator[Problem]:
    """Two environments with the same `account_id` or `aws_profile`."""
    for fact in ("account_id", "aws_profile"):
        if getattr(one, fact) == getattr(other, fact):
            yield Problem(
                (fact,),
                f"both say {fact}: {getattr(one, fact)}; each environment has an account and a "
                "profile of its own",
            )


def networks_overlap(one: Environment, other: Environment) -> Iterator[Problem]:
    """Two environments whose `network.cidr` overlap."""
    mine, theirs = one.network.cidr, other.network.cidr
    if ipaddress.IPv4Network(mine).overlaps(ipaddress.IPv4Network(theirs)):
        yield Problem(
            ("network", "cidr"),
            f"have networks that overlap, {mine} and {theirs}; give each its own network.cidr, or "
            "they can never be peered",
        )


def external_is_own(environment: Environment) -> Iterator[Problem]:
    """`external_account_ids` with the environment's own `account_id`."""
    if environment.account_id in environment.external_account_ids:
        yield Problem(
            ("external_account_ids",),
            f"{environment.account_id} is account_id itself; name other accounts only",
        )


def external_is_another(one: Environment, other: Environment) -> Iterator[Problem]:
    """`external_account_ids` with the `account_id` of another environment."""
    # else an output of prod would pass in dev, which is what the check is there for
    for mine, theirs in ((one, other), (other, one)):
        if theirs.account_id in mine.external_account_ids:
            yield Problem(
                ("external_account_ids",),
                f"do not go together: external_account_ids of {mine.name} has "
                f"{theirs.account_id}, the account of {theirs.name}; take it out, for values of "
                f"{theirs.name} would pass in {mine.name}",
            )


RULES: tuple[Rule, ...] = (
    zones_elsewhere,
    services_out_of_reach,
    insights_out_of_reach,
    webhook_out_of_reach,
    limits_without_capacity,
    capacity_without_limits,
    layer_elsewhere,
    subscribers_elsewhere,
    boundary_elsewhere,
    provider_elsewhere,
    canary_unheard,
    external_is_own,
)
PAIR_RULES: tuple[PairRule, ...] = (identity_shared, networks_overlap, external_is_another)


def _region(arn: str) -> str:
    return arn.split(":")[3]
