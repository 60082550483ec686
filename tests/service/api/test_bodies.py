"""Bodies, good and bad."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from desk.api.problems import ERRORS_SHOWN
from desk.api.request import BODY_LIMIT
from tests.service.api.client import BODY, Service
from tests.service.api.gateway import in_base64, proxy_event
from tests.service.api.test_hostile import EXPRESSIONS
from tests.service.samples import ticket

JSON_HEADER = [("Content-Type", "application/json")]
PROBLEM = "application/problem+json"


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "\u2003\n\t"},
        {"title": "\u200b\u2060"},
        {"title": "\ufe0f\u3164"},
        {"title": "x" * 201},
        {"title": "\ud800"},
        {"title": "a\0b"},
        {"title": None},
        {"title": ["x"]},
        {"team": "Ops"},
        {"team": "a" * 41},
        {"team": "ops\n"},
        {"team": "ops#1"},
        {"priority": "panic"},
        {"priority": ["low"]},
        {"due_at": "2026-03-11T08:00:00"},
        {"due_at": "2026-02-30T08:00:00Z"},
        {"due_at": "2026-W11-3T08:00:00Z"},
        {"due_at": "20260311T080000Z"},
        {"due_at": "2026-03-11 08:00:00Z"},
        {"due_at": "2026-03-11T08:00:60Z"},
        {"due_at": "2026-03-11T08:00:00Z\n"},
        {"due_at": "２０２６-03-11T08:00:00Z"},
        {"due_at": 1773212400},
        {"due_at": 1e999},
        {"due_at": "0001-01-01T00:00:00+14:00"},
        {"due_at": "2000-01-01T00:00:00+14:00"},
        {"due_at": None},
        {"assignee": ".."},
        {"assignee": "x" * 65},
        {"assignee": "ﬀ"},
        {"status": "closed"},
        {"__class__": "x"},
        {"TITLE": "x"},
    ],
)
def test_what_does_not_fit_is_refused(service: Service, change: dict[str, Any]) -> None:
    # Given a body with one thing wrong / When it is posted
    answer = service.send("POST", "/tickets", raw_body=json.dumps(BODY | change))
    # Then a problem document names the field, and nothing is written
    if change == {"due_at": 1e999}:
        assert answer.status == 400  # Python writes it as Infinity
    else:
        assert answer.status == answer.body["status"] == 422
        assert {each["field"] for each in answer.body["errors"]} == {f"body.{next(iter(change))}"}
    assert answer.headers["Content-Type"] == PROBLEM
    assert service.tickets.events == []


@pytest.mark.parametrize(
    "title",
    [
        *EXPRESSIONS,
        "x" * 200,
        "ﷺ" * 200,
        "🔥" * 200,
        "é vs e\u0301",
        "\u202eסדנה",
        "\u200bx\ufe0f",
        "a\tb\nc",
        "\x7fx\x85",
        "\uffff\ufdd0",
    ],
)
def test_a_title_is_kept_as_sent(service: Service, title: str) -> None:
    # Given any text within the limit / When it is posted / Then it comes back unchanged
    answer = service.send("POST", "/tickets", BODY | {"title": title})
    assert (answer.status, answer.body["title"]) == (201, title)
    assert service.send("GET", answer.headers["Location"]).body["title"] == title


@pytest.mark.parametrize(
    ("raw_body", "status"),
    [
        pytest.param("{not json", 400, id="no JSON"),
        pytest.param("[" * 30_000, 400, id="lists in lists"),
        pytest.param('{"a":' * 10_000, 400, id="objects in objects"),
        pytest.param('{"title": ' + "9" * 5_000 + "}", 400, id="a number of 5,000 digits"),
        pytest.param('{"title": NaN}', 400, id="NaN"),
        pytest.param('{"title": -Infinity}', 400, id="minus infinity"),
        pytest.param('{"title": "a", "title": "b"}', 400, id="a name twice"),
        pytest.param("\ufeff{}", 400, id="a byte order mark"),
        pytest.param("{} {}", 400, id="two objects"),
        pytest.param("'x'", 400, id="single quotes"),
        pytest.param("[]", 422, id="a list"),
        pytest.param("null", 422, id="null"),
        pytest.param("1", 422, id="a number"),
        pytest.param("", 422, id="nothing"),
        pytest.param("{}", 422, id="an empty object"),
        pytest.param('{"title": 1e999}', 422, id="more than a float holds"),
        pytest.param('{"\\ud800": 1}', 422, id="half a character"),
        pytest.param(b"\xff\xfe{}", 400, id="no UTF-8"),
        pytest.param('"' + "x" * (BODY_LIMIT - 2) + '"', 422, id="64 KiB"),
        pytest.param('"' + "x" * (BODY_LIMIT - 1) + '"', 413, id="a byte more than 64 KiB"),
        pytest.param('"' + "é" * 33_000 + '"', 413, id="fewer characters than bytes"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/tickets"), ("PATCH", f"/tickets/{ticket().id}"), ("POST", "/tickets:batchGet")],
)
def test_a_bad_body_is_the_clients_fault(
    service: Service, method: str, path: str, raw_body: str | bytes, status: int
) -> None:
    # Given a body that Python, or the schema, cannot take / When it is sent
    service.kept()
    headers = dict(JSON_HEADER) | {"If-Match": "*"}
    answer = service.send(method, path, headers=headers, raw_body=raw_body)
    # Then it is a problem of the client's, with the correlation id
    assert answer.status == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.body["correlation_id"] == "gateway-1"


def test_the_longest_body_is_taken(service: Service) -> None:
    # Given a body of 64 KiB to the byte, and one byte more / When posted / Then only one fits
    body = json.dumps(BODY)
    padded = body + " " * (BODY_LIMIT - len(body))
    assert service.send("POST", "/tickets", raw_body=padded).status == 201
    assert service.send("POST", "/tickets", raw_body=padded + " ").status == 413


@pytest.mark.parametrize(
    ("body", "status"), [(json.dumps(BODY).encode(), 201), (b"\xff\xfe", 400), (b"x", 400)]
)
def test_a_body_may_come_in_base64(service: Service, body: bytes, status: int) -> None:
    # Given a body that came as bytes / When it is taken / Then it is read as UTF-8
    event = in_base64(proxy_event("POST", "/tickets", JSON_HEADER), body)
    assert service.take(event).status == status


def test_base64_that_is_none_is_the_clients_fault(service: Service) -> None:
    # Given a body that claims to be base64 / When it is posted / Then it is a 400
    event = proxy_event("POST", "/tickets", JSON_HEADER, body="A") | {"isBase64Encoded": True}
    assert service.take(event).status == 400


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 201),
        ("Application/JSON; charset=utf-8", 201),
        (" application/json ;x=y", 201),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("application/jsonp", 415),
        ("application/merge-patch+json", 415),
        ("text/plain, application/json", 415),
        (";", 415),
    ],
)
def test_a_body_is_json(service: Service, media_type: str, status: int) -> None:
    # Given a body of a media type / When it is posted / Then only JSON is taken
    answer = service.send("POST", "/tickets", BODY, {"Content-Type": media_type})
    assert answer.status == status


def test_a_body_where_there_is_none_is_passed_over(service: Service) -> None:
    # Given a read with a body / When it is sent / Then the body has no meaning
    assert service.send("GET", "/health", raw_body="<x/>").status == 200
    kept = service.kept()
    answer = service.send("PUT", f"/tickets/{kept.id}/watchers/ada", raw_body="[" * 9999)
    assert answer.status == 204


def test_a_refusal_is_short_and_sends_nothing_back(service: Service) -> None:
    # Given a body of thousands of unknown fields, with long names / When it is posted
    fields = {f"{'secret' * 20}{number}": "x" for number in range(400)}
    answer = service.send("POST", "/tickets", fields)
    # Then a few are named, in short
    assert answer.status == 422
    assert len(answer.body["errors"]) == ERRORS_SHOWN
    assert len(answer.text) < 5000


def test_half_a_character_in_a_name_is_not_sent_back(service: Service) -> None:
    # Given an unknown field whose name is no text / When it is posted / Then the answer is text
    answer = service.send("POST", "/tickets", raw_body='{"\\ud800": 1}')
    assert "ud800" not in answer.text
