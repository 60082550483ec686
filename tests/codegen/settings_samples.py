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
PROVIDER = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
ENDPOINTS = ["sns", "secretsmanager", "events", "xray", "kms", "sqs", "lambda", "logs"]
HOOK = "https://hooks.example.com/desk"
FUNCTIONS = ("api", "processor", "scheduled")

# minutes, hours, day of the month, month, day of the week, year
BAD_CRON = (
    *("0 6 * * ?", "0  6 * * ? *", "0 6 * * * *", "0 6 ? * ? *", "0 6 * ? * *"),
    *("60 6 * * ? *", "0 24 * * ? *", "0 6 32 * ? *", "0 6 0 * ? *", "0 6 * 13 ? *"),
    *("0 6 ? * 0 *", "0 6 ? * 8 *", "0 6 * * ? 1969", "0 6 * * ? 2200", "0/0 6 * * ? *"),
    *("0 6 * FOO ? *", "0 6 ? * MO *", "L 6 * * ? *", "0 6 ? * 1W *", "0 6 2#1 * ? *"),
    *("0 6 ? * 2#6 *", "0 6 ? * 3#1,6#3 *", ", 6 * * ? *", "a b c d e f", "٠ 6 * * ? *"),
)
GOOD_CRON = (
    *("0 6 * * ? *", "0/15 8-17 ? * MON-FRI *", "*/10 0,12 ? JAN,JUN-DEC/2 6L 2026-2030"),
    *("15 10 3W * ? *", "15 10 L * ? 2026/2", "0 9 ? * 2#1 *", "0 9 ? * TUE#3 *", "0 9 ? * L *"),
)

# Each is refused for itself, whatever the other settings say.
BAD: dict[str, list[Any]] = {
    "region": ["us-east", 1, "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-east-١"],
    "account_id": ["1111", 111111111111, None, "١" * 12],
    "aws_profile": [
        *("my profile ", " mine", "", "1e3", "0x1f", "0o17", "1_000", ".5", "2026-01-31", "y", "N"),
        *(
            "a#b",
            "[x]",
            'a"b',
            "a'b",
            "@me",
            "a;b",
            "a\\b",
            "${a}",
            "a\tb",
            "é",
            "2026-01-31 10:00",
        ),
    ],
    "external_account_ids": [None, "444444444444", ["44"], [4], ["444444444444", "444444444444"]],
    "promoted_from": [1],
    "protected": ["yes"],
    "network.cidr": [
        *("10.10.0.0/24", "10.10.0.1/16", "10.10.0.0", None),
        *(
            "10.10.0.0/255.255.0.0",
            "10.10.0.0/016",
            "010.10.0.0/16",
            "10.256.0.0/16",
            "10.1٠.0.0/16",
        ),
        *("8.8.0.0/16", "172.15.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "100.128.0.0/16"),
        *("169.254.0.0/16", "127.0.0.0/16", "0.0.0.0/16"),
    ],
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
        ["a@example.com", "A@Example.com"],
        ["a@b..c"],
        ["a..b@example.com"],
        ["ä@example.com"],
        [QUEUE.replace("aws", "aws-cn")],
        [FUNCTION.replace("aws", "aws-us-gov")],
        [FUNCTION.replace("111111111111", "١" * 12)],
        "a@example.com",
    ],
    "observability.error_rate_percent": [0, 101],
    "observability.duration_percent": [0, 100],
    "observability.iterator_age_s": [59, 3541],
    "access.permissions_boundary_arn": [
        *("", "boundary", "arn:aws:iam::1:policy/b"),
        *(BOUNDARY.replace("aws", "aws-cn"), f"{BOUNDARY}é"),
    ],
    "delivery.github_repository": [
        "",
        "desk",
        "example/*",
        "a/b/c",
        "-a/b",
        "a@b/c",
        "a@0/b",
        "example/désk",
        True,
    ],
    "delivery.github_oidc_provider_arn": ["", PROVIDER.replace("aws", "aws-cn"), f"{PROVIDER}/x"],
    "api.auth": ["none", "Cognito", None],
    "api.throttle_rate": [0, 10_001],
    "api.throttle_burst": [0, 5_001],
    "api.access_log": ["on demand"],
    "api.cache_size_gb": [1, 0, "0.5"],
    "api.cache_ttl_s": [-1, 3601],
    "functions.tracing": ["Active"],
    "functions.insights_layer_arn": [
        *(f"{LAYER}:38", f"{LAYER}-Arm64", "", True, f"{LAYER}-Arm64:1٢"),
        f"{LAYER.replace('aws', 'aws-cn')}-Arm64:20",
    ],
    "functions.canary": ["AllAtOnce", "Canary10Percent", None],
    "functions.nightly_schedule": ["rate(1 hours)", "nightly", "cron(0 3 * * * *)", None],
    "integration.webhook_url": [
        *("", "hooks.example.com", "http://hooks.example.com/desk", "https://localhost/desk"),
        *("https://user:secret@hooks.example.com", "https://secret@hooks.example.com/desk"),
        *(f"{HOOK}#part", f"{HOOK}?token=secret", f"{HOOK} ", f"{HOOK}/%zz", f"{HOOK}/é"),
        *("https://192.0.2.1/desk", "https://[2001:db8::1]/desk", "https://hooks.example.com:0"),
        *(f"{HOOK}/{'a' * 1024}", True),
    ],
    "functions.sweep_schedule": [
        *("rate(1 hours)", "rate(0 minutes)", "rate(1٥ minutes)", "hourly"),
        *("rate(44641 minutes)", "rate(745 hours)", "rate(32 days)", f"rate({'9' * 20} days)"),
        *(f"cron({fields})" for fields in BAD_CRON),
    ],
    "functions.api_timeout_s": [0, 30],
    "functions.processor_timeout_s": [19, 901],
    "functions.scheduled_timeout_s": [0, 901],
    **{f"functions.{name}_memory_mb": [127, 10_241, "512"] for name in FUNCTIONS},
    **{f"functions.{name}_reserved_concurrency": [0, 100_000, "5"] for name in FUNCTIONS},
}

# What a schema cannot see: the order of two numbers, arithmetic on addresses, what is the same but
# for its case.
BEYOND_A_SCHEMA = [
    ("data.write_capacity", {"min": 5, "max": 4}),
    ("network.cidr", "10.10.0.1/16"),
    ("observability.alarm_subscribers", ["a@example.com", "A@Example.com"]),
]

capacity = st.tuples(st.integers(1, 40_000), st.integers(1, 40_000)).map(
    lambda pair: {"min": min(pair), "max": max(pair)}
)
memory = st.integers(128, 10_240)
timeout = st.integers(1, 900)
reserved = st.none() | st.integers(1, 99_999)

GOOD: dict[str, st.SearchStrategy[Any]] = {
    "region": st.just("us-east-1"),
    "account_id": st.just("111111111111"),
    "aws_profile": st.sampled_from(
        [
            *("desk-dev", "me.at_work", "p", "111111111111_admin", "e3", "111111111111:Admin"),
            *("Acme Corp/Read Only", "me@corp", "a=b+c,d&e", "AWS (prod)", "a - b"),
        ]
    ),
    "external_account_ids": st.lists(
        st.sampled_from(["444444444444", "555555555555"]), unique=True, max_size=2
    ),
    "promoted_from": st.none(),
    "protected": st.booleans(),
    "network.cidr": st.sampled_from(
        [
            *("10.10.0.0/16", "10.255.128.0/17", "172.16.0.0/16", "172.31.192.0/18"),
            *("192.168.16.0/20", "100.64.0.0/16", "100.127.224.0/19"),
        ]
    ),
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
        st.sampled_from(
            [
                *("on-call@example.com", "O'Neil.desk+alarms@mail.example.co.uk"),
                *("a@xn--bcher-kva.de", QUEUE, FUNCTION, f"{FUNCTION}:live"),
            ]
        ),
        unique=True,
    ),
    "observability.error_rate_percent": st.integers(1, 100),
    "observability.duration_percent": st.integers(1, 99),
    "observability.iterator_age_s": st.integers(60, 3540),
    "access.permissions_boundary_arn": st.sampled_from(
        [None, BOUNDARY, "arn:aws:iam::aws:policy/PowerUserAccess"]
    ),
    "delivery.github_repository": st.sampled_from(
        [None, "example/desk", "a-1/b.c_d-e", "a@12/b@345"]
    ),
    "delivery.github_oidc_provider_arn": st.sampled_from([None, PROVIDER]),
    "api.auth": st.sampled_from(["api_key", "iam", "cognito"]),
    "api.throttle_rate": st.integers(1, 10_000),
    "api.throttle_burst": st.integers(1, 5_000),
    "api.access_log": st.booleans(),
    "api.cache_size_gb": st.sampled_from([None, *CACHE_SIZES_GB]),
    "api.cache_ttl_s": st.integers(0, 3600),
    "functions.tracing": st.booleans(),
    "functions.insights_layer_arn": st.sampled_from([None, f"{LAYER}-Arm64:20"]),
    "functions.canary": st.sampled_from(["none", "Canary10Percent5Minutes"]),
    "functions.nightly_schedule": st.sampled_from(
        ["rate(1 day)", *(f"cron({fields})" for fields in GOOD_CRON)]
    ),
    "integration.webhook_url": st.sampled_from(
        [
            *(None, HOOK, f"{HOOK}/a-b_c.~%20/", "https://hooks.example.com"),
            *("https://desk.hooks.example.co.uk:8443/", "https://xn--bcher-kva.de"),
        ]
    ),
    "functions.sweep_schedule": st.sampled_from(
        [
            *("rate(1 minute)", "rate(44640 minutes)", "rate(744 hours)", "rate(31 days)"),
            *(f"cron({fields})" for fields in GOOD_CRON),
        ]
    ),
    "functions.api_timeout_s": st.integers(1, 29),
    "functions.processor_timeout_s": st.integers(20, 900),
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
        said["network.interface_endpoints"] = ["sns", "events", "secretsmanager", "logs"]
        said["integration.webhook_url"] = None
    if said.get("functions.canary", "none") != "none":
        said["observability.error_rate_percent"] = 5
    return said
