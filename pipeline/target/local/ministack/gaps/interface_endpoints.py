"""EC2 interface endpoints: their security groups and their private DNS.

AWS: CreateVpcEndpoint takes SecurityGroupId.N and PrivateDnsEnabled, ModifyVpcEndpoint changes
them, and DescribeVpcEndpoints returns groupSet and privateDnsEnabled.
MiniStack: reads neither and returns neither. Terraform plans an update for ever.
Mended: both are stored by both, and are part of what an endpoint is printed as. A gateway endpoint
has no group, and privateDnsEnabled false, as on AWS.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services import ec2

Reply = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Replace CreateVpcEndpoint, ModifyVpcEndpoint, and how an endpoint is printed."""
    create = ec2._ACTION_MAP["CreateVpcEndpoint"]
    modify = ec2._ACTION_MAP["ModifyVpcEndpoint"]
    fields_xml = ec2._vpce_fields_xml

    def vpce_fields_xml(endpoint: dict[str, Any], tag: str = "item") -> str:
        end = f"</{tag}>"
        return f"{fields_xml(endpoint, tag).rstrip().removesuffix(end)}{_xml(endpoint)}{end}"

    def create_vpc_endpoint(params: dict[str, Any]) -> Reply:
        reply: Reply = create(params)
        created = re.search(r"<vpcEndpointId>([^<]+)</vpcEndpointId>", reply[2].decode())
        if created is None:
            return reply
        endpoint = ec2._vpc_endpoints[created[1]]
        endpoint["SecurityGroupIds"] = ec2._parse_member_list(params, "SecurityGroupId")
        endpoint["PrivateDnsEnabled"] = ec2._p(params, "PrivateDnsEnabled") == "true"
        xml = vpce_fields_xml(endpoint, tag="vpcEndpoint")
        answer: Reply = ec2._xml(200, "CreateVpcEndpointResponse", xml)
        return answer

    def modify_vpc_endpoint(params: dict[str, Any]) -> Reply:
        reply: Reply = modify(params)
        if reply[0] == 200:
            _change(ec2._vpc_endpoints[ec2._p(params, "VpcEndpointId")], params)
        return reply

    ec2._vpce_fields_xml = vpce_fields_xml
    ec2._ACTION_MAP["CreateVpcEndpoint"] = create_vpc_endpoint
    ec2._ACTION_MAP["ModifyVpcEndpoint"] = modify_vpc_endpoint


def _change(endpoint: dict[str, Any], params: dict[str, Any]) -> None:
    removed = ec2._parse_member_list(params, "RemoveSecurityGroupId")
    added = ec2._parse_member_list(params, "AddSecurityGroupId")
    kept = [group for group in endpoint.get("SecurityGroupIds", []) if group not in removed]
    endpoint["SecurityGroupIds"] = kept + [group for group in added if group not in kept]
    if private_dns := ec2._p(params, "PrivateDnsEnabled"):
        endpoint["PrivateDnsEnabled"] = private_dns == "true"


def _xml(endpoint: dict[str, Any]) -> str:
    groups = "".join(
        f"<item><groupId>{group}</groupId></item>" for group in endpoint.get("SecurityGroupIds", [])
    )
    private_dns = str(endpoint.get("PrivateDnsEnabled", False)).lower()
    return f"<groupSet>{groups}</groupSet><privateDnsEnabled>{private_dns}</privateDnsEnabled>"
