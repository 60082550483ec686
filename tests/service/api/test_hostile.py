"""Requests that mean no good, or come from clients that are broken."""

from __future__ import annotations

import pytest
from aws_lambda_powertools import Metrics

from tests.service.api.client import BODY, Service
from tests.service.api.gateway import proxy_event
from tests.service.samples import ticket

JSON_HEADER = [("Content-Type", "application/json")]
PROBLEM = "application/problem+json"
EXPRESSIONS = [
    "#pk",
    ":pk",
    "attribute_exists(pk)",
    "TICKET#1",
    "a#b",
    "a' OR '1'='1",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "%00",
    "\r\nSet-Cookie: x=1",
]


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_nothing_but_a_name_gets_into_a_key(service: Service, text: str) -> None:
    # Given what would be an expression, a key or a header / When it is a name or a filter
    service.kept()
    answers = [
        service.send("POST", "/tickets", BODY | {"team": text}),
        service.send("POST", "/tickets", BODY | {"assignee": text}),
        service.send("GET", "/tickets", query={"assignee": text}),
        service.send("GET", "/tickets", query={"team": text, "status": "new"}),
        service.send("POST", "/tickets:batchGet", {"ids": [text]}),
        service.send("PATCH", f"/tickets/{ticket().id}", {"team": text}, {"If-Match": "*"}),
    ]
    # Then it is refused
    assert {answer.status for answer in answers} == {422}
    assert len(service.tickets.events) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/tickets/01J0",
        "/tickets/" + ticket().id.lower(),
        "/tickets/" + "8" + "0" * 25,
        "/tickets/%00",
        "/tickets/%0A",
        "/tickets/" + ticket().id + "%0A%0A",
        "/tickets/" + ticket().id + "%23META",
        "/tickets/" + ticket().id + "%2Fcomments",
        "/teams/UPPER/stats",
        "/teams/ops%23/stats",
        "/other",
        "/",
        "",
        "//tickets",
        "/tickets/../health",
        "/%FF",
        "/v1/tickets",
    ],
)
def test_what_is_not_there_is_not_found(service: Service, path: str) -> None:
    # Given nothing at a path / When it is read / Then a problem document says so
    service.kept()
    answer = service.send("GET", path)
    assert answer.status == answer.body["status"] == 404
    assert answer.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/tickets", "GET, POST"),
        ("GET", "/tickets:batchGet", "POST"),
        ("PUT", f"/tickets/{ticket().id}", "GET, PATCH"),
        ("HEAD", "/health", "GET"),
        ("OPTIONS", "/health", "GET"),
        ("x" * 5000, "/health", "GET"),
    ],
)
def test_a_method_that_a_path_has_not(
    service: Service, method: str, path: str, allowed: str
) -> None:
    # Given a path / When it is asked with a method it has not / Then those it has are named
    answer = service.send(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert len(answer.text) < 500


@pytest.mark.parametrize(
    "headers",
    [
        [("x-correlation-id", "a"), ("X-Correlation-Id", "b")],
        [("Content-Type", "application/json"), ("content-type", "text/plain")],
        [("Cookie", "=;=;\x00")],
        [("Accept", "text/html"), ("Accept-Encoding", "gzip, br")],
        [("Expect", "100-continue"), ("Transfer-Encoding", "chunked")],
        [(f"X-{number}", "x" * 100) for number in range(200)],
        [("If-Match", "x" * 10_000)],
    ],
)
def test_odd_headers_do_no_harm(service: Service, headers: list[tuple[str, str]]) -> None:
    # Given headers that contradict each other or mean nothing here / When sent / Then all is well
    assert service.take(proxy_event("GET", "/health", headers)).status == 200


def test_an_event_without_headers_is_answered(service: Service) -> None:
    # Given an event as the console's test button sends it / When it comes / Then it is answered
    event = proxy_event("GET", "/health") | {"headers": None, "multiValueHeaders": None}
    assert service.take(event).status == 200


def test_a_page_token_of_another_list_is_refused(service: Service) -> None:
    # Given the token of one list's second page / When it is sent elsewhere, or with more in it
    service.keep(*(ticket(number, team="ops") for number in (1, 2)))
    first = {"team": "ops", "status": "new", "limit": 1}
    token = service.send("GET", "/tickets", query=first).body["next_page"]
    answers = [
        service.send("GET", "/tickets", query=first | {"status": "open", "page": token}),
        service.send("GET", "/tickets", query=first | {"team": "net", "page": token}),
        service.send("GET", "/tickets", query={"assignee": "ops", "page": token}),
        service.send("GET", f"/tickets/{ticket(1).id}/comments", query={"page": token}),
        service.send("GET", "/tickets", query=first | {"page": token + "x"}),
        service.send("GET", "/tickets", query=first | {"page": ""}),
    ]
    # Then each time it is refused, in the same words
    assert {(answer.status, answer.body["detail"]) for answer in answers} == {
        (400, "the page token is not valid here")
    }
