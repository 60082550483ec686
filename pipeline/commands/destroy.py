"""`baton destroy ENV`: an environment removed whole, in the right order."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from codegen.errors import UsageError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.destruction.destruction import Options


@click.command()
@click.argument("environment")
@click.option("--confirm", metavar="NAME", help="<project>-<env>, instead of typing it when asked.")
@click.option("--keep-state", is_flag=True, help="Leave the state bucket where it is.")
@click.option("--json", "as_json", is_flag=True, help="What was done as JSON; needs --confirm.")
def command(environment: str, confirm: str | None, keep_state: bool, as_json: bool) -> None:
    """Destroy ENVIRONMENT and everything in it, for good.

    A protected environment is refused, and so is one whose tables are protected. A run that died
    is simply run again. On AWS it can take 40 minutes until Lambda's network interfaces are gone.
    """
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    options = _options(settings, confirm, keep_state, as_json)
    target.activate()

    from pipeline.destruction.destruction import Destruction
    from pipeline.destruction.runner import destroy
    from pipeline.runs.console import Progress, say, write_json

    progress = Progress(f"destroy {environment}", quiet=as_json)
    run = Destruction(
        checkout=checkout,
        target=target,
        environment=settings,
        others=checkout.environments(),
        options=options,
        say=progress.say,
        ask=_ask if sys.stdin.isatty() and not as_json else None,
    )
    done = destroy(run, progress)
    if as_json:
        steps = [step.model_dump() for step in run.steps]
        write_json({"environment": environment, "destroyed": done, "steps": steps})
    elif done:
        say(f"{settings.prefix} is destroyed; live/{environment}/ still describes it.")
        if target.name == "local":
            say(f"  to be rid of it: rm -r live/{environment} && ./baton local reset {environment}")
    else:
        say(f"There is nothing of {settings.prefix} to destroy.")


def _options(
    environment: Environment, confirm: str | None, keep_state: bool, as_json: bool
) -> Options:
    from pipeline.destruction.destruction import Options

    options = Options(confirm, keep_state)
    if as_json and confirm is None:
        raise UsageError(
            f"--json asks nobody whether {environment.name} is to be destroyed: it needs --confirm",
            f"{options.command(environment, confirmed=True)} --json",
        )
    return options


def _ask(question: str) -> str:
    answer: str = click.prompt(question, err=True, default="", show_default=False)
    return answer
