"""A value for every parameter of the template, as an environment on AWS would have them."""

from __future__ import annotations

_ACCOUNT = "111111111111"
_PREFIX = "desk-dev"

PARAMETERS = {
    "PrivateSubnetIds": "subnet-0a1b2c3d4e5f60001,subnet-0a1b2c3d4e5f60002",
    "LambdaSecurityGroupId": "sg-0a1b2c3d4e5f60003",
    "TableName": f"{_PREFIX}-table",
    "TableStreamArn": (
        f"arn:aws:dynamodb:us-east-1:{_ACCOUNT}:table/{_PREFIX}-table"
        "/stream/2026-01-01T00:00:00.000"
    ),
    "IdempotencyTableName": f"{_PREFIX}-idempotency",
    "ArtifactBucket": f"{_PREFIX}-{_ACCOUNT}-artifacts",
    "ApiName": f"{_PREFIX}-api",
    "AccessLogGroupArn": (
        f"arn:aws:logs:us-east-1:{_ACCOUNT}:log-group:/aws/apigateway/{_PREFIX}-access"
    ),
    "StreamDlqName": f"{_PREFIX}-stream-dlq",
    "ScheduleDlqName": f"{_PREFIX}-schedule-dlq",
    "Runtime": "python3.13",
    "Architecture": "arm64",
    "Environment": "dev",
    "Tracing": "PassThrough",
    "ThrottleRate": "50",
    "ThrottleBurst": "100",
    "SweepSchedule": "rate(15 minutes)",
    **{
        name: value
        for part in ("Api", "Processor", "Scheduled")
        for name, value in {
            f"{part}FunctionName": f"{_PREFIX}-{part.lower()}",
            f"{part}LogGroupName": f"/aws/lambda/{_PREFIX}-{part.lower()}",
            f"{part}RoleArn": f"arn:aws:iam::{_ACCOUNT}:role/{_PREFIX}-{part.lower()}",
            f"{part}Memory": "512",
            f"{part}Timeout": "10",
            f"{part}Revision": "a" * 64,
        }.items()
    },
}
