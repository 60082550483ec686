"""The sections of the settings that Terraform reads: network, data, logs, alarms, roles.

Costs are as docs/settings.md says: USD in us-east-1, a month having 720 hours.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from codegen.settings.kinds import (
    BOUNDARY,
    CIDR_IN_WORDS,
    OIDC_PROVIDER,
    REPOSITORY,
    RETENTION_DAYS,
    SUBSCRIBER,
    Cidr,
    Different,
    DifferentReaders,
    EndpointService,
    Percent,
    Retention,
    listed,
)
from codegen.settings.setting import Section, setting

# The stream gives a record up at this age (MaximumRecordAgeInSeconds in template.yaml).
RECORD_GIVEN_UP_S = 3600


class Network(Section):
    """The VPC, its zones, and the ways out of it."""

    cidr: Annotated[
        Cidr,
        setting(
            "The VPC's range of addresses. Each environment has its own, in its env.yaml. It is "
            "fixed once the environment is there: another range is another VPC.",
            allowed=CIDR_IN_WORDS,
        ),
    ]
    zones: Annotated[
        list[str],
        Different,
        Field(min_length=2, max_length=4),
        setting(
            "The availability zones: each gets a public and a private subnet. Once the environment "
            "is there, add zones at the end only: a subnet's range depends on its zone's position.",
            allowed="a list of 2 to 4 different zones of the region",
            cost="with nat per_az a NAT gateway for each, and each interface endpoint once in each",
            schema={"uniqueItems": True},
        ),
    ]
    nat: Annotated[
        Literal["none", "single", "per_az"],
        setting(
            "How the functions reach the internet: not at all, through one NAT gateway, or through "
            "one in each zone, so that the loss of a zone takes no other with it.",
            cost="32.40 a month for each gateway, 3.60 for its public address, 0.045 per GB",
        ),
    ]
    interface_endpoints: Annotated[
        list[EndpointService],
        Different,
        setting(
            "AWS services that are reached inside the VPC. DynamoDB and S3 always are, free of "
            "charge, and need no entry.",
            allowed="a list of different ones of sns, secretsmanager, events, xray, kms, sqs, "
            "lambda, logs, monitoring",
            cost="7.20 a month for each service in each zone, 0.01 per GB",
            schema={"uniqueItems": True},
        ),
    ]
    flow_logs: Annotated[
        Literal["none", "accepted", "rejected", "all"],
        setting(
            "Which connections in the VPC are logged; kept as long as all logs.",
            cost="0.50 per GB taken in, 0.03 per GB kept a month",
        ),
    ]


class Encryption(Section):
    """Whose keys encrypt."""

    customer_key: Annotated[
        bool,
        setting(
            "One KMS key of the environment's own for the functions' environment variables, logs, "
            "topics and event bus, instead of AWS's keys. Turning it off again takes the key away, "
            "and log lines that it encrypted are then lost: `baton promote` refuses that unless "
            "`--allow-destroy` names the key.",
            cost="1.00 a month, the same again for each of the first two yearly rotations, 0.03 "
            "per 10,000 requests",
        ),
    ]


class Capacity(Section):
    """Limits between which provisioned capacity scales."""

    min: Annotated[int, Field(ge=1, le=40_000), setting("Units that are always there.")]
    max: Annotated[int, Field(ge=1, le=40_000), setting("Units that are never exceeded.")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min is {self.min} and max is {self.max}: min must not exceed max")
        return self


class Data(Section):
    """The table."""

    billing: Annotated[
        Literal["on_demand", "provisioned"],
        setting(
            "How the table is paid: by request, or by capacity that scales between limits.",
            cost="on demand 0.625 per million writes and 0.125 per million reads; provisioned as "
            "the capacities say; storage 0.25 per GB a month above 25 GB",
        ),
    ]
    read_capacity: Annotated[
        Capacity | None,
        setting(
            "Limits of the provisioned read capacity, for the table and for each of its indexes.",
            allowed="null, or {min: …, max: …}, whole numbers of units, 1 to 40,000, min not above "
            "max",
            cost="0.09 a month for each unit, for the table and each of its three indexes",
        ),
    ]
    write_capacity: Annotated[
        Capacity | None,
        setting(
            "Limits of the provisioned write capacity, for the table and for each of its indexes.",
            allowed="null, or {min: …, max: …}, whole numbers of units, 1 to 40,000, min not above "
            "max",
            cost="0.47 a month for each unit, for the table and each of its three indexes",
        ),
    ]
    capacity_target_percent: Annotated[
        int,
        # Application Auto Scaling takes no other target for DynamoDB
        Field(ge=20, le=90),
        setting("The share of provisioned capacity in use that scaling aims at."),
    ]
    point_in_time_recovery: Annotated[
        bool,
        setting(
            "Whether the table can be restored to any second of the last 35 days.",
            cost="0.20 per GB of table a month",
        ),
    ]
    deletion_protection: Annotated[
        bool,
        setting(
            "Whether DynamoDB refuses to delete the tables, and Cognito the user pool where there "
            "is one, until this is false again."
        ),
    ]


class Logs(Section):
    """All log groups."""

    retention_days: Annotated[
        Retention,
        setting(
            "How long the logs of functions, API and network are kept.",
            allowed=listed(RETENTION_DAYS),
            cost="0.03 per GB a month; taking in costs 0.50 per GB once",
            schema={"enum": list(RETENTION_DAYS)},
        ),
    ]


class Observability(Section):
    """Alarms: who hears of them, and from where on."""

    alarm_subscribers: Annotated[
        list[Annotated[str, Field(pattern=SUBSCRIBER)]],
        DifferentReaders,
        setting(
            "Who gets the alarms. An e-mail address must be confirmed by its reader first; a "
            "queue or function must let the topic in.",
            allowed="a list of different e-mail addresses (upper and lower case are the same), and "
            "ARNs (arn:aws:…) of standard SQS queues and of Lambda functions of the region; no "
            "https address, which carries its secret",
            cost="2.00 per 100,000 e-mails above 1,000 a month; queues and functions nothing",
            schema={"uniqueItems": True},
        ),
    ]
    error_rate_percent: Annotated[
        Percent, setting("The share of a function's invocations that may fail before an alarm.")
    ]
    duration_percent: Annotated[
        Annotated[int, Field(ge=1, le=99)],
        setting("The share of its time-out that a function may take before an alarm."),
    ]
    iterator_age_s: Annotated[
        int,
        # an older record has been given up, so an alarm beyond that age could never go off
        Field(ge=60, le=RECORD_GIVEN_UP_S - 60),
        setting("How many seconds the Processor may lag behind the table before an alarm."),
    ]


class Access(Section):
    """The roles."""

    permissions_boundary_arn: Annotated[
        Annotated[str, Field(pattern=BOUNDARY)] | None,
        setting(
            "The account's own permissions boundary, in place of the one that `delivery` makes.",
            allowed="null, or the ARN (arn:aws:…) of an IAM policy of this account or of AWS",
        ),
    ]


class Delivery(Section):
    """Who works on an environment from outside."""

    github_repository: Annotated[
        Annotated[str, Field(pattern=REPOSITORY)] | None,
        setting(
            "The GitHub repository whose jobs may plan and deploy (docs/github.md).",
            allowed="null for none, or owner/name, without wildcards; owner@id/name@id where "
            "GitHub's tokens have the ids",
        ),
    ]
    github_oidc_provider_arn: Annotated[
        Annotated[str, Field(pattern=OIDC_PROVIDER)] | None,
        setting(
            "The account's provider of GitHub's tokens, where another stack has made it.",
            allowed="null to make it here, or its ARN; it is of this account",
        ),
    ]
