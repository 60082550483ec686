"""The AWS clients, with time-outs that fit in a function's own.

Each is made once, when it is first asked for, and its connections are kept. What every invocation
needs is made as the function starts, while Lambda gives it a whole processor: DynamoDB's client,
and in the processor EventBridge's. Making one that may never be needed would only lengthen the
start.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

# botocore's defaults wait a minute for a connection and a minute for an answer: longer than
# API Gateway waits for the function. DynamoDB answers in milliseconds or is worth another try.
DYNAMODB = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)

# A secret is read within a request, which has a few seconds.
SECRETS = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
)

# From subnets without a way out to a service, connecting only ever times out. Two tries take 14
# seconds: less than the processor and the scheduled function have, so that what could not be done
# is said and not cut off.
OTHERS = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
)


@cache
def dynamodb() -> DynamoDBClient:
    """The table's client."""
    return boto3.client("dynamodb", config=DYNAMODB)


@cache
def events() -> EventBridgeClient:
    """The event bus's client."""
    return boto3.client("events", config=OTHERS)


@cache
def s3() -> S3Client:
    """The data bucket's client."""
    return boto3.client("s3", config=OTHERS)


@cache
def secrets() -> SecretsManagerClient:
    """The secrets' client."""
    return boto3.client("secretsmanager", config=SECRETS)


@cache
def sns() -> SNSClient:
    """The topic's client."""
    return boto3.client("sns", config=OTHERS)
