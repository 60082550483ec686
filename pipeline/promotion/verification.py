"""What runs now is what was to run, and it works: seen through the alias and over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError
from codegen.sam_template import load_template
from pipeline.adapters.aws import explained
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.release.manifest import TEMPLATE
from pipeline.smoke import journey

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

ALIAS = "live"


class VerificationError(BatonError):
    """What runs is not the release, or does not work."""


def verify(run: Promotion) -> StepResult:
    """Compare what runs with the release, then send a ticket through all of it.

    Raises
    ------
    VerificationError
        Says all that differs or failed.
    """
    problems = differing_parameters(run.rendering.parameters, run.stack.parameters)
    problems += differing_code(run)
    if problems:
        raise VerificationError(
            f"{run.environment.name} does not run the release:\n" + _listed(problems)
        )
    table = run.rendering.parameters["TableName"]
    report = journey.run(journey.Deployment(run.session, run.stack.outputs, table))
    if not report.ok:
        raise VerificationError(
            f"the smoke test of {run.environment.name} failed:\n"
            + _listed(f"{check.name}: {check.detail}" for check in report.checks if not check.ok),
            f"the functions' logs: aws logs tail --follow <log group> "
            f"--profile {run.environment.aws_profile}",
        )
    lines = [f"{check.name} ({check.seconds:.1f} s)" for check in report.checks]
    return StepResult("\n".join(["code, revisions and parameters are the release's", *lines]))


def _listed(lines: Any) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def differing_parameters(rendered: Mapping[str, str], deployed: Mapping[str, str]) -> list[str]:
    """Parameters whose deployed value is not the rendered one, as sentences."""
    return [
        f"parameter {name}: deployed {deployed.get(name)!r}, rendered {rendered.get(name)!r}"
        for name in sorted({*rendered, *deployed})
        if rendered.get(name) != deployed.get(name)
    ]


def differing_code(run: Promotion) -> list[str]:
    """Functions whose alias has other code, or another revision, than the release's."""
    template = load_template(run.folder.path / TEMPLATE)
    live = live_versions(run.session, run.environment)
    return [
        problem
        for name, function in template.functions.items()
        for problem in function_problems(
            name,
            live.get(name),
            code=code_sha256(function.properties["CodeUri"]["Key"]),
            revision=run.rendering.parameters[str(function.revision_parameter)],
        )
    ]


def function_problems(
    name: str, live: Mapping[str, Any] | None, *, code: str, revision: str
) -> list[str]:
    """How the version behind an alias differs from what was released, as sentences."""
    if live is None:
        return [f"{name}: the stack has no alias {ALIAS} of it"]
    problems = []
    if live["CodeSha256"] != code:
        problems.append(f"{name}: the alias has CodeSha256 {live['CodeSha256']}, released {code}")
    deployed = live["Description"]  # of the version: the template's VersionDescription
    if deployed != revision:
        problems.append(f"{name}: the alias has revision {deployed}, rendered {revision}")
    return problems


def code_sha256(key: str) -> str:
    """Lambda's CodeSha256 of the artifact with this key: the digest's bytes in base 64."""
    digest = key.removeprefix("artifacts/").removesuffix(".zip")
    return base64.b64encode(bytes.fromhex(digest)).decode()


def live_versions(session: boto3.Session, environment: Environment) -> dict[str, Mapping[str, Any]]:
    """Logical id → configuration of the version behind the alias, where there is one."""
    functions = session.client("lambda")
    found: dict[str, Mapping[str, Any]] = {}
    pages = session.client("cloudformation").get_paginator("list_stack_resources")
    with explained(environment, f"look at the functions of the stack {environment.stack_name}"):
        for page in pages.paginate(StackName=environment.stack_name):
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceType"] != "AWS::Lambda::Function":
                    continue
                with suppress(functions.exceptions.ResourceNotFoundException):
                    found[resource["LogicalResourceId"]] = functions.get_function_configuration(
                        FunctionName=resource["PhysicalResourceId"], Qualifier=ALIAS
                    )
    return found
