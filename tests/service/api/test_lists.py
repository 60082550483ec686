from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from desk.domain.event import EventType, of_change
from desk.domain.ticket import Priority, Status
from tests.service.api.client import Service
from tests.service.samples import NOW, cause, ticket

OPS_NEW = {"team": "ops", "status": "new"}


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


def pages(service: Service, path: str, name: str, query: dict[str, Any]) -> list[list[Any]]:
    """The entries of every page, asked for one after the other."""
    found, following = [], None
    while not found or following:
        asked = query | ({"page": following} if following else {})
        answer = service.send("GET", path, query=asked)
        assert answer.status == 200, answer.text
        found.append(answer.body[name])
        following = answer.body["next_page"]
    return found


def test_a_teams_tickets_come_with_the_most_pressing_first(service: Service) -> None:
    # Given tickets of two teams / When one team's new ones are listed
    service.kept(1, priority=Priority.LOW)
    service.kept(2, priority=Priority.URGENT)
    service.kept(3, team="net")
    service.kept(4, status=Status.OPEN)
    answer = service.send("GET", "/tickets", query=OPS_NEW)
    # Then they come with the most pressing first, and there is no other page
    assert answer.status == 200
    assert [each["id"] for each in answer.body["tickets"]] == [ticket(2).id, ticket(1).id]
    assert answer.body["next_page"] is None


@pytest.mark.parametrize(("query", "ids"), [({}, [1, 2]), ({"status": "open"}, [2])])
def test_somebodys_tickets_come_with_or_without_a_status(
    service: Service, query: dict[str, str], ids: list[int]
) -> None:
    # Given two tickets of somebody's / When they are listed
    service.kept(1, assignee="a+b@x.org")
    service.kept(2, assignee="a+b@x.org", status=Status.OPEN)
    service.kept(3, assignee="other")
    answer = service.send("GET", "/tickets", query={"assignee": "a+b@x.org", **query})
    # Then all come, or those in the status
    assert [each["id"] for each in answer.body["tickets"]] == [ticket(n).id for n in ids]


def test_pages_hold_every_ticket_once(service: Service) -> None:
    # Given five tickets / When they are listed two at a time
    service.keep(*(ticket(number) for number in range(1, 6)))
    found = pages(service, "/tickets", "tickets", OPS_NEW | {"limit": 2})
    # Then there are three pages, and each ticket is in one
    assert [len(page) for page in found] == [2, 2, 1]
    assert [each["id"] for page in found for each in page] == [ticket(n).id for n in range(1, 6)]


def test_the_limit_may_differ_from_page_to_page(service: Service) -> None:
    # Given a first page of one / When the rest is asked for at once
    service.keep(*(ticket(number) for number in range(1, 5)))
    first = service.send("GET", "/tickets", query=OPS_NEW | {"limit": 1}).body
    rest = service.send("GET", "/tickets", query=OPS_NEW | {"page": first["next_page"]}).body
    # Then it is there
    assert (len(first["tickets"]), len(rest["tickets"])) == (1, 3)


def test_a_page_has_fifty_entries_unless_asked(service: Service) -> None:
    # Given more tickets / When they are listed without a limit / Then fifty come
    service.keep(*(ticket(number) for number in range(60)))
    assert [len(page) for page in pages(service, "/tickets", "tickets", OPS_NEW)] == [50, 10]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "team=ops",
        "status=new",
        "team=ops&assignee=ada",
        "team=ops&status=new&assignee=ada",
        "team=Ops&status=new",
        "team=ops&status=gone",
        "assignee=a%23b",
        "assignee=",
        "assignee=ada&status=",
        "team=ops&status=new&status=open",
        "team=ops&team=net&status=new",
        "team=ops&status=new&limit=0",
        "team=ops&status=new&limit=101",
        "team=ops&status=new&limit=-1",
        "team=ops&status=new&limit=5.0",
        "team=ops&status=new&limit=1_0",
        "team=ops&status=new&limit=%205",
        "team=ops&status=new&limit=",
        "team=ops&status=new&limit=%D9%A5",
        "team=ops&status=new&limit=" + "9" * 5000,
        "team=ops&status=new&limit=5&limit=6",
        "team=ops&status=new&sort=id",
        "team=ops&status=new&Limit=5",
        "team=ops%00&status=new",
    ],
)
def test_what_cannot_be_listed_is_refused(service: Service, query: str) -> None:
    # Given filters that do not fit / When a list is asked for / Then it is refused
    answer = service.send("GET", "/tickets", query=query)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/tickets/{ticket().id}"),
        ("GET", f"/tickets/{ticket().id}/watchers"),
        ("PUT", f"/tickets/{ticket().id}/watchers/ada"),
        ("GET", "/teams/ops/stats"),
        ("GET", "/health"),
    ],
)
def test_a_parameter_that_there_is_not_is_refused_everywhere(
    service: Service, method: str, path: str
) -> None:
    # Given a route without parameters / When it is asked with one / Then it is named
    service.kept()
    answer = service.send(method, path, query={"since": "x"})
    assert answer.status == 422
    assert [each["field"] for each in answer.body["errors"]] == ["query.since"]


def test_counters_are_answered_by_priority_and_day(service: Service) -> None:
    # Given a counted ticket / When its team's counters are read
    service.statistics.count(of_change(EventType.CREATED, None, ticket()), NOW)
    answer = service.send("GET", "/teams/ops/stats")
    # Then every priority is there, and the day
    assert answer.status == 200
    assert answer.body == {
        "team": "ops",
        "open": {"low": 0, "normal": 1, "high": 0, "urgent": 0},
        "days": {"2026-03-10": {"new": 1}},
    }


def test_counters_of_more_than_thirty_days_ago_are_left_out(service: Service) -> None:
    # Given a ticket counted 31 days ago / When its team's counters are read / Then it is not there
    long_ago = NOW.replace(month=2, day=7)
    old = ticket(cause=cause(long_ago))
    service.statistics.count(of_change(EventType.CREATED, None, old), long_ago)
    assert service.send("GET", "/teams/ops/stats").body["days"] == {}


def test_health_names_version_and_revision(service: Service) -> None:
    # Given a published version / When its health is read / Then it says which it is
    answer = service.send("GET", "/health")
    assert answer.body == {"status": "ok", "version": "7", "revision": "f" * 64}
