"""`baton check`: does the hand-off fit together? Static: no environment, no credentials."""

from __future__ import annotations

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.option("--full", is_flag=True, help="Also sam validate --lint, and each module's validate.")
@click.option("--json", "as_json", is_flag=True, help="The problems as a list of objects.")
def command(full: bool, as_json: bool) -> int:
    """Check every side of the hand-off against every other, with no credentials.

    What the Jinja2 templates and the units read ↔ modules/*/outputs.tf ↔ units/mocks.yaml ↔ the
    parameters of sam-app/template.yaml ↔ live/. Each environment is rendered for both targets on
    the mocks of its outputs, so that its settings are judged as a deployment would judge them.
    With --full SAM, cfn-lint and Terraform (or OpenTofu) are asked too, which takes seconds; what
    they accept is remembered. Exit 0 when all fits, 2 when a setting is not allowed, as in every
    command, 1 otherwise; docs/hand-off.md explains each kind of problem.
    """
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import suppress

    from codegen.check import check
    from codegen.errors import BatonError, SettingsError
    from codegen.problems import Kind, blocking, unique
    from codegen.rendering import ReleaseContext
    from pipeline.inspect.drift import accepted
    from pipeline.promotion.gates import exceptions as policy
    from pipeline.release.completeness import require_packed
    from pipeline.release.generated import generated_problems
    from pipeline.runs.console import say, show, write_json

    checkout = Checkout.here()
    template = checkout.sam_app / "template.yaml"
    releases = [
        ReleaseContext(
            template=template,
            template_file=template.name,
            target=target.name,
            runtime=target.platform.runtime,
            architecture=target.platform.architecture,
            id="0" * 64,
        )
        for target in (Target("local", checkout), Target("aws", checkout))
    ]
    # a process of its own, beside the rest
    with ThreadPoolExecutor(1) as beside:
        generated = beside.submit(generated_problems, checkout.root)
        also = (policy.load, accepted.load, require_packed)
        found = check(checkout.root, template, releases, also)
        with suppress(SettingsError):  # `check` has reported it
            found += generated.result()
    if full:
        from pipeline.release.validation import tool_problems

        found = unique([*found, *tool_problems(Target.selected(checkout), say)])
    problems = blocking(found)
    if as_json:
        write_json([problem.as_json() for problem in found])
    else:
        for problem in found:
            show(str(problem))
        noun = "problem" if len(problems) == 1 else "problems"
        say(f"{len(problems)} {noun}" if problems else "outputs, templates and parameters fit")
    if any(problem.kind is Kind.SETTING_INVALID for problem in problems):
        return SettingsError.exit_code
    return BatonError.exit_code if problems else 0
