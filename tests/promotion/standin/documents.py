"""The roles' documents, as they are applied, and what they allow.

The evaluator is MiniStack's own: it knows boundaries and the condition operators, and is the one
that refuses in the emulator. Here the test says what a request carries, so conditions count whose
keys the emulator does not send. No maintained library on PyPI evaluates conditions and boundaries.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.promotion.standin.delivery import HERE, PREFIX, Place

ROOT = Path(__file__).resolve().parents[3]
(EVALUATOR,) = (ROOT / ".tools/envs/ministack").glob(
    "lib/python3.*/site-packages/ministack/core/iam_evaluator.py"
)
ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
Document = dict[str, Any]


@cache
def evaluator() -> Any:
    """The module, loaded from its file: it is in an environment of its own."""
    spec = importlib.util.spec_from_file_location("ministack_iam_evaluator", EVALUATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Role:
    """What a role may do.

    Parameters
    ----------
    policies:
        Its own, inline and attached.
    boundary:
        None without one.
    """

    name: str
    policies: Sequence[Document]
    boundary: Document | None

    def may(
        self, action: str, resource: str = "*", context: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether it is allowed to do that; `context` is what the request carries."""
        rules = evaluator()
        asked = rules.EvalContext(
            principal_arn=f"arn:aws:sts::{HERE}:assumed-role/{self.name}/test",
            principal_type="AssumedRole",
            principal_account=HERE,
            action=action,
            resource_arn=resource,
            region="us-east-1",
            service_context={key.lower(): value for key, value in (context or {}).items()},
        )
        parsed = [rules.parse_policy_document(each) for each in self.policies]
        limits = [] if self.boundary is None else [[rules.parse_policy_document(self.boundary)]]
        return bool(rules.evaluate(asked, parsed, *limits).decision == "Allow")

    def rewritten(self) -> Role:
        """The role once somebody has allowed it everything: only its boundary is left."""
        return replace(self, policies=[ALL])

    def statements(self) -> Iterator[Document]:
        """All statements of its policies."""
        for document in self.policies:
            found = document["Statement"]
            yield from [found] if isinstance(found, dict) else found


def roles_of(place: Place) -> dict[str, Role]:
    """The environment's roles, by what follows the prefix."""
    iam = place.admin("iam")
    pages = iam.get_paginator("list_roles").paginate()
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    return {
        name.removeprefix(f"{PREFIX}-"): _role(iam, name)
        for name in names
        if name.startswith(f"{PREFIX}-")
    }


def _role(iam: Any, name: str) -> Role:
    inline = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    attached = [
        _managed(iam, policy["PolicyArn"])
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    ]
    limit = iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary")
    boundary = _managed(iam, limit["PermissionsBoundaryArn"]) if limit else None
    return Role(name, [*inline, *attached], boundary)


def _managed(iam: Any, arn: str) -> Document:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found: Document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    document: Document = found["Document"]
    return document


def listed(value: Any) -> list[str]:
    """One or many, as policies have it."""
    return [value] if isinstance(value, str) else list(value)
