"""IAM: who may hand a role to a service.

AWS: a request that hands a role to a service needs iam:PassRole on that role, with the service as
iam:PassedToService.
MiniStack: never asks for it: whoever may create a function may give it any role.
Here: it is asked for where this project's roles are handed over (`PASSED`); nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gaps import asked
from gaps.asked import Asked
from ministack.core import iam_evaluator

Find = Callable[[Asked], Iterator[Any]]


def _parameter(name: str) -> Find:
    return lambda request: iter([request.parameter(name)])


def _member(name: str) -> Find:
    return lambda request: iter([request.document.get(name)])


def _targets(request: Asked) -> Iterator[Any]:
    for target in request.document.get("Targets") or []:
        yield target.get("RoleArn")


def _account_patch(request: Asked) -> Iterator[Any]:
    for operation in request.document.get("patchOperations") or []:
        if request.path == "/account" and operation.get("path") == "/cloudwatchRoleArn":
            yield operation.get("value")


# Action → the service, and where the request names the role.
PASSED: dict[str, tuple[str, Find]] = {
    "apigateway:PATCH": ("apigateway.amazonaws.com", _account_patch),
    "ec2:CreateFlowLogs": ("vpc-flow-logs.amazonaws.com", _parameter("DeliverLogsPermissionArn")),
    "events:PutRule": ("events.amazonaws.com", _member("RoleArn")),
    "events:PutTargets": ("events.amazonaws.com", _targets),
    **dict.fromkeys(
        ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
        ("lambda.amazonaws.com", _member("Role")),
    ),
    **dict.fromkeys(
        (
            f"cloudformation:{each}"
            for each in ("CreateChangeSet", "CreateStack", "DeleteStack", "UpdateStack")
        ),
        ("cloudformation.amazonaws.com", _parameter("RoleARN")),
    ),
}


def install() -> None:
    """Ask for it after the action itself was allowed."""
    enforce = iam_evaluator.enforce

    def enforced(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
        refused = enforce(access_key, action, service, region, **more)
        request = asked.request()
        if refused is not None or request is None or action not in PASSED:
            return refused
        passed_to, find = PASSED[action]
        for role in filter(None, find(request)):
            refused = enforce(
                access_key,
                "iam:PassRole",
                "iam",
                region,
                resource_arn=role,
                service_context={"iam:PassedToService": passed_to},
            )
            if refused is not None:
                return refused
        return None

    iam_evaluator.enforce = enforced
