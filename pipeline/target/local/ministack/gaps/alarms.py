"""CloudWatch alarms: the Query protocol, and metric math.

AWS: DescribeAlarms returns all that PutMetricAlarm was given, in each protocol. Terraform's
provider speaks Query (XML); boto3 and the AWS CLI do not, and so do not see this gap.
MiniStack: answers eight fields to a Query, stores no Metrics (metric math) in any protocol, no
InsufficientDataActions from a Query, and stores a default Statistic and Period that the alarm does
not have. Terraform plans an update of every alarm for ever.
Mended: what is missing is added to the stored alarm; the answer to a Query is made from the answer
to the same request in JSON, which is complete. Metric-math alarms are kept, not evaluated.
"""

from __future__ import annotations

import json
import time
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

Reply = tuple[int, dict[str, str], bytes]
# PutMetricAlarm's members that the emulator does not keep.
NOT_KEPT = (
    "Metrics",
    "InsufficientDataActions",
    "EvaluateLowSampleCountPercentile",
    "ThresholdMetricId",
)
# What an alarm on a metric has, and an alarm on an expression has not.
OF_ONE_METRIC = (
    *("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit"),
)


def install() -> None:
    """Wrap PutMetricAlarm and DescribeAlarms."""
    put, describe = cloudwatch._put_metric_alarm, cloudwatch._describe_alarms

    def put_metric_alarm(params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Reply:
        reply: Reply = put(params, data, is_cbor, is_json)
        if reply[0] == 200:
            request = data if is_cbor or is_json else _typed(query_members(params))
            _complete(cloudwatch._alarms[request["AlarmName"]], request)
        return reply

    def describe_alarms(params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Reply:
        if is_cbor or is_json:
            return describe(params, data, is_cbor, is_json)
        status, _, body = describe(params, query_members(params), False, True)
        if status != 200:
            return describe(params, data, is_cbor, is_json)  # for the error in the right protocol
        answer = {
            key: [_shown(each) for each in value] if isinstance(value, list) else value
            for key, value in json.loads(body).items()
        }
        result = f"<DescribeAlarmsResult>{to_xml(answer)}</DescribeAlarmsResult>"
        return cloudwatch._xml(200, "DescribeAlarmsResponse", result)

    cloudwatch._put_metric_alarm = put_metric_alarm
    cloudwatch._describe_alarms = describe_alarms


def query_members(params: dict[str, Any]) -> dict[str, Any]:
    """A Query request as nested data: `A.member.1.B=x` is `{"A": [{"B": "x"}]}`."""
    root: dict[str, Any] = {}
    for key, value in params.items():
        node, *path = root, *key.replace(".member.", ".").split(".")
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value[0] if isinstance(value, list) else value

    def lists(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        if node and all(key.isdigit() for key in node):
            return [lists(node[key]) for key in sorted(node, key=int)]
        return {key: lists(value) for key, value in node.items()}

    return {key: lists(value) for key, value in root.items()}


def to_xml(value: Any) -> str:
    """Data as CloudWatch's Query protocol prints it; members without a value are left out."""
    if isinstance(value, dict):
        present = {key: each for key, each in value.items() if each is not None}
        return "".join(f"<{key}>{to_xml(each)}</{key}>" for key, each in present.items())
    if isinstance(value, list):
        return "".join(f"<member>{to_xml(each)}</member>" for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value))


def _typed(request: dict[str, Any]) -> dict[str, Any]:
    """A Query request's metrics with the types that the other protocols carry."""
    for metric in request.get("Metrics", []):
        if "ReturnData" in metric:
            metric["ReturnData"] = metric["ReturnData"] == "true"
        if "Period" in metric:
            metric["Period"] = int(metric["Period"])
        if "MetricStat" in metric:
            metric["MetricStat"]["Period"] = int(metric["MetricStat"]["Period"])
    return request


def _complete(alarm: dict[str, Any], request: dict[str, Any]) -> None:
    alarm.update({name: request[name] for name in NOT_KEPT if request.get(name)})
    if alarm.get("Metrics"):
        for metric in alarm["Metrics"]:
            metric.setdefault("ReturnData", True)
        for name in OF_ONE_METRIC:
            alarm.pop(name, None)
    elif alarm.get("ExtendedStatistic"):
        alarm.pop("Statistic", None)


def _shown(alarm: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in alarm.items() if value not in (None, "")}
    for key in [key for key in shown if key.endswith("Timestamp")]:
        shown[key] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shown[key]))
    return shown
