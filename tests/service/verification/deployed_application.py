# ruff: noqa: N803 - as boto3 calls them
"""The deployed application in this process: the real code over moto's table, served over HTTP."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from botocore.config import Config

from desk.adapters.webhook import NoWebhook
from desk.api.app import Api
from desk.api.context import Dependencies
from desk.api.idempotency import Once
from desk.api.page_tokens import PageTokens
from desk.jobs.leased import Leased
from desk.jobs.scheduled import ScheduledEvents
from desk.jobs.sweep import Sweep
from desk.store import event_item
from desk.store.jobs import DynamoJobs
from desk.store.statistics import DynamoStatistics
from desk.store.table import Table
from desk.store.teams import DynamoTeams
from desk.store.ticket_lists import DynamoTicketLists
from desk.store.tickets import DynamoTickets
from desk.store.watchers import DynamoWatchers
from tests.service import tables
from tests.service.api.client import InMemorySecret
from tests.service.samples import Context, request

KEY = "the-api-key"
ACCESS_KEY = "AKIDEXAMPLE"
POOL = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_abc123"
OUTPUTS = {
    "ApiKeyId": "k1",
    "ScheduledAliasArn": "arn:aws:lambda:us-east-1:111111111111:function:desk-test:live",
    "SweepRuleArn": "arn:aws:events:us-east-1:111111111111:rule/sweep",
}


class UserPool:
    """A user pool as Cognito's API has it.

    `users` is who is in it, with their passwords; `clients` are its app clients by name, a page
    each, of which only the stack's own takes a password.
    """

    class exceptions:  # noqa: N801 - as boto3 calls it
        UserNotFoundException = KeyError

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.tokens: set[str] = set()
        self.clients = {"a-partners": "c0", "desk-test-api": "c1", "kiosk-api": "c2"}

    def admin_create_user(self, *, UserPoolId: str, Username: str, **_: Any) -> None:
        assert UserPoolId == POOL.rpartition("/")[2]
        self.users[Username] = ""

    def admin_set_user_password(
        self, *, UserPoolId: str, Username: str, Password: str, Permanent: bool
    ) -> None:
        assert Permanent
        self.users[Username] = Password

    def describe_user_pool(self, *, UserPoolId: str) -> Any:
        assert UserPoolId == POOL.rpartition("/")[2]
        return {"UserPool": {"Name": "desk-test-users"}}

    def get_paginator(self, name: str) -> Any:
        assert name == "list_user_pool_clients"
        pages = [
            {"UserPoolClients": [{"ClientId": identity, "ClientName": client}]}
            for client, identity in self.clients.items()
        ]
        return SimpleNamespace(paginate=lambda *, UserPoolId: pages)

    def admin_initiate_auth(
        self, *, ClientId: str, AuthParameters: dict[str, str], **_: Any
    ) -> Any:
        assert ClientId == "c1"
        assert self.users[AuthParameters["USERNAME"]] == AuthParameters["PASSWORD"]
        self.tokens.add("a token")
        return {"AuthenticationResult": {"IdToken": "a token"}}

    def admin_delete_user(self, *, UserPoolId: str, Username: str) -> None:
        del self.users[Username]


@dataclass
class Application:
    """The deployed application: API, processor and sweep, each of which can be out of order."""

    dynamodb: Any
    processor_runs: bool = True
    sweep_fails: bool = False
    open_to_all: bool = False
    signed_by: str = ""  # the access key that may call, in place of the API key
    pool: UserPool | None = None  # whose users' tokens may call, in place of the API key
    address: str = ""
    metrics: Metrics = field(default_factory=lambda: Metrics(namespace="Test", service="test"))

    def __post_init__(self) -> None:
        table = Table(self.dynamodb, tables.TABLE)
        records = DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=self.dynamodb)
        logger, clock = Logger(service="test"), lambda: datetime.now(UTC)
        self.statistics = DynamoStatistics(table)
        desk = Dependencies(
            tickets=DynamoTickets(table),
            lists=DynamoTicketLists(table),
            watchers=DynamoWatchers(table),
            teams=DynamoTeams(table),
            statistics=self.statistics,
            once=Once(records, clock),
            page_tokens=PageTokens(InMemorySecret(), clock),
            metrics=self.metrics,
            logger=logger,
            clock=clock,
            revision="f" * 64,
        )
        sweep = Sweep(desk.tickets, desk.lists, lambda *_: NoWebhook(), self.metrics, logger)
        rules = {"sweep": (sweep,)}
        self._api = Api(desk)
        self._sweep = ScheduledEvents(rules, Leased(DynamoJobs(table), logger), logger)

    def answer(self, method: str, path: str, body: str | None, headers: Any) -> tuple[int, Any]:
        if not self._knows(headers) and not self.open_to_all:
            return 403, {"body": '{"message": "Forbidden"}'}
        event = request(method, path, headers=dict(headers), raw_body=body)
        answer = self._api(event, Context())
        self._follow_the_stream()
        return answer["statusCode"], answer

    def _knows(self, headers: Any) -> bool:
        if self.pool:
            return headers.get("Authorization") in self.pool.tokens
        if not self.signed_by:
            return bool(headers.get("X-Api-Key") == KEY)
        signature = headers.get("Authorization", "")
        scope = f"Credential={self.signed_by}/{headers.get('X-Amz-Date', '')[:8]}"
        return f"{scope}/us-east-1/execute-api/aws4_request" in signature

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:
        if self.sweep_fails:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "no"}')}
        done = self._sweep(json.loads(Payload), Context())
        self._follow_the_stream()
        return {"Payload": io.BytesIO(json.dumps(done).encode())}

    def client(self, name: str, config: Config | None = None) -> Any:
        return {
            "dynamodb": self.dynamodb,
            "lambda": SimpleNamespace(invoke=self.invoke),
            "apigateway": SimpleNamespace(get_api_key=lambda **_: {"value": KEY}),
            "cognito-idp": self.pool,
        }[name]

    def _follow_the_stream(self) -> None:
        if not self.processor_runs:
            return
        for item in tables.items(self.dynamodb, "TICKET#"):
            if item["sk"]["S"].startswith("EVENT#"):
                self.statistics.count(event_item.from_image(item), datetime.now(UTC))


def serving(application: Application) -> ThreadingHTTPServer:
    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode() if length else None
            path = self.path.removeprefix("/v1")
            status, answer = application.answer(self.command, path, body, self.headers)
            self.send_response(status)
            for name, values in answer.get("multiValueHeaders", {}).items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the test's output is for the test."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Serve)
