"""What the store makes of it when DynamoDB does a part, does nothing, or does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from desk.domain.errors import BusyError, NotAllowedError, StaleTicketError, TicketNotFoundError
from desk.domain.jobs import Job, Lease
from desk.domain.ticket import Priority
from desk.store import comment_item, ticket_item
from desk.store.archive import DynamoArchive
from desk.store.attributes import typed
from desk.store.jobs import DynamoJobs
from desk.store.progress import DynamoProgress
from desk.store.statistics import DynamoStatistics
from desk.store.table import RETRIES
from desk.store.teams import DynamoTeams
from desk.store.tickets import DynamoTickets
from desk.store.watchers import DynamoWatchers
from tests.service.adapters.wire import Answer, Wire, cancelled, ok, refusal
from tests.service.samples import HOUR, NOW, cause, changed, comment, created, edited, ticket

CONFLICT = cancelled("None", "TransactionConflict")
LEASE = Lease(Job.SWEEP, "run", NOW, NOW + HOUR)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    # botocore's own pauses; ours are injected
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def tickets(wire: Wire) -> DynamoTickets:
    return DynamoTickets(wire.table)


def archive(wire: Wire) -> DynamoArchive:
    return DynamoArchive(wire.table)


FAILURES = {
    "throttled": refusal("ThrottlingException"),
    "over capacity": refusal("ProvisionedThroughputExceededException"),
    "internal": refusal("InternalServerError", 500),
    "unavailable": refusal("ServiceUnavailable", 503),
    "no answer": ReadTimeoutError(endpoint_url="https://dynamodb.test/"),
    "no connection": ConnectTimeoutError(endpoint_url="https://dynamodb.test/"),
}
CALLS: dict[str, Callable[[Wire], object]] = {
    "get": lambda wire: tickets(wire).get("01J0"),
    "get_many": lambda wire: tickets(wire).get_many(["01J0"]),
    "add": lambda wire: tickets(wire).add(ticket(), created(ticket())),
    "comments": lambda wire: tickets(wire).comments("01J0", 5, None),
    "count": lambda wire: DynamoStatistics(wire.table).count(created(ticket()), NOW),
    "watch": lambda wire: DynamoWatchers(wire.table).add("01J0", "ann", cause()),
    "register": lambda wire: DynamoTeams(wire.table).register("ops"),
    "acquire": lambda wire: DynamoJobs(wire.table).acquire(LEASE),
    "release": lambda wire: DynamoJobs(wire.table).release(LEASE),
    "read": lambda wire: archive(wire).read("01J0"),
    "delete": lambda wire: archive(wire).delete("01J0", ["META"]),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_does_not_get_better_is_an_error_to_try_again(
    call: Callable[[Wire], object], failure: Answer
) -> None:
    # Given a DynamoDB that fails for good / When it is asked / Then again, and then that is said
    wire = Wire(failure)
    with pytest.raises(BusyError):
        call(wire)
    assert len(wire.sent) > 1


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_what_gets_better_is_none(failure: Answer) -> None:
    # Given a DynamoDB that fails once / When it is asked / Then it answers
    wire = Wire(failure, ok(Item=typed(ticket_item.to_item(ticket()))))
    assert tickets(wire).get(ticket().id) == ticket()
    assert len(wire.sent) == 2


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_wrong_for_good_is_said_as_it_is(call: Callable[[Wire], object], code: str) -> None:
    # Given a request that DynamoDB will never do / When it is asked / Then once, and it says why
    wire = Wire(refusal(code))
    with pytest.raises(ClientError, match=code):
        call(wire)
    assert len(wire.sent) == 1


def test_a_transaction_that_is_sent_again_is_the_same_one() -> None:
    # Given a DynamoDB whose first answer is lost
    wire = Wire(FAILURES["no answer"], FAILURES["internal"], ok(), ok())
    # When a ticket is written, and another
    tickets(wire).add(ticket(1), created(ticket(1)))
    tickets(wire).add(ticket(2), created(ticket(2)))
    # Then what botocore sent again was the same request, by which DynamoDB knows that it is done
    assert wire.sent[0] == wire.sent[1] == wire.sent[2]
    tokens = [request["ClientRequestToken"] for request in wire.sent]
    assert tokens[2] != tokens[3]
    assert wire.slept == []


def test_a_transaction_that_met_another_is_tried_again() -> None:
    # Given a ticket that somebody else writes at this moment, and again
    wire = Wire(CONFLICT, cancelled("ThrottlingError", "None"), ok())
    # When it is written / Then it is, in the end; each try is a request of its own
    tickets(wire).add(ticket(), created(ticket()))
    assert len({request["ClientRequestToken"] for request in wire.sent}) == 3
    assert len(wire.slept) == 2


def test_a_transaction_that_is_still_going_on_is_waited_for() -> None:
    # Given a request that DynamoDB is still at, for longer than botocore waits
    wire = Wire(*[refusal("TransactionInProgressException")] * 5, ok())
    # When it is sent again / Then it is the same one
    tickets(wire).add(ticket(), created(ticket()))
    assert len(wire.slept) == 1
    assert len({request["ClientRequestToken"] for request in wire.sent}) == 1


def test_a_transaction_that_always_meets_others_is_an_error_to_try_again() -> None:
    wire = Wire(CONFLICT)
    with pytest.raises(BusyError):
        tickets(wire).add(ticket(), created(ticket()))
    assert len(wire.sent) == RETRIES.tries


def test_a_transaction_with_a_wrong_write_is_not_tried_again() -> None:
    wire = Wire(cancelled("None", "ValidationError"))
    with pytest.raises(ClientError, match="TransactionCanceled"):
        tickets(wire).add(ticket(), created(ticket()))
    assert len(wire.sent) == 1


@pytest.mark.parametrize("other", ["None", "TransactionConflict", "ConditionalCheckFailed"])
def test_a_condition_that_failed_is_the_answer_whatever_else_happened(other: str) -> None:
    # Given a version that has gone / When it is changed / Then it is stale, at once
    wire = Wire(cancelled("ConditionalCheckFailed", other))
    after = edited(ticket(), title="another")
    with pytest.raises(StaleTicketError):
        tickets(wire).update(ticket(), after, changed(ticket(), after))
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("stored", "error"),
    [
        (None, TicketNotFoundError),
        ({"status": "closed", "watchers": 100}, NotAllowedError),
        ({"status": "open", "watchers": 100}, NotAllowedError),
    ],
)
def test_why_nobody_can_watch_is_what_dynamodb_found(
    stored: dict[str, Any] | None, error: type[Exception]
) -> None:
    # Given a refusal that shows the ticket as it was found / Then nothing else is asked
    reason = {"Code": "ConditionalCheckFailed"} | ({"Item": typed(stored)} if stored else {})
    wire = Wire(
        refusal("TransactionCanceledException", CancellationReasons=[{"Code": "None"}, reason])
    )
    with pytest.raises(error):
        DynamoWatchers(wire.table).add("01J0", "ann", cause())
    assert len(wire.sent) == 1


def test_a_team_that_is_known_is_not_written_again() -> None:
    # Given teams of which one could not be registered / When they are registered again
    wire = Wire(ok(), refusal("ConditionalCheckFailedException"), ok())
    teams = DynamoTeams(wire.table)
    teams.register("ops")
    with pytest.raises(NotAllowedError):
        teams.register("sales")
    for team in ("ops", "sales", "ops", "sales"):
        teams.register(team)
    # Then only the one that is not known is
    written = [request["ExpressionAttributeValues"][":team"]["S"] for request in wire.sent]
    assert written == ["ops", "sales", "sales"]


def test_a_correction_is_sent_with_a_token() -> None:
    # Given a correction whose answer is lost / When it is sent again / Then as the same request
    wire = Wire(FAILURES["no answer"], ok())
    assert DynamoStatistics(wire.table).correct("ops", Priority.LOW, 1, 2)
    assert wire.sent[0] == wire.sent[1]
    assert wire.sent[0]["ClientRequestToken"]


def test_a_page_that_was_cut_short_is_filled() -> None:
    # Given a DynamoDB that stops early, as it does at a megabyte / When a page of two is read
    first, second, third = (
        typed(comment_item.to_item(comment(ticket(), number))) for number in range(3)
    )
    key = {name: first[name] for name in ("pk", "sk")}
    wire = Wire(ok(Items=[first], LastEvaluatedKey=key), ok(Items=[second, third]))
    page = tickets(wire).comments(ticket().id, 2, None)
    # Then it is full, and one item more was asked for, to know that there are more
    assert page.items == (comment(ticket(), 0), comment(ticket(), 1))
    assert page.following == {name: second[name]["S"] for name in ("pk", "sk")}
    assert [request["Limit"] for request in wire.sent] == [3, 3]
    assert wire.sent[1]["ExclusiveStartKey"] == key


def test_all_of_a_partition_is_all_its_pages() -> None:
    # Given a ticket whose items come in two answers, the first of them empty but for its place
    here, there = typed({"pk": "TICKET#1", "sk": "COMMENT#1"}), typed(ticket_item.key("1"))
    wire = Wire(ok(Items=[], LastEvaluatedKey=here), ok(Items=[there]))
    # When all of it is read, as it is before it is deleted / Then the second answer is in it, too
    assert archive(wire).read("1") == [ticket_item.key("1")]
    assert [request.get("ExclusiveStartKey") for request in wire.sent] == [None, here]


@pytest.mark.parametrize(
    "read",
    [
        lambda wire: tickets(wire).get(ticket().id),
        lambda wire: archive(wire).read(ticket().id),
        lambda wire: DynamoProgress(wire.table).done("1#1"),
        lambda wire: DynamoWatchers(wire.table).of(ticket().id),
        lambda wire: DynamoJobs(wire.table).cursor(Job.SWEEP),
        lambda wire: tickets(wire).comments(ticket().id, 10, None),
    ],
    ids=["ticket", "archive", "stages", "watchers", "cursor", "comments"],
)
def test_what_is_decided_by_is_read_as_last_written(read: Callable[[Wire], object]) -> None:
    # Given a DynamoDB that may answer from a copy that lags, as none of the engines here does
    wire = Wire(ok(Item=typed(ticket_item.to_item(ticket()) | {"cursor": {}}), Items=[]))
    # When something is read that a decision hangs on / Then the copy is not asked
    read(wire)
    assert [request["ConsistentRead"] for request in wire.sent] == [True]
