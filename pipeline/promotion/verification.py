"""What runs now is what was to run, and it works: seen through the alias and over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codegen.errors import BatonError
from codegen.sam.template import load_template
from codegen.shown import command
from pipeline.deployed.differences import CODE, differences, released_code, version_differences
from pipeline.deployed.functions import ALIAS, read_functions
from pipeline.deployed.stack import read_resources
from pipeline.promotion.application import Application
from pipeline.release.manifest import TEMPLATE
from pipeline.smoke import journey
from pipeline.step_runner import StepResult


class VerificationError(BatonError):
    """What runs is not the release, or does not work."""


def verify(run: Application) -> StepResult:
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
            "the functions' logs: aws logs tail --follow <log group> "
            + command("--profile", run.environment.aws_profile),
        )
    lines = [f"{check.name} ({check.seconds:.1f} s)" for check in report.checks]
    return StepResult("\n".join(["code, revisions and parameters are the release's", *lines]))


def _listed(lines: Any) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def differing_parameters(rendered: Mapping[str, str], deployed: Mapping[str, str]) -> list[str]:
    """Parameters whose deployed value is not the rendered one, as sentences."""
    return [
        f"parameter {each.what}: deployed {each.actual!r}, rendered {each.expected!r}"
        for each in differences(rendered, deployed)
    ]


def differing_code(run: Application) -> list[str]:
    """Functions whose alias has other code, or another revision, than the release's."""
    template = load_template(run.folder.path / TEMPLATE)
    resources = read_resources(run.session.client("cloudformation"), run.environment)
    deployed = read_functions(run.session.client("lambda"), run.environment, resources)
    return [
        problem
        for name, function in template.functions.items()
        for problem in function_problems(
            name,
            deployed[name].live if name in deployed else None,
            code=released_code(function),
            revision=run.rendering.parameters[str(function.revision_parameter)],
        )
    ]


def function_problems(
    name: str, live: Mapping[str, Any] | None, *, code: str, revision: str
) -> list[str]:
    """How the version behind an alias differs from what was released, as sentences."""
    if live is None:
        return [f"{name}: the stack has no alias {ALIAS} of it"]
    return [
        f"{name}: the alias has CodeSha256 {each.actual}, released {each.expected}"
        if each.what == CODE
        else f"{name}: the alias has revision {each.actual}, rendered {each.expected}"
        for each in version_differences(live, code=code, revision=revision)
    ]
