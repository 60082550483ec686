"""IAM: policies that ask what a change to a role is about.

AWS: iam:PermissionsBoundary is the boundary that the request sets, or that the role or user has
whose policies it changes; iam:PolicyARN the policy that is attached or detached;
iam:AWSServiceName the service of a service-linked role.
MiniStack: knows none of them. An Allow with such a condition allows nothing; a Deny that is meant
for roles without the boundary denies all.
Here: they are in the request's context.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Mapping

from gaps.asked import Asked, add_keys
from ministack.core.responses import get_account_id
from ministack.services import iam

# The parameter is the key's value.
BY_PARAMETER = {"PolicyArn": "iam:PolicyARN", "AWSServiceName": "iam:AWSServiceName"}
BOUNDARY = "iam:PermissionsBoundary"
# What these change is limited by the boundary that there is; Create… and Put… name a new one.
LIMITED = {
    f"iam:{action}{kind}{what}"
    for kind in ("Role", "User")
    for action, what in (
        *(("Attach", "Policy"), ("Detach", "Policy"), ("Put", "Policy"), ("Delete", "Policy")),
        ("Delete", "PermissionsBoundary"),
    )
}


def install() -> None:
    """Add the keys."""
    add_keys(keys)


def keys(asked: Asked, action: str, _arn: str) -> Mapping[str, str]:
    """What a request to IAM says by its parameters, and by the role or user that it names."""
    if asked.service != "iam":
        return {}
    found = {key: asked.parameter(name) for name, key in BY_PARAMETER.items()}
    found[BOUNDARY] = asked.parameter("PermissionsBoundary")
    if action in LIMITED:
        stores = (("RoleName", iam._roles), ("UserName", iam._users))
        store, name = next(
            (s, n) for p, s in stores if (n := asked.parameter(p)) or p == "UserName"
        )
        entity = store.get_scoped(get_account_id(), None, name) or {}
        found[BOUNDARY] = entity.get("PermissionsBoundary") or ""
    return {key: value for key, value in found.items() if value}
