"""The names that a template refers to: a misspelled one is text to SAM, and refused by AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codegen.sam.template import SamTemplate

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
SERVERLESS = "AWS::Serverless::"
GENERATED = ("Alias", "Version", "Role", r"\w*Stage", "Deployment", "[0-9a-f]{10}")


def references(node: Any) -> Iterator[str]:
    """Every name in a piece of a template that must be a parameter or a resource."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" and isinstance(value, str):
                yield value.split(".", 1)[0]  # SAM knows !Ref Api.Stage
            elif key == "Fn::GetAtt":
                first = value[0] if isinstance(value, list) and value else value
                yield str(first).split(".", 1)[0]
            elif key == "Fn::Sub":
                yield from _substituted(value)
            else:
                yield from references(value)


def _substituted(argument: Any) -> Iterator[str]:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if isinstance(own, dict):
        yield from references(list(own.values()))
        names = (match.split(".", 1)[0] for match in _VARIABLE.findall(str(text)))
        yield from (name for name in names if name not in own)


def unknown_references(template: SamTemplate) -> Iterator[tuple[int, str]]:
    """The line of the resource or section, and each name in it that nothing has.

    What SAM makes of a serverless resource is called after it, as `ApiFunctionAliaslive`; what it
    makes for all begins with Serverless.
    """
    made = _made(template)
    known = {*template.parameters, *template.resources}
    for section in ("Globals", "Conditions", "Rules", "Resources", "Outputs"):
        for name, body in (template.document.get(section) or {}).items():
            for reference in dict.fromkeys(references(body)):
                is_pseudo = reference.startswith(("AWS::", "Serverless"))
                if reference not in known and not is_pseudo and not made.fullmatch(reference):
                    yield template.lines.get((section, name), 1), reference


def _made(template: SamTemplate) -> re.Pattern[str]:
    """The names of what SAM makes: docs, "Generated AWS CloudFormation resources"."""
    names = []
    for name, each in template.resources.items():
        if str(each.get("Type")).startswith(SERVERLESS):
            properties = each.get("Properties")
            events = properties.get("Events") if isinstance(properties, dict) else None
            own = [re.escape(str(event)) for event in events or ()]
            names.append(re.escape(name) + rf"(?:{'|'.join([*GENERATED, *own])})\w*")
    return re.compile("|".join(names) or r"(?!)")
