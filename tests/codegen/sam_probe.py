"""Run by SAM CLI's own interpreter: what SAM makes of a samconfig.toml and its parameters.

One JSON object a line on stdin asks, one on stdout answers, until stdin ends:

    {"folder": …, "env": …}                        every command of SAM
    {"folder": …, "env": …, "commands": ["deploy"]}   these

An answer has, by command: `table`, the one of samconfig.toml that it reads; `options`, each as the
command would get it; `refused`, why the command would not go on, or that it would ask. And
`unread`, the keys that are no option of any of these commands that reads their table. It starts
none of the commands.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from samcli.cli.context import Context
from samcli.cli.main import cli
from samcli.lib.config.samconfig import SamConfig

# its hundred commands write sample events, and read nothing of an environment
LEFT_OUT = "generate-event"
SESSION = {"profile", "region"}  # SAM takes these from the options, and keeps them in its context
# what samconfig.toml cannot know and a command must be told: which event, which execution
WHICH = "arn:aws:lambda:us-east-1:111111111111:function:f:1/durable-execution/name/id"
READ: list[str] = []
Named = tuple[click.Context, click.Command]


def commands(parent: click.Context) -> Iterator[tuple[str, Named]]:
    """Every command of SAM that reads samconfig.toml: what one types → where it is found."""
    group = parent.command
    for name in group.list_commands(parent) if isinstance(group, click.Group) else ():
        found = group.get_command(parent, name)
        typed = f"{parent.command_path} {name}".removeprefix("sam ")
        if isinstance(found, click.Group) and name != LEFT_OUT:
            yield from commands(click.Context(found, info_name=name, parent=parent))
        elif any(option.name == "config_env" for option in found.params):
            yield typed, (parent, found)


def recorded(read: Any) -> Any:
    """Remember which table a command reads: it need not be the one of its own name."""

    def get_all(config: SamConfig, names: list[str], section: str, env: str) -> Any:
        READ.append(config.to_key(names))
        return read(config, names, section, env=env)

    return get_all


def parse(typed: str, found: Named, env: str) -> dict[str, Any]:
    """Let one command read its configuration, as `sam <typed> --config-env <env>` does."""
    parent, command = found
    arguments = ["--config-env", env]
    for option in command.params:
        if option.required and option.name != "stack_name":
            arguments += [option.opts[0], WHICH] if isinstance(option, click.Option) else [WHICH]
    READ.clear()
    told: dict[str, Any] = {"refused": "", "options": {}}
    try:
        parsed = command.make_context(typed.split()[-1], arguments, parent=parent)
    except (click.Abort, click.UsageError) as error:
        told["refused"] = f"{type(error).__name__}: {error}"
    else:
        session = parsed.find_object(Context)
        kept = SESSION & {option.name for option in command.params}
        told["options"] = {**parsed.params, **{name: getattr(session, name) for name in kept}}
    (told["table"],) = READ
    return told


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """What SAM makes of the files in a folder."""
    os.chdir(question["folder"])
    env, wanted = question["env"], question.get("commands") or list(ALL)
    # SAM keeps profile and region in the outermost context: they are not the last question's
    for parent, _ in ALL.values():
        parent.find_root().obj = None
    told = {typed: parse(typed, ALL[typed], env) for typed in wanted}
    options: dict[str, set[str]] = {}
    for typed, command in told.items():
        known = {option.name for option in ALL[typed][1].params}
        options.setdefault(command["table"], set()).update(known)
    options["global"] = set().union(*options.values())
    unread = [
        f"{table}.{key}"
        for table, section in SamConfig(".", "samconfig.toml").document[env].items()
        for key in section.get("parameters", {})
        if key not in options.get(table, ())
    ]
    return {"commands": told, "unread": unread}


if __name__ == "__main__":
    questions, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # what SAM says is no answer
    sys.stdin = Path(os.devnull).open()  # and there is nobody to be asked  # noqa: SIM115
    SamConfig.get_all = recorded(SamConfig.get_all)
    ALL = dict(commands(click.Context(cli, info_name="sam", obj=Context())))
    for line in questions:
        print(json.dumps(answer(json.loads(line)), default=str), file=answers, flush=True)
