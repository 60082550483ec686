"""An account with all that the functions need, and the functions in it as Lambda starts them."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from desk.domain.event import EventType
from desk.domain.ticket import Ticket
from desk.runtime import clients
from desk.store.table import Table
from desk.store.tickets import DynamoTickets
from tests.service import tables
from tests.service.samples import changed, created

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
BUCKET, BUS, TOPIC = "desk-test-data", "desk-test-events", "desk-test-notifications"
SWEEP, NIGHTLY = "desk-test-sweep", "desk-test-nightly"


@dataclass(frozen=True)
class Place:
    """What Terraform and CloudFormation make before the functions run, in an account.

    Parameters
    ----------
    client:
        A client of the account's own, by service.
    environ:
        The functions' variables.
    """

    client: Callable[[str], Any]
    environ: Mapping[str, str]

    @property
    def table(self) -> Table:
        return Table(self.client("dynamodb"), tables.TABLE)

    def keep(self, *versions: Ticket, kind: EventType = EventType.EDITED) -> None:
        """A ticket in its first version, and then in each of the others."""
        tickets = DynamoTickets(self.table)
        tickets.add(versions[0], created(versions[0]))
        for before, after in itertools.pairwise(versions):
            tickets.update(before, after, changed(before, after, kind))


def nobody(patch: pytest.MonkeyPatch) -> None:
    """Credentials that are none, and no profile of whoever runs the tests."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def made(client: Callable[[str], Any], **environ: str) -> Place:
    """All there has to be, made."""
    tables.create(client("dynamodb"))
    tables.create_idempotency(client("dynamodb"))
    client("s3").create_bucket(Bucket=BUCKET)
    client("events").create_event_bus(Name=BUS)
    secrets = {
        name: client("secretsmanager").create_secret(Name=f"desk-test-{name}", SecretString=name)
        for name in ("page", "webhook")
    }
    variables = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "ENVIRONMENT": "dev",
        "TABLE_NAME": tables.TABLE,
        "TRACING": "PassThrough",
        "IDEMPOTENCY_TABLE_NAME": tables.IDEMPOTENCY_TABLE,
        "REVISION": "f" * 64,
        "PAGE_TOKEN_SECRET_ARN": secrets["page"]["ARN"],
        "NOTIFICATIONS_TOPIC_ARN": client("sns").create_topic(Name=TOPIC)["TopicArn"],
        "EVENT_BUS_NAME": BUS,
        "DATA_BUCKET_NAME": BUCKET,
        "WEBHOOK_URL": "",
        "WEBHOOK_SECRET_ARN": secrets["webhook"]["ARN"],
        "SWEEP_RULE_NAME": SWEEP,
        "NIGHTLY_RULE_NAME": NIGHTLY,
    }
    return Place(client, variables | environ)


@dataclass(frozen=True)
class Lambda:
    """Starts functions, each anew.

    Parameters
    ----------
    session:
        What a function's clients are made of, by function: its role's credentials.
    patch:
        Where the functions' variables and modules are set.
    """

    place: Place
    session: Callable[[str], boto3.Session]
    patch: pytest.MonkeyPatch

    def start(self, function: str, **environ: str) -> Handler:
        for name, value in {**self.place.environ, **environ}.items():
            self.patch.setenv(name, value)
        self.patch.setattr(boto3, "DEFAULT_SESSION", self.session(function))
        for each in (clients.dynamodb, clients.events, clients.s3, clients.secrets, clients.sns):
            each.cache_clear()
        module = f"{function}_handler"
        self.patch.delitem(sys.modules, module, raising=False)
        handler: Handler = importlib.import_module(module).handler
        return handler
