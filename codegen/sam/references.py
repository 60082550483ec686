"""The names that a template refers to: a misspelled one is text to SAM, and refused by AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codegen.sam.generated import generated_ids
from codegen.sam.loops import LOOP
from codegen.sam.template import SamTemplate

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
# docs.aws.amazon.com/AWSCloudFormation, "Pseudo parameters reference"
PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId",
        "NotificationARNs",
        "NoValue",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    )
)


def references(node: Any) -> Iterator[str]:
    """Every name in a piece of a template that must be a parameter or a resource."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _named(key, value)


def _named(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value.split(".", 1)[0]  # SAM knows !Ref Api.Stage
    elif key == "Fn::GetAtt":
        yield from _attribute(value)
    elif key == "Fn::Sub":
        yield from _substituted(value)
    elif key.startswith(LOOP) and isinstance(value, list):  # over what is not known here
        bound = value[0] if value else None
        yield from (name for name in references(value[1:]) if name != bound)
    else:
        yield from references(value)


def _attribute(argument: Any) -> Iterator[str]:
    first = argument[0] if isinstance(argument, list) and argument else argument
    if isinstance(first, str):
        yield first.split(".", 1)[0]
    else:  # the language extensions allow a function in its place
        yield from references(argument)


def _substituted(argument: Any) -> Iterator[str]:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if isinstance(own, dict):
        yield from references(list(own.values()))
        names = (match.strip().split(".", 1)[0] for match in _VARIABLE.findall(str(text)))
        yield from (name for name in names if name not in own)


def unknown_references(template: SamTemplate) -> Iterator[tuple[int, str]]:
    """The line of the resource or section, and each name in it that nothing has."""
    generated = generated_ids(template.document)
    known = {*template.parameters, *template.resources, *PSEUDO}
    for section in ("Globals", "Conditions", "Rules", "Resources", "Outputs"):
        entries = template.document.get(section)
        for name, body in entries.items() if isinstance(entries, dict) else ():
            named = [*references(body), *(_depends_on(body) if section == "Resources" else ())]
            for reference in dict.fromkeys(named):
                if reference not in known and not generated.fullmatch(reference):
                    yield template.line(section, name), reference


def _depends_on(resource: Any) -> list[str]:
    found = resource.get("DependsOn") if isinstance(resource, dict) else None
    listed = found if isinstance(found, list) else [found]
    return [name for name in listed if isinstance(name, str)]
