from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.base import (
    STATUS_CONSTANTS,
    BasePersistenceLayer,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from desk.domain.ticket import Status
from tests.service import tables
from tests.service.api.client import BODY, InMemoryPersistence, Service
from tests.service.in_memory import InMemoryTeams

KEY = {"Idempotency-Key": "k"}


@pytest.fixture(params=["in memory", "dynamodb"])
def persistence(request: pytest.FixtureRequest) -> BasePersistenceLayer:
    if request.param == "in memory":
        return InMemoryPersistence()
    client = request.getfixturevalue("dynamodb")
    return DynamoDBPersistenceLayer(tables.IDEMPOTENCY_TABLE, boto3_client=client)


@pytest.fixture
def service(metrics: Metrics, persistence: BasePersistenceLayer) -> Service:
    return Service(metrics=metrics, persistence=persistence)


@pytest.mark.proves("D4")
def test_a_repeated_key_gives_the_first_answer(service: Service) -> None:
    # Given a ticket posted with a key
    first = service.send("POST", "/tickets", BODY, KEY)
    # When the same is posted again, though the ticket has changed since
    path = first.headers["Location"]
    service.send("PATCH", path, {"title": "New"}, {"If-Match": '"1"'})
    again = service.send("POST", "/tickets", BODY, KEY)
    # Then the answer is the first one, to the byte, and there is one ticket
    assert again == first
    assert [event.id for event in service.tickets.events] == [
        f"{first.body['id']}#{version}" for version in (1, 2)
    ]


@pytest.mark.proves("D4")
def test_a_repeated_comment_is_one(service: Service) -> None:
    # Given a comment posted with a key / When it is posted again
    path = f"/tickets/{service.kept().id}/comments"
    first = service.send("POST", path, {"text": "x"}, KEY)
    again = service.send("POST", path, {"text": "x"}, KEY)
    # Then there is one
    assert again == first
    assert len(service.send("GET", path).body["comments"]) == 1


@pytest.mark.proves("D4")
def test_a_key_with_another_body_is_refused(service: Service) -> None:
    # Given a ticket posted with a key / When another is posted with it
    service.send("POST", "/tickets", BODY, KEY)
    answer = service.send("POST", "/tickets", BODY | {"title": "other"}, KEY)
    # Then it is refused, and not created
    assert answer.status == 422
    assert len(service.tickets.events) == 1


def test_what_says_the_same_in_other_words_is_the_same(service: Service) -> None:
    # Given a ticket posted with a key / When it comes with its default and another offset
    first = service.send("POST", "/tickets", BODY, KEY)
    same = BODY | {"priority": "normal", "due_at": "2026-03-11T07:00:00.9Z", "assignee": None}
    # Then it is the same request
    assert service.send("POST", "/tickets", same, KEY) == first


@pytest.mark.parametrize(
    "other",
    [
        {"identity": {"apiKeyId": "other"}},
        {"identity": {"apiKeyId": "k1", "userArn": "arn:aws:iam::1:user/x"}},
        {"claims": {"sub": "x"}},
    ],
)
def test_a_key_is_a_clients_own(service: Service, other: dict[str, Any]) -> None:
    # Given two clients that choose the same key / When both post / Then both get a ticket
    one = service.send("POST", "/tickets", BODY, KEY)
    two = service.send("POST", "/tickets", BODY, KEY, **other)
    assert one.body["id"] != two.body["id"]


def test_a_key_is_kept_for_a_day(metrics: Metrics) -> None:
    # Given a ticket posted with a key / When its records are looked at
    records, began = InMemoryPersistence(), time.time()
    Service(metrics=metrics, persistence=records).send("POST", "/tickets", BODY, KEY)
    # Then they expire a day later, by the clock that DynamoDB deletes by
    kept = [each.expiry_timestamp for each in records.records.values()]
    assert len(kept) == 2
    for until in kept:
        assert until is not None
        assert int(began) <= until - 24 * 3600 <= time.time()


ROLE = "arn:aws:sts::111111111111:assumed-role/path/importer"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (f"{ROLE}/botocore-session-2", True),
        (f"{ROLE}s/botocore-session-1", False),
        ("arn:aws:sts::222222222222:assumed-role/path/importer/botocore-session-1", False),
        ("arn:aws:iam::111111111111:user/botocore-session-1", False),
    ],
)
def test_a_key_is_a_roles_whatever_its_session_is_called(
    service: Service, other: str, same: bool
) -> None:
    # Given a ticket that a role's session has posted / When the key comes from another caller
    one = service.send(
        "POST", "/tickets", BODY, KEY, identity={"userArn": f"{ROLE}/botocore-session-1"}
    )
    two = service.send("POST", "/tickets", BODY, KEY, identity={"userArn": other})
    # Then it is the same request where the role is the same
    assert (one.body["id"] == two.body["id"]) is same
    # And the change says who made it, session and all
    assert service.tickets.events[0].actor == f"iam:{ROLE}/botocore-session-1"


def test_a_key_is_for_one_path(service: Service) -> None:
    # Given comments on two tickets / When they come with the same key / Then both are written
    for number in (1, 2):
        path = f"/tickets/{service.kept(number).id}/comments"
        service.send("POST", path, {"text": "x"}, KEY)
        assert len(service.send("GET", path).body["comments"]) == 1


def test_a_refused_request_does_not_use_up_its_key(service: Service) -> None:
    # Given a ticket that could not be opened, for there were too many teams
    crowded = replace(service, teams=InMemoryTeams(limit=0))
    assert crowded.send("POST", "/tickets", BODY, KEY).status == 409
    # When it is sent again, and there is room by now / Then it is looked at anew
    roomy = replace(crowded, teams=InMemoryTeams())
    assert roomy.send("POST", "/tickets", BODY, KEY).status == 201


def test_a_refused_request_keeps_its_key_to_itself(service: Service) -> None:
    # Given a comment that was refused, for its ticket was closed
    path = f"/tickets/{service.kept(status=Status.CLOSED).id}/comments"
    assert service.send("POST", path, {"text": "x"}, KEY).status == 409
    # When another one comes with its key / Then it is refused for that
    assert service.send("POST", path, {"text": "y"}, KEY).status == 422


@pytest.mark.parametrize("key", ["", "k" * 129, "é", "a\tb", "a\x7f", "\x00"])
@pytest.mark.parametrize("path", ["/tickets", "/tickets/01J00000000000000000000001/comments"])
def test_a_key_that_is_none_is_refused(metrics: Metrics, path: str, key: str) -> None:
    # Given a key that is empty, too long or not printable ASCII / When sent / Then it is refused
    service = Service(metrics=metrics)
    service.kept()
    body = BODY if path == "/tickets" else {"text": "x"}
    answer = service.send("POST", path, body, {"Idempotency-Key": key})
    assert answer.status == 422
    assert [each["field"] for each in answer.body["errors"]] == ["header.idempotency-key"]


@pytest.mark.parametrize("key", ["k" * 128, " ~", "a,b", '"8e03978e-40d5"'])
def test_a_key_is_any_printable_text(metrics: Metrics, key: str) -> None:
    # Given a key within the limits / When it is sent twice / Then there is one ticket
    service = Service(metrics=metrics)
    answers = [service.send("POST", "/tickets", BODY, {"idempotency-key": key}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(service.tickets.events) == 1


def test_a_request_still_running_is_a_conflict(metrics: Metrics) -> None:
    # Given a first request with this key that has not ended
    records = InMemoryPersistence()
    service = Service(metrics=metrics, persistence=records)
    service.send("POST", "/tickets", BODY, KEY)
    key, record = list(records.records.items())[-1]  # the first says which id the ticket has
    records.records[key] = DataRecord(
        idempotency_key=key,
        status=STATUS_CONSTANTS["INPROGRESS"],
        expiry_timestamp=record.expiry_timestamp,
        payload_hash=record.payload_hash,
    )
    # When it is sent again / Then it is a conflict, to be tried again
    answer = service.send("POST", "/tickets", BODY, KEY)
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    assert len(service.tickets.events) == 1


def test_a_record_says_nothing_of_key_or_client(service: Service, dynamodb: Any) -> None:
    # Given a ticket posted with a key / When the table is read
    service.send("POST", "/tickets", BODY, {"Idempotency-Key": "personal@example.com"})
    # Then neither key nor client is in it in words
    assert "personal" not in str(dynamodb.scan(TableName=tables.IDEMPOTENCY_TABLE)["Items"])
