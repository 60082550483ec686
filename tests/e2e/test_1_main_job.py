"""From nothing to one release in three environments, and that it is really that release.

The files of this folder share one world and run in the order of their names.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.promotion.steps.gates import GATES
from tests.e2e.world import ENVIRONMENTS, World

pytestmark = pytest.mark.e2e
FUNCTIONS = {
    "api": "ApiFunction",
    "processor": "ProcessorFunction",
    "scheduled": "ScheduledFunction",
}


def _ticket(due: timedelta) -> dict[str, str]:
    when = (datetime.now(UTC) + due).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"title": "Printer on fire", "team": "hardware", "priority": "normal", "due_at": when}


def _eventually_all(what: Any, awaited: str, seconds: float) -> list[str]:
    """Everything that came until what was awaited was among it."""
    came: list[str] = []

    def complete() -> bool:
        came.extend(what())
        return awaited in came

    _eventually(complete, seconds)
    return came


def _eventually(what: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


@pytest.fixture(scope="module", autouse=True)
def overdue_in_dev(world: World) -> str:
    """A ticket that was overdue when it came, posted before the other tests begin."""
    _, ticket = world.call("dev", "POST", "/tickets", _ticket(timedelta(hours=-2)))
    return str(ticket["id"])


def test_the_demo_ends_with_what_runs_where_and_what_to_try(
    demo: subprocess.CompletedProcess[str],
) -> None:
    assert demo.returncode == 0, demo.stderr
    summary = demo.stderr[demo.stderr.index("Running now") :]
    for expected in (*ENVIRONMENTS, "x-api-key", "./baton status"):
        assert expected in summary


@pytest.mark.proves("P4")
def test_one_release_is_verified_in_every_environment(world: World) -> None:
    status = world.data("status")

    assert [row["environment"] for row in status] == list(ENVIRONMENTS)
    assert len({row["verified"] for row in status}) == 1
    assert not any(row["promotable"] for row in status)


@pytest.mark.proves("A3")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_version_behind_the_alias_has_the_releases_code(world: World, environment: str) -> None:
    # Given the release that the environment's records name
    release = next(r for r in world.data("status") if r["environment"] == environment)["verified"]
    template = (world.root / ".baton" / "releases" / release / "template.yaml").read_text()

    # When the functions are looked at through their alias
    live = world.live(environment)

    # Then each has exactly the code that the template names by digest
    for name, logical_id in FUNCTIONS.items():
        body = template[template.index(f"\n  {logical_id}:") :]
        digest = body[body.index("artifacts/") + 10 :][:64]
        expected = base64.b64encode(bytes.fromhex(digest)).decode()
        assert live[name]["CodeSha256"] == expected


@pytest.mark.proves("A5")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_without_credentials_the_api_answers_403(world: World, environment: str) -> None:
    status, body = world.call(environment, "GET", "/health", known=False)

    # API Gateway's own answer is a problem document, as the function's are
    problem = json.loads(body)
    assert (status, problem["status"], problem["title"]) == (403, 403, "Forbidden")
    assert problem["correlation_id"]


@pytest.mark.proves("A1", "A2", "A4", "A6", "D1", "D2", "I1")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_posted_ticket_is_counted_by_the_processor(world: World, environment: str) -> None:
    status, ticket = world.call(environment, "POST", "/tickets", _ticket(timedelta(days=1)))
    assert status == 201, ticket

    def counted() -> bool:
        _, stats = world.call(environment, "GET", "/teams/hardware/stats")
        return bool(stats["open"]["normal"])

    assert _eventually(counted, 30)


@pytest.mark.proves("A1", "D3", "I1")
@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_an_overdue_ticket_is_escalated_by_the_scheduled_function(
    world: World, environment: str
) -> None:
    # Given a ticket that is overdue
    _, ticket = world.call(environment, "POST", "/tickets", _ticket(timedelta(hours=-2)))

    # When the scheduled function gets a rule's event
    after_it = datetime.now(UTC) + timedelta(seconds=1)  # a rule's time has whole seconds
    event = {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": after_it.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [world.outputs(environment)["SweepRuleArn"]],
        "detail": {},
    }
    answer = world.client(environment, "lambda").invoke(
        FunctionName=world.outputs(environment)["ScheduledAliasArn"], Payload=json.dumps(event)
    )
    assert "FunctionError" not in answer, answer["Payload"].read()

    # Then its priority is one higher
    _, after = world.call(environment, "GET", f"/tickets/{ticket['id']}")
    assert after["priority"] == "high"
    assert after["version"] == 2


def _first_record(world: World, environment: str) -> dict[str, Any]:
    """What the first promotion has recorded."""
    bucket = f"desk-{environment}-{world.settings(environment)['account_id']}-artifacts"
    stored = world.client(environment, "s3").get_object(Bucket=bucket, Key="promotions/000001.json")
    record: dict[str, Any] = json.loads(stored["Body"].read())
    return record


@pytest.mark.proves("P4", "S1")
def test_each_promotion_left_a_record_that_tells_the_whole_story(world: World) -> None:
    for environment in ENVIRONMENTS:
        record = _first_record(world, environment)

        assert record["verified"]
        assert set(record["gates"]) == set(GATES)
        assert set(record["serials"]) == set(record["outputs"])
        assert record["parameters"]["Environment"] == environment
        assert len(record["steps"]) == 9  # the tenth writes the record itself
        assert ("--yes" in record["approved_by"]) == (environment == "prod")


@pytest.mark.proves("D5", "I1", "I5")
def test_who_watches_a_ticket_is_told_what_happens_to_it(world: World) -> None:
    # Given a queue that subscribes to the notifications of dev, and a ticket that ada watches
    topic = _first_record(world, "dev")["outputs"]["application"]["notifications_topic_arn"]
    sqs, sns = world.client("dev", "sqs"), world.client("dev", "sns")
    queue = sqs.create_queue(QueueName="a-subscriber")["QueueUrl"]
    name = {"QueueUrl": queue, "AttributeNames": ["QueueArn"]}
    arn = sqs.get_queue_attributes(**name)["Attributes"]["QueueArn"]
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [let_in]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    _, ticket = world.call("dev", "POST", "/tickets", _ticket(timedelta(days=1)))
    path = f"/tickets/{ticket['id']}"
    assert world.call("dev", "PUT", f"{path}/watchers/ada")[0] == 204

    # When somebody comments on it
    assert world.call("dev", "POST", f"{path}/comments", {"text": "On my way"})[0] == 201

    # Then the function that may publish has told her, by an id that repeats would have too
    def heard() -> list[str]:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        return [json.loads(body["Message"])["notification_id"] for body in bodies]

    # her watching may have come before the ticket's first event was processed
    assert f"{ticket['id']}#2#ada" in _eventually_all(heard, f"{ticket['id']}#2#ada", 30)


@pytest.mark.proves("A7", "I1", "I5")
def test_what_happens_reaches_the_queue_of_the_rule_for_domain_events(world: World) -> None:
    # Given a ticket in dev
    _, ticket = world.call("dev", "POST", "/tickets", _ticket(timedelta(days=1)))
    sqs, queue = world.client("dev", "sqs"), world.outputs("dev")["EventInboxUrl"]

    # When its event has gone over the bus, Then it is in the queue, with nothing a customer wrote
    def arrived() -> list[str]:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        bodies = [message["Body"] for message in answer.get("Messages", [])]
        return [body for body in bodies if ticket["id"] in body]

    (event, *_) = _eventually(arrived, 30)
    assert json.loads(event)["source"] == "desk.dev"
    assert json.loads(event)["detail-type"] == "TicketCreated"
    assert json.loads(event)["detail"]["event_id"] == f"{ticket['id']}#1"
    assert "Printer" not in event


@pytest.mark.proves("N1", "N2", "N4", "N5", "N6", "N7", "D1", "D4", "M1", "M2", "M3", "S2", "S3")
def test_after_apply_a_plan_of_every_unit_shows_no_changes(world: World) -> None:
    plans = world.root / "plans"

    done = world.shell(
        "dev", f"cd live/dev && terragrunt run --all --json-out-dir {plans} --out-dir {plans} plan"
    )

    assert done.returncode == 0, done.stderr
    found = sorted(plans.rglob("tfplan.json"))
    units = sorted(path.parent.name for path in (world.root / "live/dev").glob("*/terragrunt.hcl"))
    assert [plan.parent.name for plan in found] == units
    assert [_changes(plan) for plan in found] == [[]] * len(units)


def _changes(plan: Path) -> list[str]:
    document = json.loads(plan.read_text())
    return [
        change["address"]
        for change in document["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    ]


@pytest.mark.proves("A7")
def test_the_rule_itself_fires_and_the_sweep_escalates(world: World, overdue_in_dev: str) -> None:
    # Given dev, where the rule's rate is one minute, and a ticket that was overdue there since the
    # first test of this file

    # When nobody invokes anything, Then it is escalated all the same
    def escalated() -> bool:
        _, after = world.call("dev", "GET", f"/tickets/{overdue_in_dev}")
        return bool(after["priority"] == "high")

    assert _eventually(escalated, 100)
