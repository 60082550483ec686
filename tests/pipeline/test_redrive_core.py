"""Redrive, the part without I/O: what messages say, what is sent, what the answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from codegen.errors import GateRefusedError, UsageError
from pipeline.adapters.invocation import Answer
from pipeline.adapters.sam import Stack
from pipeline.redrive.entries import (
    DomainEvent,
    Entry,
    GivenUpBatch,
    MissedEvent,
    NotTakenError,
    ParkedRecord,
    StrangeMessage,
    choose,
    in_order,
)
from pipeline.redrive.keys import event_id, marker
from pipeline.redrive.messages import of_schedule, of_stream
from pipeline.redrive.request import Request, approve, check_can_approve
from pipeline.redrive.sources import places
from pipeline.redrive.stream_records import as_lambda_has_it, check_taken, wanted
from tests.pipeline.builders import environment, record
from tests.pipeline.redriving import (
    NOW,
    STREAM,
    domain_event,
    message,
    number,
    on_failure,
    stream_record,
    tick,
)


def reported(place: int) -> dict[str, str]:
    return {"itemIdentifier": number(place)}


def parked(sort_key: str, **more: Any) -> ParkedRecord:
    fields: dict[str, Any] = {
        "id": f"2026-03-02/{sort_key}",
        "since": NOW,
        "records": 1,
        "reason": "",
        "key": ("QUARANTINE#2026-03-02", sort_key),
        "item": ("TICKET#T1", "EVENT#0000000001"),
        "object_key": "o",
    }
    return ParkedRecord(**fields | more)


def test_an_events_key_is_its_id_and_leads_to_its_marker() -> None:
    assert event_id(("TICKET#T1", "EVENT#0000000012")) == "T1#12"
    assert event_id(("TICKET#T1", "META")) is None
    assert event_id(("TEAM#T1", "EVENT#0000000012")) is None
    assert event_id(("TICKET#T1", "EVENT#twelve")) is None
    assert marker("T1#12", "integrate") == ("SEEN#T1#12", "integrate")


def test_a_message_of_the_streams_queue_says_where_the_records_were() -> None:
    entry = of_stream(message(on_failure()), NOW)

    assert isinstance(entry, GivenUpBatch)
    assert (entry.stream, entry.first, entry.last, entry.records) == (
        STREAM,
        number(100),
        number(300),
        2,
    )
    assert entry.as_row() == (
        "0a1b2c3d-0000",
        "stream",
        "2026-03-02 12:00Z",
        "2",
        "RetryAttemptsExhausted after 9 invocations",
    )


def test_records_that_were_never_handed_over_are_known_too() -> None:
    # Given a message without an answer, as Lambda sends it for records that grew too old
    body = on_failure()
    del body["responseContext"]

    assert isinstance(of_stream(message(body), NOW), GivenUpBatch)


@pytest.mark.parametrize(("hours", "gone"), [(22.9, False), (23.1, True)])
def test_a_list_says_that_the_stream_has_the_records_no_more(hours: float, gone: bool) -> None:
    # Given records that came an hour before the message
    entry = of_stream(message(on_failure()), NOW + timedelta(hours=hours))

    assert ("no longer has the records" in entry.reason) is gone


@pytest.mark.parametrize(
    "body", ["no JSON", "[]", on_failure(startSequenceNumber="latest"), {"Records": []}]
)
def test_a_message_that_is_none_of_lambdas_is_listed_as_that(body: Any) -> None:
    entry = of_stream(message(body), NOW)

    assert isinstance(entry, StrangeMessage)
    assert (
        entry.reason == "in the stream's dead-letter queue, but no on-failure message of Lambda's"
    )


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "not allowed"}, "NO_PERMISSIONS: not"),
        ({"ErrorCode": "200", "ErrorMessage": "Task timed out"}, "200: Task timed out"),
        ({}, "no reason given"),
    ],
)
def test_a_missed_event_says_its_rule_its_time_and_why(
    attributes: dict[str, str], reason: str
) -> None:
    entry = of_schedule(message(tick(), **attributes), "dev")

    assert isinstance(entry, MissedEvent)
    assert entry.event == tick()
    assert entry.reason.startswith(f"desk-dev-sweep of 2026-03-02T10:00:00Z: {reason}")


@pytest.mark.parametrize(
    "body",
    [
        *("x", {}, tick(time=""), tick(**{"detail-type": "Ticket"})),
        *(domain_event(time=""), domain_event(source="desk.prod"), domain_event(source="desk")),
    ],
)
def test_what_is_no_event_of_the_environments_is_sent_nowhere(body: Any) -> None:
    assert isinstance(of_schedule(message(body), "dev"), StrangeMessage)


def test_an_event_that_did_not_reach_the_inbox_says_what_it_is_and_why() -> None:
    # Given what EventBridge adds to an event that it gives up
    body = domain_event()
    entry = of_schedule(message(body, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="no"), "dev")

    assert isinstance(entry, DomainEvent)
    assert entry.as_row() == (
        "0a1b2c3d-0000",
        "domain-event",
        "2026-03-02 12:00Z",
        "1",
        "ticket.created of 2026-03-02T10:00:00Z: NO_PERMISSIONS: no",
    )


def test_a_record_read_again_is_as_lambda_had_it() -> None:
    # Given a record of the stream's API: bytes and a time as Python has them, no ARN
    image = {"a": {"B": b"\x00\xff"}, "b": {"L": [{"BS": [b"x"]}]}, "c": {"M": {"n": {"N": "1"}}}}
    created = datetime(2026, 3, 2, 11, tzinfo=UTC)
    read = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {"ApproximateCreationDateTime": created, "NewImage": image},
    }

    # When, Then
    assert as_lambda_has_it(read, STREAM) == {
        **read,
        "dynamodb": {
            "ApproximateCreationDateTime": 1772449200,
            "NewImage": {**image, "a": {"B": "AP8="}, "b": {"L": [{"BS": ["eA=="]}]}},
        },
        "eventSourceARN": STREAM,
    }


def test_only_what_the_mappings_filter_lets_through_is_sent() -> None:
    event = stream_record()
    ticket = stream_record()
    ticket["dynamodb"] = {"Keys": {"pk": {"S": "TICKET#T1"}, "sk": {"S": "META"}}}

    assert wanted([ticket, event, stream_record(eventName="REMOVE")]) == [event]
    with pytest.raises(NotTakenError, match="no new event"):
        wanted([ticket])


RECORDS = [stream_record(version, version * 100) for version in (1, 2, 3)]


@pytest.mark.parametrize("body", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_an_answer_without_failures_is_one_for_all(body: Any) -> None:
    check_taken(Answer(body), RECORDS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(error="KeyError: 'x'"), "the processor failed: KeyError: 'x'"),
        (
            Answer({"batchItemFailures": [reported(300), reported(200)]}),
            f"1 of 3 records were taken, but not the one with the sequence number {number(200)}",
        ),
        (Answer({"batchItemFailures": [reported(400)]}), "nobody understands"),
        (Answer({"batchItemFailures": [{"itemIdentifier": ""}]}), "nobody understands"),
        (Answer("out of order"), "nobody understands"),
        (Answer(["x"]), "nobody understands"),
    ],
)
def test_any_other_answer_takes_nothing_out(answer: Answer, said: str) -> None:
    with pytest.raises(NotTakenError) as raised:
        check_taken(answer, RECORDS)

    assert said in raised.value.detail


def test_the_streams_older_records_go_first_then_the_schedule() -> None:
    # Given sequence numbers that no float could tell apart
    young, old = parked(number(3)), parked(number(2))
    oldest = of_stream(message(on_failure(startSequenceNumber=number(1))), NOW)
    missed = of_schedule(message(tick()), "dev")

    assert in_order([missed, young, oldest, old]) == [oldest, old, young, missed]


@pytest.mark.parametrize("wanted", ["2026-03-02/200", "2026-03-02/2"])
def test_an_entry_is_called_by_its_id_or_its_beginning(wanted: str) -> None:
    entries: list[Entry] = [parked("100"), parked("200")]

    assert choose(entries, [wanted, wanted]) == [entries[1]]


def test_an_id_that_begins_another_is_still_one() -> None:
    entries: list[Entry] = [parked("20"), parked("200")]

    assert choose(entries, ["2026-03-02/20"]) == [entries[0]]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("2026-03-02", "fits 2 ids"), ("2026-03-03", "nothing called"), ("2026-", "nothing called")],
)
def test_an_id_that_fits_none_or_several_is_wrong_usage(wanted: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        choose([parked("100"), parked("200")], [wanted])


PARAMETERS = {
    "TableName": "table",
    "DataBucketName": "bucket",
    "StreamDlqName": "stream-dlq",
    "ScheduleDlqName": "schedule-dlq",
}
OUTPUTS = {
    "ProcessorAliasArn": "processor:live",
    "ScheduledAliasArn": "scheduled:live",
    "EventInboxUrl": "https://sqs/inbox",
}


def test_the_places_are_those_of_the_stack() -> None:
    found = places(environment(), Stack("UPDATE_COMPLETE", OUTPUTS, PARAMETERS))

    assert (found.quarantine.table, found.quarantine.bucket) == ("table", "bucket")
    assert (found.stream_queue, found.schedule_queue) == ("stream-dlq", "schedule-dlq")
    assert (found.quarantine.processor, found.scheduled) == ("processor:live", "scheduled:live")
    assert found.inbox == "https://sqs/inbox"


@pytest.mark.parametrize("name", [*PARAMETERS, *OUTPUTS])
def test_a_stack_of_an_older_release_is_said_to_be_one(name: str) -> None:
    outputs = {key: value for key, value in OUTPUTS.items() if key != name}
    parameters = {key: value for key, value in PARAMETERS.items() if key != name}

    with pytest.raises(Exception, match=f"no (parameter|output) {name}") as raised:
        places(environment(), Stack("UPDATE_COMPLETE", outputs, parameters))
    assert raised.value.remedy == "./baton promote dev"  # type: ignore[attr-defined]


REPLAY = Request("prod", "replay", everything=True)
PROTECTED = environment("prod", protected=True)


def test_a_protected_environment_needs_somebody_to_approve() -> None:
    with pytest.raises(UsageError, match="prod is protected, its settings say") as raised:
        check_can_approve(REPLAY, PROTECTED, [], asked=False)

    assert raised.value.remedy == "./baton redrive replay prod --all --yes"
    assert check_can_approve(REPLAY, PROTECTED, [], asked=True) == "its settings say"
    approved = Request("prod", "replay", ids=("a",), approved=True)
    assert check_can_approve(approved, PROTECTED, [], asked=False) == "its settings say"
    assert check_can_approve(REPLAY, environment("prod"), [], asked=False) is None


def test_a_promotions_record_protects_whatever_the_checkout_says() -> None:
    records = [record(1, "c" * 64, settings={"protected": True})]

    with pytest.raises(UsageError, match="promotion 1 says"):
        check_can_approve(REPLAY, environment("prod"), records, asked=False)


def test_an_answer_other_than_yes_is_a_refusal() -> None:
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(GateRefusedError, match="not approved"):
        approve(REPLAY, 2, no)
    assert asked == ["Replay 2 entries of prod?"]
    approve(Request("prod", "replay", everything=True, approved=True), 2, None)
