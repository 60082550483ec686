"""Which role a job works with, and the AWS profile through which every tool finds it.

python -m pipeline.github.credentials prod deploy

The profile takes the credentials from the job's variables each time it is asked: they are in no
file. An environment's roles are made by modules/delivery.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.errors import BatonError, UsageError
from codegen.files import write_private
from codegen.settings import Environment
from pipeline.checkout import Checkout
from pipeline.runs.console import explain
from pipeline.target.local.profiles import config_sections

ROLES = ("plan", "deploy")
PRINTED_BY = ".github/actions/environment/print-credentials"


def role_arn(environment: Environment, role: str) -> str:
    """The ARN of one of an environment's roles for GitHub (pure)."""
    return f"arn:aws:iam::{environment.account_id}:role/{environment.prefix}-{role}"


def profile(environment: Environment, checkout: Path) -> str:
    """The AWS configuration with the environment's profile in it (pure)."""
    settings = (
        f"region = {environment.region}\ncredential_process = {_quoted(checkout / PRINTED_BY)}\n"
    )
    return "\n".join(config_sections(environment.aws_profile, settings))


def _quoted(program: Path) -> str:
    """A program's path as credential_process wants it: in quotes where it has a space."""
    return f'"{program}"' if " " in str(program) else str(program)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the profile; tell the job's later steps of the role, and where the profile is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("role", choices=ROLES)
    options = parser.parse_args(arguments)
    try:
        checkout = Checkout.here()
        environment = checkout.environment(options.environment)
        files = [Path(_variable(name)) for name in ("RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_ENV")]
    except BatonError as error:
        return explain(error)
    folder, output, variables = files
    config = folder / f"aws-{environment.name}"
    write_private(config, profile(environment, checkout.root).encode())
    with output.open("a") as file:
        file.write(f"role={role_arn(environment, options.role)}\nregion={environment.region}\n")
    with variables.open("a") as file:
        file.write(f"AWS_CONFIG_FILE={config}\n")
    return 0


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"{name} is not set", "GitHub Actions sets it: this belongs into a job")
    return value


if __name__ == "__main__":
    sys.exit(main())
