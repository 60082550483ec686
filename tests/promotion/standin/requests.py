"""Requests that the roles' documents are asked: action, resource, what the request carries."""

from __future__ import annotations

from typing import Any

from tests.promotion.standin.delivery import HERE, PREFIX

Request = tuple[str, str, dict[str, Any]]

IAM = f"arn:aws:iam::{HERE}"
LAMBDA = f"arn:aws:lambda:us-east-1:{HERE}:function"
EC2 = f"arn:aws:ec2:us-east-1:{HERE}"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/{PREFIX}"
TABLE = f"arn:aws:dynamodb:us-east-1:{HERE}:table/{PREFIX}-table"
OWN_TAGS = {"aws:ResourceTag/project": "desk", "aws:ResourceTag/environment": "staging"}
NEW_TAGS = {"aws:RequestTag/project": "desk", "aws:RequestTag/environment": "staging"}
BOUNDED = {"iam:PermissionsBoundary": f"{IAM}:policy/{PREFIX}-boundary"}
VIA_LAMBDA = {"kms:ViaService": "lambda.us-east-1.amazonaws.com"}
KEYS_ONLY = {"dynamodb:Select": "SPECIFIC_ATTRIBUTES", "dynamodb:Attributes": ["pk", "sk"]}


def _tags(environment: str) -> dict[str, str]:
    return {"aws:ResourceTag/project": "desk", "aws:ResourceTag/environment": environment}


def _handed(role: str, service: str) -> Request:
    to = {"iam:PassedToService": f"{service}.amazonaws.com"}
    return "iam:PassRole", f"{IAM}:role/{role}", to


def _scaled(service: str) -> Request:
    return (
        "application-autoscaling:RegisterScalableTarget",
        f"arn:aws:application-autoscaling:us-east-1:{HERE}:scalable-target/x",
        {"application-autoscaling:service-namespace": service},
    )


def _called(route: str) -> Request:
    return "execute-api:Invoke", f"arn:aws:execute-api:us-east-1:{HERE}:abc/v1/{route}", {}


def _granted(for_aws: str, tags: dict[str, str]) -> Request:
    return "kms:CreateGrant", KEY, tags | VIA_LAMBDA | {"kms:GrantIsForAWSResource": for_aws}


def _deleted(returned: str) -> Request:
    leading = {"dynamodb:LeadingKeys": ["TICKET#1"]}
    return "dynamodb:DeleteItem", TABLE, leading | {"dynamodb:ReturnValues": returned}


def _listed(team: str) -> Request:
    return (
        "dynamodb:Query",
        f"{TABLE}/index/gsi2",
        KEYS_ONLY | {"dynamodb:LeadingKeys": [f"TEAM#{team}#new"]},
    )


# Role and request: what it is there for, each beside something that it may not.
WITHIN: dict[str, tuple[str, Request]] = {
    "hands CloudFormation its role": ("deploy", _handed(f"{PREFIX}-deployment", "cloudformation")),
    "hands flow logs their role": ("deploy", _handed(f"{PREFIX}-flow-logs", "vpc-flow-logs")),
    "makes a role": ("deploy", ("iam:CreateRole", f"{IAM}:role/{PREFIX}-x", BOUNDED)),
    "scales a table": ("deploy", _scaled("dynamodb")),
    "tags what it makes": (
        "deploy",
        ("ec2:CreateTags", f"{EC2}:subnet/subnet-1", {"ec2:CreateAction": "CreateSubnet"}),
    ),
    "asks for a ticket": ("deploy", _called("GET/tickets/1")),
    "asks for its team's statistics": ("deploy", _called("GET/teams/smoke-1/stats")),
    "deletes a ticket": ("deploy", _deleted("NONE")),
    "lists its team's tickets": ("deploy", _listed("smoke-1")),
    "gives a function its role": ("deployment", _handed(f"{PREFIX}-api", "lambda")),
    "has Lambda take a grant": ("deployment", _granted("true", OWN_TAGS)),
}
BY_DEPLOY: dict[str, Request] = {
    **{
        f"hands {role} to {service}": _handed(f"{PREFIX}-{role}", service)
        for role, service in (
            *(("api", "lambda"), ("deployment", "lambda"), ("deploy", "cloudformation")),
            *(("api-gateway", "lambda"), ("flow-logs", "ec2"), ("codedeploy", "codedeploy")),
            *(("unbounded", "cloudformation"), ("unbounded", "lambda")),
        )
    },
    "hands an administrator to CloudFormation": _handed("administrator", "cloudformation"),
    "makes a role without the boundary": ("iam:CreateRole", f"{IAM}:role/{PREFIX}-x", {}),
    "makes a role of another environment": (
        "iam:CreateRole",
        f"{IAM}:role/desk-prod-x",
        BOUNDED,
    ),
    "takes a version of the boundary": (
        "iam:SetDefaultPolicyVersion",
        f"{IAM}:policy/{PREFIX}-boundary",
        {},
    ),
    "deletes the boundary": ("iam:DeletePolicy", f"{IAM}:policy/{PREFIX}-boundary", {}),
    "lets an identity provider serve another": (
        "iam:AddClientIDToOpenIDConnectProvider",
        f"{IAM}:oidc-provider/token.actions.githubusercontent.com",
        {},
    ),
    "changes an identity provider's thumbprint": (
        "iam:UpdateOpenIDConnectProviderThumbprint",
        f"{IAM}:oidc-provider/token.actions.githubusercontent.com",
        {},
    ),
    "makes another service's own role": (
        "iam:CreateServiceLinkedRole",
        f"{IAM}:role/aws-service-role/organizations.amazonaws.com/x",
        {"iam:AWSServiceName": "organizations.amazonaws.com"},
    ),
    "scales what is no table": _scaled("ec2"),
    "tags while it makes nothing": (
        "ec2:CreateTags",
        f"{EC2}:subnet/subnet-1",
        NEW_TAGS | _tags("other"),
    ),
    "calls another route": _called("PATCH/tickets/1"),
    "calls another team's statistics": _called("GET/teams/ops/stats"),
    "calls another version": ("lambda:InvokeFunction", f"{LAMBDA}:{PREFIX}-scheduled:1", {}),
    "reads a ticket as it deletes it": _deleted("ALL_OLD"),
    "lists another team's tickets": _listed("ops"),
}
# What a template could ask of CloudFormation, whose role deploys it.
BY_A_TEMPLATE: dict[str, Request] = {
    "makes a role": (
        "iam:CreateRole",
        f"{IAM}:role/{PREFIX}-x",
        BOUNDED,
    ),
    "writes its own policy": ("iam:PutRolePolicy", f"{IAM}:role/{PREFIX}-deployment", {}),
    "gives a function an administrator's role": _handed("administrator", "lambda"),
    "gives a function the deploy role": _handed(f"{PREFIX}-deploy", "lambda"),
    "hands a role to a machine": _handed(f"{PREFIX}-api", "ec2"),
    "starts a machine": ("ec2:RunInstances", f"{EC2}:instance/*", NEW_TAGS),
    "makes another stack": (
        "cloudformation:CreateStack",
        f"arn:aws:cloudformation:us-east-1:{HERE}:stack/{PREFIX}-nested/1",
        {},
    ),
    "runs another macro": (
        "cloudformation:CreateChangeSet",
        f"arn:aws:cloudformation:us-east-1:{HERE}:transform/somebody-s",
        {},
    ),
    "calls a custom resource": ("lambda:InvokeFunction", f"{LAMBDA}:somebody-s", {}),
    "resolves a stored parameter": (
        "ssm:GetParameters",
        f"arn:aws:ssm:us-east-1:{HERE}:parameter/p",
        {},
    ),
    "resolves another service's secret": (
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:us-east-1:{HERE}:secret:other/s",
        {},
    ),
    "lets everybody call a function": (
        "lambda:AddPermission",
        f"{LAMBDA}:{PREFIX}-api",
        {"lambda:Principal": "*"},
    ),
    "gives a function an address": (
        "lambda:CreateFunctionUrlConfig",
        f"{LAMBDA}:{PREFIX}-api",
        {"lambda:FunctionUrlAuthType": "NONE"},
    ),
    "changes another function": ("lambda:UpdateFunctionCode", f"{LAMBDA}:somebody-s", {}),
    "follows a stream with another function": (
        "lambda:CreateEventSourceMapping",
        "*",
        {"lambda:FunctionArn": f"{LAMBDA}:somebody-s"},
    ),
    "grants the key to somebody": _granted("false", OWN_TAGS),
    "grants another key": _granted("true", _tags("other")),
    "opens with another key": ("kms:Decrypt", KEY, _tags("other")),
    "writes a key's policy": ("kms:PutKeyPolicy", KEY, OWN_TAGS),
    "writes a bucket's policy": ("s3:PutBucketPolicy", f"arn:aws:s3:::{PREFIX}-{HERE}-data", {}),
    "makes a domain name": ("apigateway:POST", "arn:aws:apigateway:us-east-1::/domainnames", {}),
    "takes another role": ("sts:AssumeRole", f"{IAM}:role/{PREFIX}-deploy", {}),
    "deletes a table": (
        "dynamodb:DeleteTable",
        f"arn:aws:dynamodb:us-east-1:{HERE}:table/{PREFIX}-table",
        {},
    ),
}


# What a delivery gate refuses a job: resource type → what the role would need for it.
TAKES: dict[str, tuple[str, str]] = {
    "aws_cloudwatch_event_bus": (
        "events:DeleteEventBus",
        f"arn:aws:events:us-east-1:{HERE}:event-bus/{PREFIX}-events",
    ),
    "aws_cloudwatch_log_group": (
        "logs:DeleteLogGroup",
        f"arn:aws:logs:us-east-1:{HERE}:log-group:/aws/lambda/{PREFIX}-api",
    ),
    "aws_cognito_user_pool": (
        "cognito-idp:DeleteUserPool",
        f"arn:aws:cognito-idp:us-east-1:{HERE}:userpool/p",
    ),
    "aws_cognito_user_pool_client": (
        "cognito-idp:DeleteUserPoolClient",
        f"arn:aws:cognito-idp:us-east-1:{HERE}:userpool/p",
    ),
    "aws_default_security_group": ("ec2:CreateTags", f"{EC2}:security-group/sg-1"),
    "aws_dynamodb_table": (
        "dynamodb:DeleteTable",
        f"arn:aws:dynamodb:us-east-1:{HERE}:table/{PREFIX}-table",
    ),
    "aws_eip": ("ec2:ReleaseAddress", f"{EC2}:elastic-ip/eipalloc-1"),
    "aws_iam_role": ("iam:DeleteRole", f"{IAM}:role/{PREFIX}-api"),
    "aws_internet_gateway": ("ec2:CreateInternetGateway", f"{EC2}:internet-gateway/*"),
    "aws_kms_alias": ("kms:CreateAlias", f"arn:aws:kms:us-east-1:{HERE}:alias/{PREFIX}"),
    "aws_kms_key": ("kms:ScheduleKeyDeletion", KEY),
    "aws_s3_bucket": ("s3:DeleteBucket", f"arn:aws:s3:::{PREFIX}-{HERE}-data"),
    "aws_s3_bucket_versioning": ("s3:PutBucketVersioning", f"arn:aws:s3:::{PREFIX}-{HERE}-data"),
    "aws_secretsmanager_secret": (
        "secretsmanager:DeleteSecret",
        f"arn:aws:secretsmanager:us-east-1:{HERE}:secret:{PREFIX}/webhook",
    ),
    "aws_security_group": ("ec2:DeleteSecurityGroup", f"{EC2}:security-group/sg-1"),
    "aws_sns_topic": ("sns:DeleteTopic", f"arn:aws:sns:us-east-1:{HERE}:{PREFIX}-alarms"),
    "aws_subnet": ("ec2:DeleteSubnet", f"{EC2}:subnet/subnet-1"),
    "aws_vpc": ("ec2:CreateVpc", f"{EC2}:vpc/*"),
}
