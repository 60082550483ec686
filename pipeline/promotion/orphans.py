"""What a killed apply has left: resources that no state names, and Terraform's locks (pure).

Terraform writes a resource into its state after AWS has made it. Killed between the two, it leaves
a resource that the next apply meets as "already exists", or never, where names are not unique.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.shown import command

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.adapters.states import Lock

# What AWS says of a name that is taken: a code, or the words that go with it.
TAKEN = re.compile(r"\b\w*(AlreadyExists|AlreadyOwnedByYou|ResourceExists|Duplicate)|already exist")
ADDRESS = re.compile(r"\bwith (?P<address>(?:module\.|data\.)?[a-z]\w*[.\[].*?),$", re.MULTILINE)
NAME = re.compile(r"creating [^()\n]*\((?P<name>[^()\n]+)\):")
# Resource type → what `terraform import` calls it, where that is not its name.
IMPORTED_BY = {
    "aws_iam_policy": "arn:aws:iam::{account}:policy/{name}",
    "aws_secretsmanager_secret": (
        "$(aws secretsmanager describe-secret --secret-id {name} --query ARN --output text)"
    ),
    "aws_security_group": "ID",
    "aws_sqs_queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
}


@dataclass(frozen=True)
class Taken:
    """A resource that Terraform would make, though AWS has one of that name already.

    Parameters
    ----------
    unit, address:
        Where Terraform wants it.
    name:
        Its name in AWS; empty where the error does not say it.
    """

    unit: str
    address: str
    name: str

    def command(self, environment: Environment) -> str:
        """What takes it into the state."""
        kind = re.sub(r"\[[^]]*\]", "", self.address).split(".")[-2]
        form = IMPORTED_BY.get(kind, "{name}")
        known = {"account": environment.account_id, "region": environment.region}
        is_command = form.startswith("$")
        # the name is from an error message: whatever is in it must stay one argument
        name = shlex.quote(self.name) if is_command else self.name
        called = form.format(name=name, **known) if self.name else "ID"
        called = f'"{called}"' if is_command else shlex.quote(called)
        folder = command("cd", f"live/{environment.name}/{self.unit}")
        return f"{folder} && terragrunt import {shlex.quote(self.address)} {called}"


def taken(report: Iterable[Mapping[str, Any]]) -> list[Taken]:
    """The resources whose names are taken, from Terragrunt's report of a failed apply."""
    return [
        Taken(Path(str(run["Name"])).name, *found)
        for run in report
        for found in _taken(str(run.get("Cause") or ""))
    ]


def _taken(cause: str) -> Iterator[tuple[str, str]]:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", cause)
    text = "\n".join(line.strip(" │╷╵\t") for line in plain.splitlines())
    for error in text.split("Error: ")[1:]:
        address = ADDRESS.search(error)
        if address and TAKEN.search(error):
            name = NAME.search(error)
            yield address["address"], name["name"] if name else ""


def untracked(tagged: Iterable[str], states: Iterable[bytes]) -> list[str]:
    """The ARNs that carry Terraform's tags and that no state names.

    Parameters
    ----------
    tagged:
        ARNs of what carries the tags that Terraform gives everything it makes here.
    states:
        The environment's states.
    """
    known = {text for state in states for text in _texts(_resources(state))}
    return sorted(arn for arn in tagged if not _is_known(arn, known))


def _resources(state: bytes) -> Any:
    """What a state holds; nothing, where it cannot be read: Terraform itself says that."""
    try:
        return json.loads(state)["resources"]
    except (ValueError, KeyError, TypeError):
        return []


def _is_known(arn: str, known: Collection[str]) -> bool:
    # a log group's ARN ends in :* here and not there; some resources have no ARN in the state
    plain = arn.removesuffix(":*")
    return bool({plain, f"{plain}:*", re.split(r"[/:]", plain)[-1]} & set(known))


def _texts(value: Any) -> Iterator[str]:
    """Every ARN anywhere in a state's resources, and the ids of those that have none."""
    if isinstance(value, str):
        if value.startswith("arn:"):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str) and not isinstance(value.get("arn"), str):
            yield value["id"]
        for item in value.values():
            yield from _texts(item)


def said(
    environment: Environment,
    found: Collection[Taken],
    arns: Collection[str] | None,
    locks: Collection[Lock],
) -> list[str]:
    """What a person has to know, line by line.

    Parameters
    ----------
    found:
        Resources whose names are taken.
    arns:
        Resources that no state names; None where AWS would not tell.
    locks:
        Locks of states.
    """
    lines = []
    for lock in locks:
        since = f", since {lock.since}" if lock.since else ""
        lines.append(
            f"the state of {lock.unit} is locked by {lock.who or 'somebody'}{since}; if that run "
            f"has ended: {lock.unlock(environment.name)}"
        )
    for each in found:
        lines.append(
            f"{each.unit}: {each.address} is there already"
            f"{f' as {each.name}' if each.name else ''}, and in no state: an apply that was killed "
            f"may have made it. To keep it: {each.command(environment)}"
        )
    if arns is None:
        lines.append("whether there is more that no state names is not known: see tag:GetResources")
    for arn in arns or ():
        lines.append(
            f"{arn} carries this environment's tags, but no state names it: an apply that was "
            "killed may have made it. Import or delete it"
        )
    return lines
