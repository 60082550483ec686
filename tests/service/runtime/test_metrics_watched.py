"""Alarms and dashboard look at metrics that there are; and what the functions write is seen."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from desk.domain.event import EventType
from desk.runtime.observability import NAMESPACE
from tests.service.adapters.receiver import listening
from tests.service.planned import ROOT
from tests.service.privileges import journeys
from tests.service.privileges.place import Lambda, made, nobody
from tests.service.runtime import watched
from tests.service.runtime.watched import Line, Watched
from tests.service.template.deployed import deployed

# What AWS writes, by the dimensions that each has:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
CAPACITY = {
    *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
    *("ReadThrottleEvents", "WriteThrottleEvents"),
}
AWS = {
    ("AWS/Lambda", frozenset({"FunctionName"})): {
        *("Invocations", "Errors", "Throttles", "Duration"),
        *("ConcurrentExecutions", "IteratorAge"),
    },
    ("AWS/ApiGateway", frozenset({"ApiName"})): {"Count", "Latency", "4XXError", "5XXError"},
    ("AWS/SQS", frozenset({"QueueName"})): {"ApproximateNumberOfMessagesVisible"},
    ("AWS/DynamoDB", frozenset({"TableName"})): CAPACITY,
    ("AWS/DynamoDB", frozenset({"GlobalSecondaryIndexName", "TableName"})): CAPACITY,
    ("AWS/DynamoDB", frozenset({"Operation", "TableName"})): {"SystemErrors", "ThrottledRequests"},
    ("AWS/DynamoDB", frozenset[str]()): {"UserErrors"},
}


@dataclass(frozen=True)
class Written:
    """A metric as a function wrote it."""

    metric: str
    unit: str
    dimensions: frozenset[tuple[str, str]]

    def is_what(self, line: Line) -> bool:
        """Whether this is a metric that is looked at."""
        return (
            (line.namespace, line.metric) == (NAMESPACE, self.metric)
            and line.dimensions == {name for name, _ in self.dimensions}
            and line.values <= self.dimensions
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> set[Written]:
    """All that the functions write, in all that they do."""
    said = io.StringIO()
    folder = tmp_path_factory.mktemp("receiver")
    with mock_aws(), pytest.MonkeyPatch.context() as patch, listening(folder) as receiver:
        nobody(patch)
        place = made(boto3.Session().client)
        functions = Lambda(place, lambda _: boto3.Session(), patch)
        with contextlib.redirect_stdout(said):
            journeys.all_of_them(functions, receiver)
    lines = [line for line in said.getvalue().splitlines() if '"_aws"' in line]
    return {each for line in lines for each in parsed(line)}


def parsed(line: str) -> Iterator[Written]:
    """The metrics of a line in CloudWatch's embedded metric format."""
    document = json.loads(line)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == NAMESPACE
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, document[name]) for name in names)
            for metric in directive["Metrics"]:
                assert metric["Name"] in document
                yield Written(metric["Name"], metric["Unit"], dimensions)


@pytest.fixture(scope="module")
def looked_at() -> Watched:
    return watched.as_planned()


def unknown(lines: frozenset[Line], written: set[Written]) -> set[Line]:
    """The service's own metrics among these that nobody writes."""
    own = {line for line in lines if line.namespace == NAMESPACE}
    assert own
    return {line for line in own if not any(each.is_what(line) for each in written)}


@pytest.mark.engine
@pytest.mark.proves("M2")
def test_alarms_look_at_what_is_written(looked_at: Watched, written: set[Written]) -> None:
    assert unknown(looked_at.alarms, written) == set()


@pytest.mark.engine
@pytest.mark.proves("M3")
def test_the_dashboard_shows_what_is_written(looked_at: Watched, written: set[Written]) -> None:
    assert unknown(looked_at.dashboard, written) == set()


@pytest.mark.engine
@pytest.mark.proves("M2", "M3")
def test_what_else_is_looked_at_is_written_by_aws(looked_at: Watched) -> None:
    # Given the metrics that are not the service's own
    lines = {each for each in looked_at.alarms | looked_at.dashboard if each.namespace != NAMESPACE}
    # When they are looked for in what AWS documents / Then each is there, in these dimensions
    missing = {
        line
        for line in lines
        if line.metric not in AWS.get((line.namespace, line.dimensions), set())
    }
    assert len(lines) > 30
    assert missing == set()


@pytest.mark.engine
@pytest.mark.proves("M3")
def test_what_is_written_is_on_the_dashboard(looked_at: Watched, written: set[Written]) -> None:
    # When each metric that a function writes is looked for / Then none is paid for that nobody sees
    unseen = {each for each in written if not any(map(each.is_what, looked_at.dashboard))}
    assert unseen == set()


@pytest.mark.proves("M2", "M3")
def test_metrics_are_in_the_unit_that_their_name_says(written: set[Written]) -> None:
    # Given the metrics / When a name ends in a unit / Then it is the metric's
    assert {each.metric: each.unit for each in written} == {
        **dict.fromkeys(("TicketsCreated", "CommentsCreated"), "Count"),
        **dict.fromkeys(("EventsProcessed", "NotificationsSent", "RecordsQuarantined"), "Count"),
        **dict.fromkeys(("EventsByType", "StageFailed"), "Count"),
        **dict.fromkeys(("TicketsEscalated", "TicketsAutoClosed", "WebhookFailed"), "Count"),
        **dict.fromkeys(("TicketsArchived", "CounterDrift", "CounterDriftStayed"), "Count"),
        "RecordLagMs": "Milliseconds",
        "SweepLagS": "Seconds",
    }


@pytest.mark.proves("M2", "M3")
def test_the_documentation_names_what_is_written(written: set[Written]) -> None:
    # Given the names in the document that look like a metric's
    text = (ROOT / "docs/service.md").read_text()
    names = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]*)+)`", text))
    # When events' types and the stack's outputs are left out / Then each is a metric that a
    # function writes
    names -= {each.value for each in EventType} | deployed().outputs.keys()
    assert names
    assert names <= {each.metric for each in written}
