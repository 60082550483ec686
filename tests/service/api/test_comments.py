from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aws_lambda_powertools import Logger, Metrics

from desk.domain.comment import Comment
from desk.domain.errors import StaleTicketError
from desk.domain.event import Event, EventType
from desk.domain.ticket import Status, Ticket
from desk.service import tickets as use_cases
from tests.service.api.client import Service
from tests.service.api.test_lists import pages
from tests.service.in_memory import InMemoryTickets
from tests.service.samples import cause, ticket

LAMBDA_LIMIT = 6 * 1024 * 1024  # bytes of an answer


@pytest.fixture
def service(metrics: Metrics) -> Service:
    return Service(metrics=metrics)


def test_a_comment_is_a_change_of_its_ticket(service: Service) -> None:
    # Given a ticket / When somebody writes below it
    kept = service.kept()
    answer = service.send("POST", f"/tickets/{kept.id}/comments", {"text": "On it"})
    # Then the comment is there, the ticket is at its next version, and an event says so
    assert answer.status == 201
    assert answer.body["text"] == "On it"
    assert answer.body["actor"] == "api-key:k1"
    assert service.tickets.get(kept.id).version == 2
    assert service.tickets.events[-1].type is EventType.COMMENTED
    assert service.metrics.metric_set["CommentsCreated"]["Value"] == [1.0]


def test_comments_are_listed_in_the_order_they_were_written(service: Service) -> None:
    # Given three comments, written within a second / When they are listed two at a time
    path = f"/tickets/{service.kept().id}/comments"
    for text in ("first", "second", "third"):
        service.send("POST", path, {"text": text})
        service.clock.pass_(timedelta(milliseconds=5))
    found = pages(service, path, "comments", {"limit": 2})
    # Then they come in their order, on two pages
    assert [[each["text"] for each in page] for page in found] == [["first", "second"], ["third"]]


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 10_001, "a\0b", "\ud800", None, 1, ["x"]])
def test_a_comment_that_does_not_fit_is_refused(service: Service, text: object) -> None:
    # Given a text that is none / When it is written / Then it is refused, and nothing is written
    kept = service.kept()
    assert service.send("POST", f"/tickets/{kept.id}/comments", {"text": text}).status == 422
    assert service.tickets.get(kept.id).version == 1


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "a\nb\tc", "é vs é", "\u200f\u202eשלום", "\u200bx\u200b", "👩‍👩‍👧"]
)
def test_a_comment_is_kept_as_written(service: Service, text: str) -> None:
    # Given any text within the limit / When it is written / Then it is listed unchanged
    path = f"/tickets/{service.kept().id}/comments"
    assert service.send("POST", path, {"text": text}).body["text"] == text
    assert service.send("GET", path).body["comments"][0]["text"] == text


@pytest.mark.parametrize("character", ["\U0001f525", "\x01", '"', "\\", "x"])
def test_a_page_of_long_comments_is_short_enough_for_lambda(
    service: Service, character: str
) -> None:
    # Given a hundred comments of the greatest length / When a hundred are asked for at a time
    kept = service.kept()
    path = f"/tickets/{kept.id}/comments"
    for number in range(100):
        use_cases.comment_on(
            service.tickets,
            kept.id,
            comment_id=f"01J{number:023d}",
            text=character * 10_000,
            cause=cause(),
        )
    sizes, count, query = [], 0, {"limit": 100}
    while query:
        answer = service.send("GET", path, query=query)
        # as Lambda's runtime writes it: JSON that holds our JSON as a text
        sizes.append(len(json.dumps({"body": answer.text})))
        count += len(answer.body["comments"])
        following = answer.body["next_page"]
        query = {"limit": 100, "page": following} if following else {}
    # Then no page is more than Lambda can answer with, and all are there
    assert max(sizes) < LAMBDA_LIMIT
    assert count == 100


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_are_no_comments_without_a_ticket(service: Service, method: str) -> None:
    # Given no ticket / When its comments are listed or written / Then it is not found
    body = {"text": "x"} if method == "POST" else None
    assert service.send(method, f"/tickets/{ticket().id}/comments", body).status == 404


def test_a_closed_ticket_takes_no_comment(service: Service) -> None:
    # Given a closed ticket / When somebody writes below it / Then it is a conflict
    kept = service.kept(status=Status.CLOSED)
    assert service.send("POST", f"/tickets/{kept.id}/comments", {"text": "x"}).status == 409


class Crowded(InMemoryTickets):
    """Tickets that so many others comment on first."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def comment(self, before: Ticket, after: Ticket, comment: Comment, event: Event) -> None:
        if self.times:
            self.times -= 1
            raise StaleTicketError(before.id, before.version)
        super().comment(before, after, comment, event)


@pytest.mark.parametrize(("times", "status"), [(use_cases.TRIES - 1, 201), (use_cases.TRIES, 409)])
def test_a_comment_is_tried_again_where_others_were_faster(
    metrics: Metrics, times: int, status: int
) -> None:
    # Given others who are faster a few times / When somebody writes
    service = Service(metrics=metrics, tickets=Crowded(times))
    answer = service.send("POST", f"/tickets/{service.kept().id}/comments", {"text": "x"})
    # Then it is tried again, and not for ever
    assert answer.status == status
    assert ("Retry-After" in answer.headers) is (status == 409)


def test_watchers_come_and_go(service: Service) -> None:
    # Given a ticket / When people watch it, one twice, and one does no longer
    path = f"/tickets/{service.kept().id}/watchers"
    for user in ("bob", "a%40x.org", "a@x.org", "c+d@x.org"):
        answer = service.send("PUT", f"{path}/{user}")
        assert (answer.status, answer.text) == (204, "")
    assert service.send("DELETE", f"{path}/bob").status == 204
    assert service.send("DELETE", f"{path}/bob").status == 204
    # Then the others are listed, by name
    assert service.send("GET", path).body == {"watchers": ["a@x.org", "c+d@x.org"]}


def test_who_took_a_watcher_away_is_in_the_log(
    metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a watcher / When somebody takes it away
    service = Service(metrics=metrics, logger=Logger(service="watching"))
    path = f"/tickets/{service.kept().id}/watchers/bob"
    service.send("PUT", path)
    service.send("DELETE", path)
    # Then the log says who did that and to which ticket; the watcher's name is not ours to keep
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    said = {name: line[name] for name in ("message", "ticket_id", "actor")}
    assert said == {
        "message": "watcher removed",
        "ticket_id": ticket().id,
        "actor": "api-key:k1",
    }
    assert "bob" not in json.dumps(line)


@pytest.mark.parametrize(
    "user", ["a%23b", "a%2Fb", ".", "..", ".a", "a%20b", "%00", "a%2525", "é", "x" * 65, "%ff"]
)
def test_a_name_that_nobody_can_have_is_not_found(service: Service, user: str) -> None:
    # Given a name that keys or paths would break on / When it is to watch / Then there is no such
    path = f"/tickets/{service.kept().id}/watchers"
    assert service.send("PUT", f"{path}/{user}").status == 404
    assert service.send("GET", path).body == {"watchers": []}


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("PUT", "/ada"), ("DELETE", "/ada")])
def test_there_are_no_watchers_without_a_ticket(service: Service, method: str, end: str) -> None:
    # Given no ticket / When its watchers are asked for or changed / Then it is not found
    assert service.send(method, f"/tickets/{ticket().id}/watchers{end}").status == 404


def test_a_closed_ticket_takes_no_watcher(service: Service) -> None:
    # Given a closed ticket / When somebody wants to watch it / Then it is a conflict
    kept = service.kept(status=Status.CLOSED)
    assert service.send("PUT", f"/tickets/{kept.id}/watchers/ada").status == 409
