"""CloudWatch alarms over the Query protocol, which Terraform's provider speaks, and boto3 not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from .conftest import Engine, unique
from .raw_requests import root, send, signature

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]
TOPIC = "arn:aws:sns:us-east-1:111111111111:alarms"

ON_A_METRIC = {
    "AlarmDescription": "5xx <of> the API & friends",
    "MetricName": "5XXError",
    "Namespace": "AWS/ApiGateway",
    "Statistic": "Sum",
    "Period": "300",
    "EvaluationPeriods": "3",
    "DatapointsToAlarm": "2",
    "Threshold": "5.0",
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
    "ActionsEnabled": "true",
    "Unit": "Count",
    "AlarmActions.member.1": TOPIC,
    "OKActions.member.1": TOPIC,
    "InsufficientDataActions.member.1": TOPIC,
    "Dimensions.member.1.Name": "ApiName",
    "Dimensions.member.1.Value": "desk-dev",
}
ON_AN_EXPRESSION = {
    "EvaluationPeriods": "1",
    "Threshold": "1.0",
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "missing",
    "ActionsEnabled": "false",
    "Metrics.member.1.Id": "rate",
    "Metrics.member.1.Expression": "100*errors/MAX([errors,1])",
    "Metrics.member.1.ReturnData": "true",
    "Metrics.member.2.Id": "errors",
    "Metrics.member.2.ReturnData": "false",
    "Metrics.member.2.MetricStat.Period": "60",
    "Metrics.member.2.MetricStat.Stat": "Sum",
    "Metrics.member.2.MetricStat.Metric.Namespace": "AWS/Lambda",
    "Metrics.member.2.MetricStat.Metric.MetricName": "Errors",
    "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Name": "FunctionName",
    "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Value": "desk-dev-api",
}
SET_BY_CLOUDWATCH = ("AlarmArn", "AlarmName", "State", "AlarmConfiguration")


def query(engine: Engine, action: str, **parameters: str) -> ElementTree.Element:
    """Send a signed Query form, as the Go SDK does."""
    form = urlencode({"Action": action, "Version": "2010-08-01", **parameters}).encode()
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = signature(engine, "POST", "/", root(engine), "monitoring", typed, form)
    answer = send(engine, "POST", "/", signed, form)
    assert answer.status == 200, answer.text
    return ElementTree.fromstring(answer.text)


def members(node: ElementTree.Element, prefix: str = "") -> dict[str, str]:
    """XML as the flat names of a Query request."""
    if len(node) == 0:
        return {prefix: node.text or ""} if node.text else {}
    found: dict[str, str] = {}
    for number, child in enumerate(node, 1):
        tag = child.tag.rpartition("}")[2]
        name = f"member.{number}" if tag == "member" else tag
        found |= members(child, f"{prefix}.{name}" if prefix else name)
    return found


def put_and_describe(engine: Engine, settings: dict[str, str]) -> dict[str, str]:
    """What an alarm is described as, without what CloudWatch sets itself."""
    name = unique("alarm")
    query(engine, "PutMetricAlarm", AlarmName=name, **settings)
    answer = query(engine, "DescribeAlarms", **{"AlarmNames.member.1": name})
    (alarm,) = answer.findall(".//{*}MetricAlarms/{*}member")
    return {
        key: value for key, value in members(alarm).items() if not key.startswith(SET_BY_CLOUDWATCH)
    }


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(ON_A_METRIC, id="a metric"),
        pytest.param(
            {key: value for key, value in ON_A_METRIC.items() if key != "Statistic"}
            | {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore"},
            id="a percentile",
        ),
        pytest.param(ON_AN_EXPRESSION, id="an expression"),
    ],
)
def test_an_alarm_is_described_as_it_was_put(gap: Gap, settings: dict[str, str]) -> None:
    gap(lambda engine: put_and_describe(engine, settings), settings)


def test_metric_math_is_there_for_boto3_too(gap: Gap) -> None:
    # Given an alarm on an expression, put by boto3
    metrics = [{"Id": "rate", "Expression": "1+1", "ReturnData": True}]

    def observe(engine: Engine) -> Any:
        cloudwatch, name = engine.client("cloudwatch"), unique("alarm")
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Metrics=metrics,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        # When it is described
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return [alarm.get("Metrics"), "Statistic" in alarm, "Period" in alarm]

    # Then it has the expression, and nothing of an alarm on a metric
    gap(observe, [metrics, False, False])


def test_an_alarm_that_is_put_again_keeps_nothing_of_what_it_was(patched: Engine) -> None:
    # Given an alarm on an expression
    name = unique("alarm")
    query(patched, "PutMetricAlarm", AlarmName=name, **ON_AN_EXPRESSION)

    # When it is put again, on a metric
    query(patched, "PutMetricAlarm", AlarmName=name, **ON_A_METRIC)

    # Then there are no metrics left
    (alarm,) = patched.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert "Metrics" not in alarm
    assert alarm["MetricName"] == "5XXError"


def test_a_wrong_request_is_refused_in_the_protocol_it_came_in(patched: Engine) -> None:
    with pytest.raises(AssertionError, match=r"(?s)<ErrorResponse.*<Code>ValidationError</Code>"):
        query(patched, "DescribeAlarms", MaxRecords="1000")
