"""IAM: conditions on the boundary of a role, and on the policy that is attached.

AWS: requests that make or change a role carry iam:PermissionsBoundary, the boundary that the role
is to have or has; those that attach a policy carry iam:PolicyARN. So somebody may be allowed to
make roles only within a boundary.
MiniStack: enforces boundaries, but knows neither key. A statement with such a condition allows
nobody anything.
This patch puts both keys into the request's context.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions
from ministack.services import iam

GIVEN = frozenset({"CreateRole", "PutRolePermissionsBoundary"})
OF_ROLE = frozenset(
    {
        *("AttachRolePolicy", "DeleteRolePermissionsBoundary", "DeleteRolePolicy"),
        *("DetachRolePolicy", "PutRolePolicy"),
    }
)
OF_POLICY = frozenset({"AttachRolePolicy", "DetachRolePolicy"})


def install() -> None:
    """Add the keys to what is read of a request for its conditions."""
    read = iam_actions.request_tag_context

    def request_tag_context(
        service: str, iam_action: str, body: bytes, params: dict[str, Any]
    ) -> dict[str, Any]:
        found: dict[str, Any] = read(service, iam_action, body, params)
        if service != "iam":
            return found
        return found | _keys(iam_action.partition(":")[2], params)

    iam_actions.request_tag_context = request_tag_context


def _keys(action: str, params: dict[str, Any]) -> dict[str, str]:
    keys = {}
    if action in GIVEN:
        keys["iam:PermissionsBoundary"] = iam_actions._query_param(params, "PermissionsBoundary")
    if action in OF_ROLE:
        role = iam._roles.get(iam_actions._query_param(params, "RoleName")) or {}
        keys["iam:PermissionsBoundary"] = role.get("PermissionsBoundary")
    if action in OF_POLICY:
        keys["iam:PolicyARN"] = iam_actions._query_param(params, "PolicyArn")
    return {name: value for name, value in keys.items() if value}
