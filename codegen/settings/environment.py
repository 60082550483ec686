"""What an environment is: the models behind live/project.yaml and live/<env>/env.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from codegen.settings.application import Api, Functions, Integration
from codegen.settings.infrastructure import (
    Access,
    Data,
    Delivery,
    Encryption,
    Logs,
    Network,
    Observability,
)
from codegen.settings.kinds import (
    ACCOUNT,
    NAME,
    NAME_IN_WORDS,
    PROFILE,
    REGION,
    Account,
    Different,
    Name,
)
from codegen.settings.setting import Section, setting


class Environment(Section):
    """One environment, complete: what env.yaml says over the project's defaults."""

    name: Annotated[Name, setting("The environment: its folder's name.", allowed=NAME_IN_WORDS)]
    project: Annotated[
        Name,
        setting("What every name begins with.", allowed=NAME_IN_WORDS, schema={"pattern": NAME}),
    ]
    region: Annotated[
        str,
        Field(pattern=REGION),
        setting(
            "Another region than the project's.",
            allowed="a region of the partition aws, as us-east-1: none of China, GovCloud or the "
            "other partitions",
        ),
    ]
    account_id: Annotated[
        Account,
        setting(
            "The AWS account; enforced by the provider, and asked of STS before anything is done.",
            allowed="12 digits, in quotes; no other environment's",
            schema={"pattern": ACCOUNT},
        ),
    ]
    aws_profile: Annotated[
        str,
        Field(pattern=PROFILE),
        setting(
            "The AWS profile that leads to the account.",
            allowed="a profile's name, of letters, digits, spaces and _ . : / @ + = , & ( ) -, "
            "that begins with a letter or digit and that no reader of YAML takes for something "
            "else (1e3, 0x1f, 2026-01-31, y, n); no other environment's",
        ),
    ]
    external_account_ids: Annotated[
        list[Account],
        Different,
        setting(
            "Further AWS accounts whose resources this environment uses, such as that of a central "
            "event bus, a shared topic or a layer. An output that names any other account than "
            "these and account_id is refused.",
            allowed="a list of account ids, each 12 digits, in quotes; none that is an "
            "environment's",
            schema={"items": {"type": "string", "pattern": ACCOUNT}, "uniqueItems": True},
        ),
        Field(default_factory=list),
    ]
    promoted_from: Annotated[
        str | None,
        setting(
            "The environment that a release comes from; left out for the first.",
            allowed="another environment's name",
        ),
    ] = None
    protected: Annotated[
        bool, setting("Whether a person approves each promotion, and destroying is refused.")
    ] = False
    network: Network
    encryption: Encryption
    data: Data
    logs: Logs
    observability: Observability
    access: Access
    delivery: Delivery
    api: Api
    functions: Functions
    integration: Integration

    @property
    def prefix(self) -> str:
        """What every name begins with: `<project>-<env>`."""
        return f"{self.project}-{self.name}"

    @property
    def stack_name(self) -> str:
        """The CloudFormation stack that holds the application."""
        return self.prefix

    @property
    def state_bucket(self) -> str:
        """Where Terraform's state is: the same expression as in terragrunt.hcl."""
        return f"{self.prefix}-{self.account_id}-tfstate"

    @property
    def artifact_bucket(self) -> str:
        """Where releases and records are: the same expression as in terragrunt.hcl."""
        return f"{self.prefix}-{self.account_id}-artifacts"

    @property
    def release_reader_arn(self) -> str:
        """The role with which the next environment reads: as units/delivery.hcl says it too."""
        return f"arn:aws:iam::{self.account_id}:role/{self.prefix}-release-reader"

    @property
    def data_bucket(self) -> str:
        """Where archive and quarantine are: the same expression as in terragrunt.hcl."""
        return f"{self.prefix}-{self.account_id}-data"
