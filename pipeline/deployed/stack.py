"""The application's stack: how it stands, what it was given, what it consists of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.adapters.aws import explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

    from codegen.settings import Environment

FUNCTION, VERSION = "AWS::Lambda::Function", "AWS::Lambda::Version"
LAYER = "AWS::Lambda::LayerVersion"
# An update that took a resource out may still list it.
GONE = {"DELETE_COMPLETE", "DELETE_SKIPPED"}


@dataclass(frozen=True)
class DeployedStack:
    """A stack as it is.

    Parameters
    ----------
    status:
        CloudFormation's word for it, as UPDATE_COMPLETE.
    changed_at:
        When its last update began, or else its creation.
    parameters:
        Parameter → value; CloudFormation masks that of a NoEcho one.
    """

    status: str
    changed_at: datetime
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Resource:
    """One resource of a stack."""

    logical_id: str
    type: str
    physical_id: str


def read_stack(client: CloudFormationClient, environment: Environment) -> DeployedStack | None:
    """The environment's stack, None where there is none.

    Raises
    ------
    BatonError
        CloudFormation does not answer, or refuses to.
    """
    name = environment.stack_name
    with explained(environment, f"look at the stack {name}"):
        try:
            found = client.describe_stacks(StackName=name)["Stacks"][0]
        except client.exceptions.ClientError as error:
            if "does not exist" in str(error):  # CloudFormation has no code of its own for it
                return None
            raise
    return DeployedStack(
        status=found["StackStatus"],
        changed_at=found.get("LastUpdatedTime", found["CreationTime"]),
        parameters={p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])},
    )


def read_template(client: CloudFormationClient, environment: Environment) -> dict[str, Any]:
    """The template that the stack was deployed from, as it was given, parsed as SAM does it.

    Raises
    ------
    BatonError
        There is no stack, or CloudFormation does not answer, or refuses to.
    """
    # imported late: SAM's reader of YAML takes a while, and most callers want the status
    from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

    name = environment.stack_name
    with explained(environment, f"read the template of the stack {name}"):
        body = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    # boto3 reads what is JSON itself
    parsed: dict[str, Any] = yaml_parse(body) if isinstance(body, str) else dict(body)
    return parsed


def read_resources(client: CloudFormationClient, environment: Environment) -> list[Resource]:
    """All resources of the environment's stack.

    Raises
    ------
    BatonError
        There is no stack, or CloudFormation does not answer, or refuses to.
    """
    name = environment.stack_name
    pages = client.get_paginator("list_stack_resources")
    with explained(environment, f"look at the resources of the stack {name}"):
        return [
            Resource(
                each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", "")
            )
            for page in pages.paginate(StackName=name)
            for each in _present(page["StackResourceSummaries"])
        ]


def _present(summaries: Iterable[Any]) -> Iterable[Any]:
    return (each for each in summaries if each["ResourceStatus"] not in GONE)


def published_versions(resources: Iterable[Resource]) -> dict[str, str]:
    """Function's name → the version of it that the stack has published last."""
    published = {}
    for resource in resources:
        if resource.type == VERSION:  # its physical id is arn:…:function:<name>:<version>
            *_, name, version = resource.physical_id.split(":")
            published[name] = version
    return published
