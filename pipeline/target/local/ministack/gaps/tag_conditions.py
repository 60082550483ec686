"""EC2 and Cognito: conditions on tags.

AWS: a request that makes something carries its tags as aws:RequestTag, and one for what exists that
thing's as aws:ResourceTag. EC2 authorizes a request for each resource in it: what is made, and what
it is made in.
MiniStack: reads only parameters called `Tags` (EC2's are in TagSpecification, a user pool's in
UserPoolTags), knows no resource's tags of these two services, and authorizes an EC2 request for one
resource, or for none. A statement with such a condition allows nobody anything.
This patch reads both, and names all resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions
from ministack.services import ec2, tagging

# What each action makes, as AWS's service authorization reference has it.
MADE = {
    "AllocateAddress": "elastic-ip",
    "AuthorizeSecurityGroupEgress": "security-group-rule",
    "AuthorizeSecurityGroupIngress": "security-group-rule",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateNatGateway": "natgateway",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
}
# Without tags in the request these are authorized for the group alone.
MADE_WITH_TAGS = frozenset({"security-group-rule"})
TYPES = {
    "eipalloc": "elastic-ip",
    "fl": "vpc-flow-log",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
ID = re.compile(rf"({'|'.join(TYPES)})-\w+")
PARAMETER = re.compile(r"\w*Id(\.\d+)?")
# what a route leads to is no resource of the request
NO_RESOURCE = {
    "CreateRoute": ("GatewayId", "NatGatewayId"),
    "ReplaceRoute": ("GatewayId", "NatGatewayId"),
}
SPECIFIED = re.compile(r"(TagSpecification\.\d+\.Tag\.\d+)\.Key")
READS = ("Describe", "Get")


def install() -> None:
    """Replace how tags and resources of a request are read; add the tags of what exists."""
    _read_request_tags()
    _name_resources()
    tagging._RESOURCE_TAG_COLLECTORS["cognito-idp"] = tagging._collect_cognito
    tagging._RESOURCE_TAG_COLLECTORS["ec2"] = _tagged


def _read_request_tags() -> None:
    read = iam_actions.request_tag_context

    def request_tag_context(
        service: str, iam_action: str, body: bytes, params: dict[str, Any]
    ) -> dict[str, Any]:
        found: dict[str, Any] = read(service, iam_action, body, params)
        if service == "ec2":
            return found | _request_tags(dict(_specified(params)))
        if iam_action == "cognito-idp:CreateUserPool":
            return found | _request_tags(json.loads(body or b"{}").get("UserPoolTags") or {})
        return found

    iam_actions.request_tag_context = request_tag_context


def _specified(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in params:
        if match := SPECIFIED.fullmatch(name):
            value = iam_actions._query_param(params, f"{match[1]}.Value")
            yield iam_actions._query_param(params, name), value


def _request_tags(tags: dict[str, str]) -> dict[str, Any]:
    keys: dict[str, Any] = {f"aws:requesttag/{name}".lower(): tags[name] for name in tags}
    return keys | ({"aws:TagKeys": list(tags)} if tags else {})


def _name_resources() -> None:
    one, more = iam_actions.extract_resource_arn, iam_actions.verified_access_resource_arns

    def extract_resource_arn(service: str, *request: Any) -> str:
        found = str(one(service, *request))  # always called: others read the request there
        *_, body, params, region, account = request
        if service == "ec2" and (arns := _arns(params, region, account)):
            return arns[0]
        if service == "cognito-idp" and (arn := _resource_of(body)):
            return arn
        return found

    def further_resource_arns(params: dict[str, Any], region: str, account: str) -> list[str]:
        found: list[str] = _arns(params, region, account) or more(params, region, account)
        return found

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.verified_access_resource_arns = further_resource_arns


def _resource_of(body: bytes) -> str:
    """The resource of a request that tags a user pool."""
    return str(iam_actions._safe_json_field(body, "ResourceArn"))


def _arns(params: dict[str, Any], region: str, account: str) -> list[str]:
    """Every resource of an EC2 request; none where it only reads, or is of no type known here."""
    action = iam_actions._query_param(params, "Action")
    if action.startswith(READS):
        return []
    named = [
        _arn(region, account, found[0])
        for parameter in sorted(params)
        if PARAMETER.fullmatch(parameter)
        and parameter not in NO_RESOURCE.get(action, ())
        and (found := ID.fullmatch(_id(iam_actions._query_param(params, parameter))))
    ]
    made = MADE.get(action)
    if made in MADE_WITH_TAGS and not dict(_specified(params)):
        made = None
    return ([f"arn:aws:ec2:{region}:{account}:{made}/*"] if made else []) + named


def _id(value: str) -> str:
    """The id; of an association the route table's."""
    if value.startswith("rtbassoc-"):
        for table in ec2._route_tables.values():
            for association in table["Associations"]:
                if association["RouteTableAssociationId"] == value:
                    return str(table["RouteTableId"])
    return value


def _arn(region: str, account: str, id_: str) -> str:
    return f"arn:aws:ec2:{region}:{account}:{TYPES[id_.partition('-')[0]]}/{id_}"


def _tagged() -> Iterator[tuple[str, list[dict[str, str]]]]:
    for id_, tags in ec2._tags.items():
        if ID.fullmatch(id_):
            yield _arn(tagging.get_region(), tagging._account(), id_), tags
