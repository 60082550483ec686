"""The AWS clients, with time-outs that fit in a function's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sns import SNSClient

# botocore's defaults wait a minute for a connection and a minute for an answer: longer than
# API Gateway waits for the function. DynamoDB answers in milliseconds or is worth another try.
DYNAMODB = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "max_attempts": 3},
    tcp_keepalive=True,
)

# From subnets without a way out to SNS, connecting only ever times out. Two tries end well within
# the processor's time, so that the record is reported as failed and the batch is not begun anew.
SNS = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
)


def dynamodb() -> DynamoDBClient:
    """A DynamoDB client; made once as the function starts, its connections are kept."""
    return boto3.client("dynamodb", config=DYNAMODB)


def sns() -> SNSClient:
    """An SNS client; made once as the function starts, its connections are kept."""
    return boto3.client("sns", config=SNS)
