"""Step `verify`: what runs is compared with the release, and the service's own `verify` runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from codegen.errors import BatonError
from codegen.project import VERIFY
from codegen.sam.revisions import pseudo_parameters
from codegen.sam.template import load_template
from pipeline.adapters.streaming import NotStartedError
from pipeline.deployed.differences import CODE, differences, version_differences
from pipeline.deployed.expected import ExpectedFunction, aliases, expected_functions
from pipeline.deployed.functions import DeployedFunction, read_functions
from pipeline.deployed.logs import FunctionLogs, Watch
from pipeline.deployed.stack import read_resources
from pipeline.promotion.application import Application
from pipeline.promotion.rollback_target import fall_back_target
from pipeline.release.manifest import TEMPLATE, short
from pipeline.runs.step_runner import StepResult, would
from pipeline.verification.checks import Report
from pipeline.verification.runner import Deployment, log_of, run_verify

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion


SAME = "code, revisions and parameters are the release's"


class VerificationError(BatonError):
    """What runs is not the release, or does not work."""


def verify(run: Application) -> StepResult:
    """Compare what runs with the release, then run the smoke test that the release has.

    Raises
    ------
    VerificationError
        Says all that differs or failed.
    """
    expected, deployed = read_both(run)
    problems = [
        *differing_parameters(run.rendering.parameters, run.stack.parameters),
        *differing_functions(expected, deployed),
    ]
    if problems:
        raise VerificationError(
            f"{run.environment.name} does not run the release:\n" + _listed(problems)
        )
    if not (run.work / VERIFY).exists():  # a release that was built before there was one
        return StepResult(f"{SAME}\nno smoke test was run: the release has no {VERIFY}")
    watch = Watch(watched_logs(run, expected, deployed))
    report = smoke_test(run, watch)
    if report.problems:
        raise smoke_failure(run, report, watch)
    lines = [f"{check.check} ({check.seconds:.1f} s)" for check in report.checks]
    return StepResult("\n".join([SAME, *lines]))


def read_both(
    run: Application,
) -> tuple[dict[str, ExpectedFunction], dict[str, DeployedFunction]]:
    """The functions as the release has them, and as the stack has them, by logical id."""
    template = load_template(run.folder.path / TEMPLATE)
    resources = read_resources(run.session.client("cloudformation"), run.environment)
    expected = expected_functions(
        template,
        run.rendering.parameters,
        pseudo_parameters(run.environment),
        deployed={each.logical_id for each in resources},
    )
    client = run.session.client("lambda")
    return expected, read_functions(client, run.environment, resources, aliases(expected))


def watched_logs(
    run: Application,
    expected: Mapping[str, ExpectedFunction],
    deployed: Mapping[str, DeployedFunction],
) -> FunctionLogs:
    """The logs of the release's functions since it was deployed."""
    functions = [deployed[name] for name in sorted(expected)]
    since = run.deployed_at or datetime.datetime.now(datetime.UTC)
    return FunctionLogs(run.session.client("logs"), run.environment, functions, since)


def smoke_test(run: Application, watch: Watch) -> Report:
    """Run the release's `verify`, until it ends or a function fails.

    Raises
    ------
    VerificationError
        It cannot be executed.
    """
    deployment = Deployment(run.target, run.environment, run.stack, run.rendering.parameters)
    try:
        return run_verify(run.work, deployment, run.say, watch)
    except NotStartedError as error:
        raise VerificationError(
            f"the smoke test of {run.environment.name} failed: {error.message}", error.remedy
        ) from error


def smoke_failure(run: Application, report: Report, watch: Watch) -> VerificationError:
    """What the smoke test saw, with the log of the function that failed, if one did."""
    failed = watch.at_last()
    said = [*report.problems]
    if failed is not None and str(failed) not in "\n".join(said):
        said.append(str(failed))
    if watch.unreadable:
        said.append(f"whether a function has failed is not known: {watch.unreadable}")
    commands = watch.logs.commands(failed)
    if run.target.name == "local":
        commands = [f'eval "$(./baton env {run.environment.name})"', *commands]
    commands.append(f"all that {VERIFY} printed: {log_of(run.work, run.target)}")
    error = VerificationError(
        f"the smoke test of {run.environment.name} failed:\n" + _listed(said),
        "\n        ".join(commands),
    )
    error.detail = "\n".join(failed.lines) if failed else ""
    return error


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def differing_parameters(rendered: Mapping[str, str], deployed: Mapping[str, str]) -> list[str]:
    """Parameters whose deployed value is not the rendered one, as sentences."""
    return [
        f"parameter {each.what}: deployed {each.actual!r}, rendered {each.expected!r}"
        for each in differences(rendered, deployed)
    ]


def differing_functions(
    expected: Mapping[str, ExpectedFunction], deployed: Mapping[str, DeployedFunction]
) -> list[str]:
    """How the functions that run differ from what was released, as sentences."""
    return [
        problem
        for name in sorted(expected)
        for problem in function_problems(name, expected[name], deployed.get(name))
    ]


def function_problems(
    name: str, expected: ExpectedFunction, deployed: DeployedFunction | None
) -> Iterator[str]:
    """How a function differs from what was released: behind its alias, or $LATEST without one."""
    if deployed is None:
        yield f"{name}: the stack has no such function"
        return
    where = f"the alias {expected.alias}" if expected.alias else "$LATEST"
    runs = deployed.live if expected.alias else deployed.latest
    if runs is None:
        yield f"{name}: {deployed.name} has no {where.removeprefix('the ')}"
        return
    version = runs.get("Version")
    if expected.alias and deployed.published not in (None, version):
        yield f"{name}: {where} has version {version}, the stack published {deployed.published}"
    description = expected.description if expected.alias else None
    for each in version_differences(runs, code=expected.code, description=description):
        what, by = ("CodeSha256", "released") if each.what == CODE else ("revision", "rendered")
        yield f"{name}: {where} has {what} {each.actual}, {by} {each.expected}"


def would_verify(run: Promotion) -> StepResult:
    """Say what would be verified, and what would happen where that fails."""
    last = fall_back_target(run.records, run.release.id) if run.kind == "promotion" else None
    otherwise = f"; if it fails, roll back to release {short(last.release)}" if last else ""
    has_one = (run.work / VERIFY).exists()
    what = f"run its {VERIFY}" if has_one else f"run no smoke test (it has no {VERIFY})"
    return would(f"compare what runs with the release, and {what}{otherwise}")
