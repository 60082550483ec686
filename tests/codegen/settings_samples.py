"""For each setting something that is allowed, and things that are not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from codegen.settings.environment import Environment
from codegen.settings.kinds import CACHE_SIZES_GB
from codegen.settings.setting import nested

LAYER = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension"
QUEUE = "arn:aws:sqs:us-east-1:111111111111:alarms"
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:alarms"
BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
ENDPOINTS = ["sns", "secretsmanager", "events", "xray", "kms", "sqs", "lambda", "logs"]
FUNCTIONS = ("api", "processor", "scheduled")

# Each is refused for itself, whatever the other settings say.
BAD: dict[str, list[Any]] = {
    "region": ["us-east", 1],
    "account_id": ["1111", 111111111111, None],
    "aws_profile": ["my profile", ""],
    "promoted_from": [1],
    "protected": ["yes"],
    "network.cidr": ["10.10.0.0/24", "10.10.0.1/16", "10.10.0.0", None],
    "network.zones": [["us-east-1a"], "us-east-1a", ["us-east-1a", "us-east-1a"], [1, 2]],
    "network.nat": ["both", True],
    "network.interface_endpoints": [["snss"], "sns", ["sns", "sns"], ["dynamodb"]],
    "network.flow_logs": ["rejects", True],
    "encryption.customer_key": ["true", 1],
    "data.billing": ["on demand", None],
    "data.read_capacity": [5, {"min": 0, "max": 5}, {"min": 1}, {"min": 1, "max": 2, "maks": 3}],
    "data.write_capacity": [{"min": 5, "max": 4}, {"min": 1, "max": 40_001}],
    "data.capacity_target_percent": [19, 91, 70.5],
    "data.point_in_time_recovery": ["yes"],
    "data.deletion_protection": ["true"],
    "logs.retention_days": [8, "7", True],
    "observability.alarm_subscribers": [
        ["team@example"],
        ["https://hooks.example.com/secret"],
        [f"{QUEUE}.fifo"],
        ["arn:aws:sns:us-east-1:111111111111:alarms"],
        ["a@example.com", "a@example.com"],
        "a@example.com",
    ],
    "observability.error_rate_percent": [0, 101],
    "observability.duration_percent": [0, 100],
    "observability.iterator_age_s": [59, 3541],
    "access.permissions_boundary_arn": ["", "boundary", "arn:aws:iam::1:policy/b"],
    "api.auth": ["none", "cognito"],
    "api.throttle_rate": [0, 10_001],
    "api.throttle_burst": [0, 5_001],
    "api.access_log": ["on demand"],
    "api.cache_size_gb": [1, 0, "0.5"],
    "api.cache_ttl_s": [-1, 3601],
    "functions.tracing": ["Active"],
    "functions.insights_layer_arn": [f"{LAYER}:38", f"{LAYER}-Arm64", "", True],
    "functions.canary": ["AllAtOnce", "Canary10Percent", None],
    "functions.sweep_schedule": ["rate(1 hours)", "rate(0 minutes)", "cron(0 6 * * ?)", "hourly"],
    "functions.api_timeout_s": [0, 30],
    "functions.processor_timeout_s": [0, 901],
    "functions.scheduled_timeout_s": [0, 901],
    **{f"functions.{name}_memory_mb": [127, 10_241, "512"] for name in FUNCTIONS},
    **{f"functions.{name}_reserved_concurrency": [0, -1, "5"] for name in FUNCTIONS},
}

# What a schema cannot see: the order of two numbers, arithmetic on addresses.
BEYOND_A_SCHEMA = [("data.write_capacity", {"min": 5, "max": 4}), ("network.cidr", "10.10.0.1/16")]

capacity = st.tuples(st.integers(1, 40_000), st.integers(1, 40_000)).map(
    lambda pair: {"min": min(pair), "max": max(pair)}
)
memory = st.integers(128, 10_240)
timeout = st.integers(1, 900)
reserved = st.none() | st.integers(1, 1_000_000)

GOOD: dict[str, st.SearchStrategy[Any]] = {
    "region": st.just("us-east-1"),
    "account_id": st.just("111111111111"),
    "aws_profile": st.sampled_from(["desk-dev", "me.at_work"]),
    "promoted_from": st.none(),
    "protected": st.booleans(),
    "network.cidr": st.sampled_from(["10.10.0.0/16", "192.168.16.0/20"]),
    "network.zones": st.lists(
        st.sampled_from([f"us-east-1{zone}" for zone in "abcdef"]),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    "network.nat": st.sampled_from(["none", "single", "per_az"]),
    "network.interface_endpoints": st.lists(st.sampled_from(ENDPOINTS), unique=True),
    "network.flow_logs": st.sampled_from(["none", "accepted", "rejected", "all"]),
    "encryption.customer_key": st.booleans(),
    "data.billing": st.sampled_from(["on_demand", "provisioned"]),
    "data.read_capacity": capacity,
    "data.write_capacity": capacity,
    "data.capacity_target_percent": st.integers(20, 90),
    "data.point_in_time_recovery": st.booleans(),
    "data.deletion_protection": st.booleans(),
    "logs.retention_days": st.sampled_from([1, 30, 365, 3653]),
    "observability.alarm_subscribers": st.lists(
        st.sampled_from(["on-call@example.com", QUEUE, FUNCTION, f"{FUNCTION}:live"]), unique=True
    ),
    "observability.error_rate_percent": st.integers(1, 100),
    "observability.duration_percent": st.integers(1, 99),
    "observability.iterator_age_s": st.integers(60, 3540),
    "access.permissions_boundary_arn": st.sampled_from(
        [None, BOUNDARY, "arn:aws:iam::aws:policy/PowerUserAccess"]
    ),
    "api.auth": st.sampled_from(["api_key", "iam"]),
    "api.throttle_rate": st.integers(1, 10_000),
    "api.throttle_burst": st.integers(1, 5_000),
    "api.access_log": st.booleans(),
    "api.cache_size_gb": st.sampled_from([None, *CACHE_SIZES_GB]),
    "api.cache_ttl_s": st.integers(0, 3600),
    "functions.tracing": st.booleans(),
    "functions.insights_layer_arn": st.sampled_from([None, f"{LAYER}-Arm64:20"]),
    "functions.canary": st.sampled_from(["none", "Canary10Percent5Minutes"]),
    "functions.sweep_schedule": st.sampled_from(
        ["rate(1 minute)", "rate(2 days)", "cron(0 6 * * ? *)"]
    ),
    "functions.api_timeout_s": st.integers(1, 29),
    "functions.processor_timeout_s": timeout,
    "functions.scheduled_timeout_s": timeout,
    **{f"functions.{name}_memory_mb": memory for name in FUNCTIONS},
    **{f"functions.{name}_reserved_concurrency": reserved for name in FUNCTIONS},
}


def all_keys() -> set[str]:
    """Every key that an env.yaml may have, dotted."""
    keys = set()
    for name, field in Environment.model_fields.items():
        section = nested(field)
        keys |= {f"{name}.{key}" for key in section.model_fields} if section else {name}
    return keys - {"name", "project"}


def fitting(said: dict[str, Any]) -> dict[str, Any]:
    """What is said, brought to terms with itself where keys hang together."""
    limits = {f"data.{kind}_capacity": {"min": 1, "max": 2} for kind in ("read", "write")}
    if said.get("data.billing") == "provisioned":
        said = limits | said
    else:
        said = {key: value for key, value in said.items() if key not in limits}
    if said.get("network.nat") == "none":
        said["network.interface_endpoints"] = ["sns", "logs"]
    return said
