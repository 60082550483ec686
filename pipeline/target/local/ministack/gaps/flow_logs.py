"""EC2 flow logs: the delivery role, the aggregation interval, the format and the tags.

AWS: DescribeFlowLogs returns what CreateFlowLogs was given (DeliverLogsPermissionArn,
MaxAggregationInterval with 600 s as its default, LogFormat); tags come as resource type
"vpc-flow-log".
MiniStack: drops these fields, and looks for tags of type "flow-log". Terraform replaces the flow
log at every apply.
Mended: the fields are kept with the stored flow log and added to the answer.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ec2

FIELDS = {
    "DeliverLogsPermissionArn": "deliverLogsPermissionArn",
    "MaxAggregationInterval": "maxAggregationInterval",
    "LogFormat": "logFormat",
}


def install() -> None:
    """Replace CreateFlowLogs and DescribeFlowLogs."""
    create = ec2._ACTION_MAP["CreateFlowLogs"]
    describe = ec2._ACTION_MAP["DescribeFlowLogs"]

    def create_flow_logs(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = create(params)
        for flow_log_id in re.findall(r"<item>(fl-[^<]+)</item>", body.decode()):
            stored = ec2._flow_logs[flow_log_id]
            stored.update({name: ec2._p(params, name) for name in FIELDS if ec2._p(params, name)})
            stored.setdefault("MaxAggregationInterval", "600")
            ec2._parse_tag_specs(params, "vpc-flow-log", flow_log_id)
        return status, headers, body

    def describe_flow_logs(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)

        def with_fields(match: re.Match[str]) -> str:
            stored = ec2._flow_logs.get(match[1]) or {}
            return match[0] + "".join(
                f"<{tag}>{escape(str(stored[name]))}</{tag}>"
                for name, tag in FIELDS.items()
                if stored.get(name)
            )

        text = re.sub(r"<flowLogId>([^<]+)</flowLogId>", with_fields, body.decode())
        return status, headers, text.encode()

    ec2._ACTION_MAP["CreateFlowLogs"] = create_flow_logs
    ec2._ACTION_MAP["DescribeFlowLogs"] = describe_flow_logs
