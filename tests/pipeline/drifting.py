"""An environment in which nothing has drifted; each test changes one thing in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from codegen.sam.template import parse_template
from pipeline.deployed.differences import code_sha256
from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.stack import LAYER, DeployedStack, Resource
from pipeline.inspect.drift.findings import Finding
from pipeline.inspect.drift.handoff import Deployed, Rendered, Verified, findings
from pipeline.inspect.drift.mending import Mending

CODE_HEX = "4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2"
CODE = code_sha256(f"artifacts/{CODE_HEX}.zip")
LAYER_ARN = "arn:aws:lambda:us-east-1:111111111111:layer:shared:4"
ENDED = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
TEMPLATE = f"""
Parameters:
  TableName: {{Type: String}}
  SubnetIds: {{Type: List<AWS::EC2::Subnet::Id>}}
  Memory: {{Type: Number}}
  ApiRevision: {{Type: String}}
Resources:
  Shared: {{Type: AWS::Serverless::LayerVersion}}
  Queue: {{Type: AWS::SQS::Queue}}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {{Bucket: any, Key: artifacts/{CODE_HEX}.zip}}
      AutoPublishAlias: live
      AutoPublishCodeSha256: !Ref ApiRevision
      VersionDescription: !Ref ApiRevision
      Runtime: python3.13
      MemorySize: !Ref Memory
      Layers: [!Ref Shared]
      VpcConfig: {{SubnetIds: !Ref SubnetIds}}
      Environment:
        Variables:
          TABLE_NAME: !Ref TableName
          QUEUE: !Ref Queue
          PASSWORD: "{{{{resolve:secretsmanager:desk}}}}"
          DEBUG: true
"""
PARAMETERS = {
    "TableName": "table",
    "SubnetIds": "subnet-2,subnet-1",
    "Memory": "512",
    "ApiRevision": "rev-1",
}
MENDING = Mending(
    environment="dev",
    release="c" * 64,
    stack="desk-dev",
    bucket="artifacts-dev",
    profile="desk-dev",
    region="us-east-1",
)
AWS = "aws --profile desk-dev --region us-east-1 "  # how every one of its commands begins


def configuration(**more: Any) -> dict[str, Any]:
    """A version as Lambda tells of it: just what the release says."""
    variables = {
        "TABLE_NAME": "table",
        "QUEUE": "https://sqs/queue",
        "PASSWORD": "rosebud",
        "DEBUG": "true",
    }
    return {
        "Version": "3",
        "CodeSha256": CODE,
        "Description": "rev-1",
        "Runtime": "python3.13",
        "MemorySize": 512,
        "Timeout": 3,
        "Layers": [{"Arn": LAYER_ARN, "CodeSize": 1}],
        "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": [], "VpcId": "v"},
        "Environment": {"Variables": variables | more.pop("variables", {})},
    } | more


def latest(**more: Any) -> dict[str, Any]:
    """$LATEST, whose description is the function's own."""
    return configuration(**{"Version": "$LATEST", "Description": "Answers. rev-1"} | more)


def api(**more: Any) -> DeployedFunction:
    """The function as it is deployed."""
    fields = {
        "name": "desk-dev-api",
        "alias": "live",
        "live": configuration(),
        "latest": latest(),
        "weights": {},
        "published": "3",
    }
    return DeployedFunction(**fields | more)


def stack(status: str = "UPDATE_COMPLETE", **more: Any) -> DeployedStack:
    """The stack as it is deployed."""
    fields = {"status": status, "changed_at": ENDED, "parameters": PARAMETERS}
    return DeployedStack(**fields | more)


def drift(
    *,
    rendered: Rendered | None = None,
    stack: DeployedStack = stack(),  # noqa: B008 - frozen
    functions: Mapping[str, DeployedFunction] | None = None,
    recorded: Mapping[str, str] = PARAMETERS,
    unseen: frozenset[str] = frozenset(),
    layers: Sequence[Resource] = (),
    template: str = TEMPLATE,
) -> list[Finding]:
    """What is found where only this differs from what was verified."""
    verified = Verified(parse_template(template, "template.yaml"), recorded, {}, ENDED)
    deployed = Deployed(
        stack=stack,
        resources=[Resource("Shared0123456789", LAYER, LAYER_ARN), *layers],
        functions={"Api": api()} if functions is None else functions,
        unseen=unseen,
    )
    return findings(verified, rendered or Rendered(recorded), deployed, MENDING)


def told(found: list[Finding]) -> list[tuple[str, str, str | None, str | None]]:
    """Findings without their remedies."""
    return [(each.kind, each.subject, each.expected, each.actual) for each in found]
