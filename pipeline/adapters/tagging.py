"""What carries the tags that terragrunt.hcl gives everything Terraform makes in an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline.adapters.aws import DENIED, code_of, explained

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment


def tagged(session: boto3.Session, environment: Environment) -> list[str] | None:
    """The ARNs of what Terraform has made in the environment, as AWS finds them by tag.

    IAM's roles are not among them: AWS does not index their tags. They have names of their own, so
    Terraform itself meets one that is left.

    Returns
    -------
    list | None
        None where the profile may not ask (tag:GetResources).
    """
    tags = {
        "project": environment.project,
        "environment": environment.name,
        "managed-by": "terraform",
    }
    client = session.client("resourcegroupstaggingapi")
    pages = client.get_paginator("get_resources")
    with explained(environment, "look for resources by their tags"):
        try:
            return [
                each["ResourceARN"]
                for page in pages.paginate(
                    TagFilters=[{"Key": key, "Values": [value]} for key, value in tags.items()]
                )
                for each in page["ResourceTagMappingList"]
            ]
        except ClientError as error:
            if code_of(error) in DENIED:
                return None
            raise
