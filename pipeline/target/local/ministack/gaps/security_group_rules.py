"""EC2 security group rules: prefix lists, and revoking the default egress rule.

AWS: AuthorizeSecurityGroupEgress takes IpPermissions.N.PrefixListIds and DescribeSecurityGroupRules
returns a prefixListId; for protocol -1 ports mean nothing, so RevokeSecurityGroupEgress with ports
0-0 removes the rule that every new group has.
MiniStack: does not read PrefixListIds (Terraform: "Provider produced invalid plan"), prints none in
a rule, and compares the ports, so the rule that allows everything stays.
Mended: the three functions that read, print and compare rules.
"""

from __future__ import annotations

from typing import Any

from ministack.services import ec2

Rule = dict[str, Any]


def install() -> None:
    """Replace how rules are read, printed and compared."""
    parse, rule_xml, match = ec2._parse_ip_permissions, ec2._sg_rule_xml, ec2._rules_match

    def parse_ip_permissions(params: dict[str, Any], prefix: str) -> list[Rule]:
        rules: list[Rule] = parse(params, prefix)
        for number, rule in enumerate(rules, 1):
            rule["PrefixListIds"].extend(_prefix_lists(params, f"{prefix}.{number}.PrefixListIds"))
        return rules

    def sg_rule_xml(group: str, rule: Rule, is_egress: bool = False) -> str:
        lists = rule.get("PrefixListIds") or []
        if not lists:
            return str(rule_xml(group, rule, is_egress))
        # without ranges and groups the original prints one bare item: the frame for a prefix list
        rule = {**rule, "SecurityGroupRuleId": ec2._sg_rule_id(group, is_egress, rule)}
        bare = rule_xml(
            group, {**rule, "IpRanges": [], "Ipv6Ranges": [], "UserIdGroupPairs": []}, is_egress
        )
        ranges = any(rule.get(key) for key in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs"))
        return (rule_xml(group, rule, is_egress) if ranges else "") + "".join(
            bare.replace(
                "</toPort>", f"</toPort><prefixListId>{each['PrefixListId']}</prefixListId>"
            )
            for each in lists
        )

    def rules_match(one: Rule, other: Rule) -> bool:
        return bool(match(_comparable(one), _comparable(other)))

    ec2._parse_ip_permissions = parse_ip_permissions
    ec2._sg_rule_xml = sg_rule_xml
    ec2._rules_match = rules_match


def _prefix_lists(params: dict[str, Any], prefix: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    while prefix_list := ec2._p(params, f"{prefix}.{len(found) + 1}.PrefixListId"):
        entry = {"PrefixListId": prefix_list}
        if description := ec2._p(params, f"{prefix}.{len(found) + 1}.Description"):
            entry["Description"] = description
        found.append(entry)
    return found


def _comparable(rule: Rule) -> Rule:
    """The rule without what does not make it another rule."""
    lists = [{"PrefixListId": each["PrefixListId"]} for each in rule.get("PrefixListIds") or []]
    ports = ("FromPort", "ToPort") if rule.get("IpProtocol") == "-1" else ()
    return {key: value for key, value in rule.items() if key not in ports} | {
        "PrefixListIds": lists
    }
