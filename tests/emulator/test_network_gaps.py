"""What EC2 forgets: flow logs, endpoints' policies and groups, prefix lists, the default rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

POLICY = json.dumps({"Statement": [{"Effect": "Deny", "Action": "s3:*", "Sid": "<a & b>"}]})


def create_vpc(engine: Engine) -> str:
    return str(engine.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def create_endpoint(engine: Engine, **options: str) -> dict[str, Any]:
    endpoint: dict[str, Any] = engine.client("ec2").create_vpc_endpoint(
        VpcId=create_vpc(engine), ServiceName="com.amazonaws.us-east-1.s3", **options
    )["VpcEndpoint"]
    return endpoint


def endpoint_policy(engine: Engine, endpoint_id: str) -> Any:
    found = engine.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    return found["VpcEndpoints"][0].get("PolicyDocument")


def create_group(engine: Engine) -> str:
    group = engine.client("ec2").create_security_group(
        GroupName="functions", Description="functions", VpcId=create_vpc(engine)
    )
    return str(group["GroupId"])


def test_a_flow_log_keeps_its_role_interval_format_and_tags(gap: Gap) -> None:
    # Given a flow log with every setting
    settings = {
        "DeliverLogsPermissionArn": "arn:aws:iam::111111111111:role/flow-logs",
        "MaxAggregationInterval": 60,
        "LogFormat": "${srcaddr} ${dstaddr}",
    }

    # When it is described
    def observe(engine: Engine) -> Any:
        ec2 = engine.client("ec2")
        created = ec2.create_flow_logs(
            ResourceIds=[create_vpc(engine)],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flow-logs",
            TagSpecifications=[
                {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "part", "Value": "network"}]}
            ],
            **settings,
        )
        (flow_log,) = ec2.describe_flow_logs(FlowLogIds=created["FlowLogIds"])["FlowLogs"]
        return {key: flow_log.get(key) for key in (*settings, "Tags")}

    # Then all of them are there
    gap(observe, {**settings, "Tags": [{"Key": "part", "Value": "network"}]})


def test_a_flow_log_aggregates_over_ten_minutes_unless_it_is_told(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        ec2 = engine.client("ec2")
        created = ec2.create_flow_logs(
            ResourceIds=[create_vpc(engine)],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flow-logs",
        )
        (flow_log,) = ec2.describe_flow_logs(FlowLogIds=created["FlowLogIds"])["FlowLogs"]
        return flow_log.get("MaxAggregationInterval")

    gap(observe, 600)


def test_an_endpoint_keeps_the_policy_it_was_made_with(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        endpoint = create_endpoint(engine, PolicyDocument=POLICY)
        described = endpoint_policy(engine, endpoint["VpcEndpointId"])
        return [endpoint.get("PolicyDocument"), described]

    gap(observe, [POLICY, POLICY])


def test_an_endpoint_takes_a_new_policy(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        endpoint_id = create_endpoint(engine)["VpcEndpointId"]
        engine.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, PolicyDocument=POLICY)
        return endpoint_policy(engine, endpoint_id)

    gap(observe, POLICY)


@pytest.mark.parametrize("reset", [False, True])
def test_an_endpoint_without_a_policy_allows_everything(gap: Gap, reset: bool) -> None:
    def observe(engine: Engine) -> Any:
        if not reset:
            endpoint = create_endpoint(engine)
        else:
            endpoint = create_endpoint(engine, PolicyDocument=POLICY)
            engine.client("ec2").modify_vpc_endpoint(
                VpcEndpointId=endpoint["VpcEndpointId"], ResetPolicy=True
            )
        policy = json.loads(endpoint_policy(engine, endpoint["VpcEndpointId"]) or "{}")
        return policy.get("Statement")

    gap(observe, [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])


def create_interface_endpoint(engine: Engine, group: str) -> str:
    endpoint = engine.client("ec2").create_vpc_endpoint(
        VpcId=create_vpc(engine),
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.sns",
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    return str(endpoint["VpcEndpointId"])


def groups_and_private_dns(engine: Engine, endpoint_id: str) -> Any:
    found = engine.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    (endpoint,) = found["VpcEndpoints"]
    groups = [group["GroupId"] for group in endpoint.get("Groups", [])]
    return groups, endpoint.get("PrivateDnsEnabled")


def test_an_interface_endpoint_keeps_its_group_and_private_dns(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        # Given, When
        group = create_group(engine)
        groups, private_dns = groups_and_private_dns(
            engine, create_interface_endpoint(engine, group)
        )
        return groups == [group], private_dns

    # Then
    gap(observe, (True, True))


def test_an_interface_endpoint_takes_another_group_and_no_private_dns(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        # Given
        group, other = create_group(engine), create_group(engine)
        endpoint_id = create_interface_endpoint(engine, group)
        # When
        engine.client("ec2").modify_vpc_endpoint(
            VpcEndpointId=endpoint_id,
            AddSecurityGroupIds=[other],
            RemoveSecurityGroupIds=[group],
            PrivateDnsEnabled=False,
        )
        groups, private_dns = groups_and_private_dns(engine, endpoint_id)
        return groups == [other], private_dns

    # Then
    gap(observe, (True, False))


def test_a_change_of_something_else_leaves_group_and_private_dns(patched: Engine) -> None:
    # Given
    group = create_group(patched)
    endpoint_id = create_interface_endpoint(patched, group)

    # When
    patched.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, PolicyDocument=POLICY)

    # Then
    assert groups_and_private_dns(patched, endpoint_id) == ([group], True)
    assert endpoint_policy(patched, endpoint_id) == POLICY


def test_an_egress_rule_keeps_its_prefix_list(gap: Gap) -> None:
    # Given a rule that allows 443 to the endpoint's prefix list
    def observe(engine: Engine) -> Any:
        ec2 = engine.client("ec2")
        rule = {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "PrefixListIds": [{"PrefixListId": "pl-63a5400a", "Description": "S3"}],
        }
        added = ec2.authorize_security_group_egress(
            GroupId=create_group(engine), IpPermissions=[rule]
        )["SecurityGroupRules"]
        # When it is described by its id, as Terraform does
        ids = [each["SecurityGroupRuleId"] for each in added]
        described = ec2.describe_security_group_rules(SecurityGroupRuleIds=ids)
        rules = added + described["SecurityGroupRules"]
        return [(each.get("PrefixListId"), each.get("Description")) for each in rules]

    # Then the prefix list is there, in both answers
    gap(observe, [("pl-63a5400a", "S3")] * 2)


def test_the_default_egress_rule_can_be_revoked(gap: Gap) -> None:
    def observe(engine: Engine) -> Any:
        # Given a new group, which allows everything out
        ec2, group = engine.client("ec2"), create_group(engine)
        # When Terraform's provider revokes that, with ports
        ec2.revoke_security_group_egress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "-1",
                    "FromPort": 0,
                    "ToPort": 0,
                    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                }
            ],
        )
        (described,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        return described["IpPermissionsEgress"]

    # Then nothing is left
    gap(observe, [])


def test_revoking_a_port_leaves_the_rule_of_another_port(patched: Engine) -> None:
    # Given a group that allows 443 and 80
    ec2, group = patched.client("ec2"), create_group(patched)
    ranges = [{"CidrIp": "10.0.0.0/8"}]
    rules = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
        for port in (80, 443)
    ]
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=rules)

    # When 80 is revoked
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=rules[:1])

    # Then 443 and the default rule stay
    (described,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    left = [each.get("FromPort") for each in described["IpPermissionsEgress"]]
    assert sorted(map(str, left)) == ["443", "None"]
