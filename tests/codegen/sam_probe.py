"""Run by SAM CLI's own interpreter: what SAM makes of a samconfig.toml and its parameters.

In the current folder, for the environment named by the argument. Prints JSON: every option of
every command as the command would get it, and what samconfig.toml gives that is no option of it.
Starts nothing.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import click
from samcli.cli.context import Context
from samcli.lib.config.samconfig import SamConfig

COMMANDS = {
    "deploy": "deploy.command",
    "package": "package.command",
    "sync": "sync.command",
    "delete": "delete.command",
    "validate": "validate.validate",
    "logs": "logs.command",
    "list resources": "list.resources.command",
    "list endpoints": "list.endpoints.command",
    "list stack-outputs": "list.stack_outputs.command",
    "remote invoke": "remote.invoke.cli",
}


def parse(name: str, module: str, env: str) -> dict[str, Any]:
    """Let one command read its configuration, as `sam <name> --config-env <env>` does."""
    command = importlib.import_module(f"samcli.commands.{module}").cli
    *groups, last = name.split()
    context = click.Context(click.Group("sam"), info_name="sam")
    for group in groups:
        context = click.Context(click.Group(group), info_name=group, parent=context)
    parsed = command.make_context(last, ["--config-env", env], parent=context)
    known = {option.name for option in command.params}
    section = SamConfig(".", "samconfig.toml").get_all(name.split(), "parameters", env)
    session = parsed.find_object(Context)  # profile and region do not stay among the options
    options = {**parsed.params, "profile": session.profile, "region": session.region}
    return {"options": options, "unknown": sorted(set(section) - known)}


if __name__ == "__main__":
    env = sys.argv[1]
    result = {name: parse(name, module, env) for name, module in COMMANDS.items()}
    json.dump(result, sys.stdout, default=str)
