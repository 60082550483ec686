"""The sections of the settings that the application reads: its API and its functions.

Costs are as docs/settings.md says: USD in us-east-1, a month having 720 hours.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from codegen.settings.kinds import (
    CACHE_SIZES_GB,
    INSIGHTS_LAYER,
    WEBHOOK,
    WEBHOOK_IN_WORDS,
    CacheSize,
    Canary,
    Memory,
    Timeout,
    listed,
)
from codegen.settings.schedule import SCHEDULE, SCHEDULE_IN_WORDS
from codegen.settings.setting import Section, setting


class Api(Section):
    """The REST API's stage."""

    auth: Annotated[
        Literal["api_key", "iam", "cognito"],
        setting(
            "How callers prove who they are: an API key in a header, a signature by IAM, or a "
            "token of the environment's Cognito user pool, which is there only then.",
            cost="cognito 0.0055 for each user of a month above 10,000",
        ),
    ]
    throttle_rate: Annotated[
        int,
        Field(ge=1, le=10_000),
        setting("Requests per second, for the stage and for each API key."),
    ]
    throttle_burst: Annotated[
        int,
        Field(ge=1, le=5_000),
        setting("Requests at once, for the stage and for each API key."),
    ]
    access_log: Annotated[
        bool,
        setting("Whether each request leaves a line in the access log.", cost="0.50 per GB"),
    ]
    cache_size_gb: Annotated[
        CacheSize | None,
        setting(
            "The cache for GET requests; none when null. An answer may then be as old as "
            "`cache_ttl_s`.",
            allowed=f"null, {listed(CACHE_SIZES_GB)}",
            cost="a month, in this order: 14.40, 27.36, 144, 180, 360, 720, 1,368, 2,736",
            schema={"enum": [None, *CACHE_SIZES_GB]},
        ),
    ]
    cache_ttl_s: Annotated[
        int,
        Field(ge=0, le=3600),
        setting("How many seconds an answer stays in the cache; without a cache, nothing."),
    ]


# five digits, as the parameters in template.yaml take
Reserved = Annotated[int, Field(ge=1, le=99_999)]

_PER_GB_SECOND = "0.0000133 per GB-second on arm64, and 0.20 per million invocations"
_MEMORY = setting("Memory in MB; processor time grows with it.", cost=_PER_GB_SECOND)
_TIMEOUT = setting("Seconds after which an invocation is ended.")
_RESERVED = setting(
    "How many invocations may run at once, kept free for this function; null shares what the "
    "account has. Lambda keeps 100 of the account's unreserved.",
    allowed="null, or a whole number, 1 to 99,999",
)


class Functions(Section):
    """The three functions."""

    tracing: Annotated[
        bool,
        setting(
            "X-Ray traces through API and functions.", cost="5.00 per million traces above 100,000"
        ),
    ]
    insights_layer_arn: Annotated[
        Annotated[str, Field(pattern=INSIGHTS_LAYER)] | None,
        setting(
            "Lambda Insights: processor, memory and network figures of each function. In effect "
            "only on AWS.",
            allowed="null, or the full ARN (arn:aws:…) of a version of the layer "
            "LambdaInsightsExtension-Arm64 in the environment's region",
            cost="up to 2.40 a month for each function (8 metrics of 0.30), 0.50 per GB of logs",
        ),
    ]
    canary: Annotated[
        Canary,
        setting(
            "How a new version takes over: at once (none), or bit by bit, and back again when the "
            "function's error alarm goes off. In effect only on AWS.",
        ),
    ]
    sweep_schedule: Annotated[
        str,
        Field(pattern=SCHEDULE),
        setting(
            "When the Scheduled function looks for overdue tickets.",
            allowed=SCHEDULE_IN_WORDS,
        ),
    ]
    nightly_schedule: Annotated[
        str,
        Field(pattern=SCHEDULE),
        setting(
            "When the Scheduled function archives old tickets and compares the counters with the "
            "tickets; in UTC, once a day, when there is little else to do.",
            allowed=SCHEDULE_IN_WORDS,
        ),
    ]
    api_memory_mb: Annotated[Memory, _MEMORY]
    api_timeout_s: Annotated[
        int,
        # API Gateway ends a request after 29 s
        Field(ge=1, le=29),
        setting("Seconds after which a request is ended; API Gateway waits no longer than 29."),
    ]
    api_reserved_concurrency: Annotated[Reserved | None, _RESERVED]
    processor_memory_mb: Annotated[Memory, _MEMORY]
    processor_timeout_s: Annotated[
        int,
        # 2 tries of 2 s to connect and 5 s to wait (SNS in desk/runtime/clients.py), and a start
        Field(ge=20, le=900),
        setting(
            "Seconds after which an invocation is ended; at least 20, since SNS may take 14 to be "
            "given up, and a record is reported as failed only after that."
        ),
    ]
    processor_reserved_concurrency: Annotated[Reserved | None, _RESERVED]
    scheduled_memory_mb: Annotated[Memory, _MEMORY]
    scheduled_timeout_s: Annotated[Timeout, _TIMEOUT]
    scheduled_reserved_concurrency: Annotated[Reserved | None, _RESERVED]


class Integration(Section):
    """The outside system that is told of escalations."""

    webhook_url: Annotated[
        Annotated[str, Field(pattern=WEBHOOK, max_length=1024)] | None,
        setting(
            "Where each escalation is sent, signed with the secret that people put into Secrets "
            "Manager; nowhere when null.",
            allowed=WEBHOOK_IN_WORDS,
        ),
    ]
