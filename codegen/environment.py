"""What an environment is: the models behind live/project.yaml and live/<env>/env.yaml."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

# CloudWatch Logs accepts these and no others (PutRetentionPolicy, retentionInDays).
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
# EventBridge: rate(<value> <unit>), singular for 1; or cron(<six fields>).
SCHEDULE = (
    r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$"
)


class Section(BaseModel):
    """A part of the settings: strict about types, closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _vpc_cidr(value: str) -> str:
    network = ipaddress.IPv4Network(value)
    if not 16 <= network.prefixlen <= 20:
        raise ValueError("a VPC is a /16 to /20 here: four subnets of at least /24 must fit")
    return value


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs knows only {', '.join(map(str, RETENTION_DAYS))} days")
    return value


def _quoted_account(value: object) -> object:
    # YAML reads bare digits as a number, and a number has lost its leading zeros
    if isinstance(value, int):
        raise ValueError('an account id is text: write it in quotes, account_id: "012345678901"')  # noqa: TRY004  (pydantic reports a ValueError)
    return value


class Network(Section):
    cidr: Annotated[str, AfterValidator(_vpc_cidr)]
    zones: Annotated[list[str], Field(min_length=2, max_length=4)]
    nat: Literal["none", "single", "per_az"]

    @field_validator("zones")
    @classmethod
    def _different_zones(cls, value: list[str]) -> list[str]:
        if len(set(value)) != len(value):
            raise ValueError("a zone is there twice")
        return value


class Data(Section):
    point_in_time_recovery: bool
    deletion_protection: bool


class Logs(Section):
    retention_days: Annotated[int, AfterValidator(_retention)]


class Api(Section):
    auth: Literal["api_key"]
    throttle_rate: Annotated[int, Field(ge=1, le=10_000)]
    throttle_burst: Annotated[int, Field(ge=1, le=5_000)]


Memory = Annotated[int, Field(ge=128, le=10_240)]
Timeout = Annotated[int, Field(ge=1, le=900)]


class Functions(Section):
    tracing: bool
    sweep_schedule: Annotated[str, Field(pattern=SCHEDULE)]
    api_memory_mb: Memory
    api_timeout_s: Annotated[int, Field(ge=1, le=29)]  # API Gateway ends a request after 29 s
    processor_memory_mb: Memory
    processor_timeout_s: Timeout
    scheduled_memory_mb: Memory
    scheduled_timeout_s: Timeout


class Environment(Section):
    """One environment, complete: what env.yaml says over the project's defaults."""

    name: str
    project: str
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    account_id: Annotated[str, BeforeValidator(_quoted_account), Field(pattern=r"^\d{12}$")]
    aws_profile: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    promoted_from: str | None = None
    protected: bool = False
    network: Network
    data: Data
    logs: Logs
    api: Api
    functions: Functions

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

    @field_validator("name", "project")
    @classmethod
    def _short_name(cls, value: str) -> str:
        # the longest derived name is a bucket's: 63 characters, of which 22 are ours
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,15}", value):
            raise ValueError("2 to 16 of a-z, 0-9 and -, beginning with a letter")
        return value

    @model_validator(mode="after")
    def _zones_of_the_region(self) -> Self:
        strangers = [
            zone
            for zone in self.network.zones
            if not re.fullmatch(re.escape(self.region) + "[a-z]", zone)
        ]
        if strangers:
            raise ValueError(f"network.zones: {', '.join(strangers)} is no zone of {self.region}")
        return self
