"""EC2 VPC endpoints: their policy.

AWS: CreateVpcEndpoint and ModifyVpcEndpoint take a PolicyDocument and DescribeVpcEndpoints returns
it; without one, and after ResetPolicy, an endpoint has the policy that allows everything.
MiniStack: CreateVpcEndpoint drops it, ModifyVpcEndpoint stores it, nothing returns it. Terraform
plans an update for ever.
Mended: the document is stored by all, and is part of what an endpoint is printed as.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ec2

# What AWS answers for an endpoint that was given no policy.
FULL_ACCESS = (
    '{"Version":"2008-10-17","Statement":'
    '[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
)


def install() -> None:
    """Replace CreateVpcEndpoint, ModifyVpcEndpoint, and how an endpoint is printed."""
    create = ec2._ACTION_MAP["CreateVpcEndpoint"]
    modify = ec2._ACTION_MAP["ModifyVpcEndpoint"]
    fields_xml = ec2._vpce_fields_xml

    def vpce_fields_xml(endpoint: dict[str, Any], tag: str = "item") -> str:
        policy = escape(endpoint.get("PolicyDocument") or FULL_ACCESS)
        end = f"</{tag}>"
        xml = fields_xml(endpoint, tag).rstrip().removesuffix(end)
        return f"{xml}<policyDocument>{policy}</policyDocument>{end}"

    def create_vpc_endpoint(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        reply = create(params)
        created = re.search(r"<vpcEndpointId>([^<]+)</vpcEndpointId>", reply[2].decode())
        policy = ec2._p(params, "PolicyDocument")
        if created is None or not policy:
            return reply
        endpoint = ec2._vpc_endpoints[created[1]]
        endpoint["PolicyDocument"] = policy
        xml = vpce_fields_xml(endpoint, tag="vpcEndpoint")
        return ec2._xml(200, "CreateVpcEndpointResponse", xml)

    def modify_vpc_endpoint(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        reply = modify(params)
        if reply[0] == 200 and ec2._p(params, "ResetPolicy") == "true":
            ec2._vpc_endpoints[ec2._p(params, "VpcEndpointId")].pop("PolicyDocument", None)
        return reply

    ec2._vpce_fields_xml = vpce_fields_xml
    ec2._ACTION_MAP["CreateVpcEndpoint"] = create_vpc_endpoint
    ec2._ACTION_MAP["ModifyVpcEndpoint"] = modify_vpc_endpoint
