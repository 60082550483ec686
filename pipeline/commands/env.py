"""`baton env ENV`: shell lines that point any AWS tool at an environment."""

from __future__ import annotations

import shlex

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.argument("environment")
@click.option("--json", "as_json", is_flag=True, help="A JSON object; null means: to be unset.")
def command(environment: str, as_json: bool) -> None:
    """Print lines for: eval "$(./baton env dev)".

    After that `terragrunt`, `sam`, `aws` and boto3 work on ENVIRONMENT, with the pinned tools; or
    reach nothing at all, while its emulator does not run (exit code 1).
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    target.write_profiles()
    variables = target.variables(settings)
    if as_json:
        from pipeline.runs.console import write_json

        write_json(variables)
    else:
        for name, value in variables.items():
            click.echo(f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}")
    # only now: a shell that was told nothing would go on where it was before, which may be AWS
    target.require(settings)
