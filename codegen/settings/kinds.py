"""The kinds of values that settings have, where a type alone does not say what is allowed."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

# EventBridge: rate(<value> <unit>), singular for 1; or cron(<six fields>).
SCHEDULE = (
    r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$"
)
ACCOUNT = r"^\d{12}$"
REGION = r"^[a-z]{2}(-[a-z]+)+-\d$"
NAME = r"^[a-z][a-z0-9-]{1,15}$"
NAME_IN_WORDS = "2 to 16 of a-z, 0-9 and -, beginning with a letter"
CIDR = r"^(\d{1,3}\.){3}\d{1,3}/(16|17|18|19|20)$"
BOUNDARY = r"^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+$"
# The account that publishes it differs between regions, so any is accepted.
INSIGHTS_LAYER = (
    r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:LambdaInsightsExtension-Arm64:[1-9]\d*$"
)
_E_MAIL = r"[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+"
# a standard topic delivers to no FIFO queue, and their names end in .fifo
_QUEUE = r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}"
_FUNCTION = r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w-]+)?"
SUBSCRIBER = rf"^({_E_MAIL}|{_QUEUE}|{_FUNCTION})$"

# CloudWatch Logs accepts these and no others (PutRetentionPolicy, retentionInDays).
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
# The sizes of a stage's cache (CreateStage, cacheClusterSize), in GB.
CACHE_SIZES_GB = (0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237)
# Services by the short name of their endpoint: com.amazonaws.<region>.<name>.
EndpointService = Literal[
    "sns", "secretsmanager", "events", "xray", "kms", "sqs", "lambda", "logs", "monitoring"
]
# SAM's names of CodeDeploy's predefined configurations.
Canary = Literal[
    "none",
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
]


def _vpc_cidr(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{error}; a range is written as 10.10.0.0/16") from error
    if not 16 <= network.prefixlen <= 20:
        raise ValueError("a VPC is a /16 to /20 here: a /24 must fit for every zone and tier")
    return value


def _different(values: list[str]) -> list[str]:
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise ValueError(f"{', '.join(twice)} is there twice")
    return values


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs keeps for {listed(RETENTION_DAYS)} days")
    return value


def _cache_size(value: float) -> float:
    if value not in CACHE_SIZES_GB:
        raise ValueError(f"API Gateway has caches of {listed(CACHE_SIZES_GB)} GB")
    # 118 and 118.0 are one size, and it is written as AWS writes it
    return int(value) if value == int(value) else value


def _quoted_account(value: object) -> object:
    # YAML reads bare digits as a number, and a number has lost its leading zeros
    if isinstance(value, int):
        raise ValueError('an account id is text: write it in quotes, account_id: "012345678901"')  # noqa: TRY004  (pydantic reports a ValueError)
    return value


def _short_name(value: str) -> str:
    # the longest derived name is a bucket's: 63 characters, of which 22 are ours
    if not re.fullmatch(NAME, value):
        raise ValueError(f"allowed: {NAME_IN_WORDS}")
    return value


def listed(values: tuple[Any, ...]) -> str:
    """Numbers as people write them, one after the other."""
    return ", ".join(f"{value:g}" for value in values)


Account = Annotated[str, BeforeValidator(_quoted_account), Field(pattern=ACCOUNT)]
Cidr = Annotated[str, AfterValidator(_vpc_cidr)]
CacheSize = Annotated[float, AfterValidator(_cache_size)]
Different = AfterValidator(_different)
Memory = Annotated[int, Field(ge=128, le=10_240)]
Name = Annotated[str, AfterValidator(_short_name)]
Retention = Annotated[int, AfterValidator(_retention)]
Percent = Annotated[int, Field(ge=1, le=100)]
Timeout = Annotated[int, Field(ge=1, le=900)]
