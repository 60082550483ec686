"""Who calls, and what goes wrong on our side."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyPersistenceLayerError
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from desk.domain.errors import BusyError
from desk.domain.ticket import Ticket
from tests.service.api.client import BODY, InMemoryPersistence, InMemorySecret, Service
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import ticket

USER = "arn:aws:iam::111111111111:user/ada"
SESSION = "arn:aws:sts::111111111111:assumed-role/clients/ada@example.com"


def aws_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret table name"}}, "GetItem")


class Failing(InMemoryTickets):
    """Tickets that cannot be read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def get(self, ticket_id: str) -> Ticket:
        raise self._error


class FailingPersistence(InMemoryPersistence):
    """Idempotency records that cannot be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def _put_record(self, data_record: DataRecord) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("identity", "claims", "actor"),
    [
        ({"apiKeyId": "k1"}, None, "api-key:k1"),
        ({"userArn": USER}, None, f"iam:{USER}"),
        ({"userArn": SESSION, "apiKeyId": "k1"}, None, f"iam:{SESSION}"),
        ({}, {"sub": "5f2c"}, "cognito:5f2c"),
        ({"userArn": USER, "apiKeyId": "k1"}, {"sub": "5f2c"}, "cognito:5f2c"),
        ({"apiKeyId": "k1"}, {"email": "ada@example.com"}, "api-key:k1"),
        ({}, None, "unknown"),
    ],
)
def test_an_actor_is_whom_api_gateway_has_found_out(
    metrics: Metrics, identity: dict[str, str], claims: dict[str, str] | None, actor: str
) -> None:
    # Given a caller, who says somebody else's name, too / When they open a ticket
    service = Service(metrics=metrics)
    forged = {"X-Actor": "root", "Authorization": "Bearer root", "X-Api-Key": "root"}
    answer = service.send("POST", "/tickets", BODY, forged, identity=identity, claims=claims)
    # Then the ticket and its event say who it was
    assert service.tickets.get(answer.body["id"]).actor == actor
    assert service.tickets.events[0].actor == actor


def test_the_clients_correlation_id_is_taken_over(metrics: Metrics) -> None:
    # Given a correlation id of the client's / When a ticket is posted with it
    service = Service(metrics=metrics)
    answer = service.send("POST", "/tickets", BODY, {"X-Correlation-Id": "client-7"})
    # Then answer and event carry it
    assert answer.headers["X-Correlation-Id"] == "client-7"
    assert service.tickets.events[0].correlation_id == "client-7"


@pytest.mark.parametrize("sent", ['x"\n{', "", "x" * 65, "é", "a b"])
def test_a_correlation_id_that_is_no_token_is_not(metrics: Metrics, sent: str) -> None:
    # Given a correlation id that would break a log line / When it is sent / Then it is dropped
    answer = Service(metrics=metrics).send("GET", "/health", headers={"X-Correlation-Id": sent})
    assert answer.headers["X-Correlation-Id"] == "gateway-1"


def test_an_error_of_ours_says_nothing_of_the_inside(
    metrics: Metrics,
) -> None:
    # Given a store that fails / When a ticket is read
    service = Service(metrics=metrics, tickets=Failing(RuntimeError("secret table name")))
    answer = service.send("GET", f"/tickets/{ticket().id}")
    # Then it is a problem document that holds the correlation id and no more
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.body["correlation_id"] == "gateway-1"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BusyError("DynamoDB answered secret table name"), 503),
        (aws_error("ThrottlingException"), 503),
        (aws_error("ProvisionedThroughputExceededException"), 503),
        (aws_error("InternalServerError"), 503),
        (ReadTimeoutError(endpoint_url="secret"), 503),
        (ConnectTimeoutError(endpoint_url="secret"), 503),
        (aws_error("AccessDeniedException"), 500),
        (aws_error("ResourceNotFoundException"), 500),
        (aws_error("ValidationException"), 500),
        (KeyError("secret"), 500),
    ],
)
def test_what_may_be_done_later_says_so(metrics: Metrics, error: Exception, status: int) -> None:
    # Given a store, or the idempotency records, that fail
    by_store = Service(metrics=metrics, tickets=Failing(error))
    answers = [by_store.send("GET", f"/tickets/{ticket().id}")]
    by_records = Service(metrics=metrics, persistence=FailingPersistence(error))
    answers.append(by_records.send("POST", "/tickets", BODY, {"Idempotency-Key": "k"}))
    # When something is asked of them / Then it is to be tried again where that may help
    for answer in answers:
        assert answer.status == status
        assert ("Retry-After" in answer.headers) is (status == 503)
        assert "secret" not in answer.text


class UnreadableSecret(InMemorySecret):
    """A secret that cannot be read, as Powertools says it: the error itself is only its context."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def valid(self) -> tuple[str, ...]:
        try:
            raise self._error
        except ClientError:
            raise IdempotencyPersistenceLayerError("in words")  # noqa: B904


@pytest.mark.parametrize(
    ("code", "status"), [("ThrottlingException", 503), ("AccessDeniedException", 500)]
)
def test_a_secret_that_cannot_be_read(metrics: Metrics, code: str, status: int) -> None:
    # Given a secret that cannot be read / When a list has a next page
    service = Service(metrics=metrics, secret=UnreadableSecret(aws_error(code)))
    service.keep(ticket(1), ticket(2))
    query = {"team": "ops", "status": "new", "limit": 1}
    # Then that is no fault of the client's
    assert service.send("GET", "/tickets", query=query).status == status


def test_the_log_has_what_the_answer_has_not(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given stores that fail for good and for now / When they are asked
    logger = Logger(service="failing")  # a name of its own, so that its lines come here
    for error in (RuntimeError("for good"), BusyError("for now")):
        service = Service(metrics=metrics, tickets=Failing(error), logger=logger)
        service.send("GET", f"/tickets/{ticket().id}", headers={"X-Correlation-Id": "c-9"})
    # Then each is in the log, with the correlation id
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found: list[Any] = [(each["level"], each["correlation_id"]) for each in lines]
    assert found == [("ERROR", "c-9"), ("WARNING", "c-9")]
    assert "for good" in lines[0]["exception"]
