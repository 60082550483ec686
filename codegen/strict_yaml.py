"""YAML read strictly: no key twice, no surprising types, and the line of every key.

PyYAML alone keeps the last of two equal keys without a word, and reads `on` as a boolean and
`2012-10-17` as a date.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node

MERGE = "tag:yaml.org,2002:merge"


class _NoDuplicates(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice. Keys are text, as in JSON: `On` is no boolean."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(None, None, "a key must be text", key.start_mark)
            if key.tag == MERGE:
                continue
            key.tag = "tag:yaml.org,2002:str"
            if key.value in seen:
                problem = f"key {key.value!r} is there twice, first in line {seen[key.value]}"
                raise ConstructorError(None, None, problem, key.start_mark)
            seen[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


def _without(*tags: str) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    dropped = {f"tag:yaml.org,2002:{tag}" for tag in tags}
    return {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in dropped]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class SettingsLoader(_NoDuplicates):
    """Reads numbers as Terraform's `yamldecode` does: 0123 is 123, 1:30 and 1_000 are text.

    PyYAML takes these for octal, base 60 and a thousand, and a setting would mean one thing to
    Terraform and another to SAM.
    """

    yaml_implicit_resolvers = _without("timestamp", "int")


SettingsLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789")
)


def _decimal(loader: SettingsLoader, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


SettingsLoader.add_constructor("tag:yaml.org,2002:int", _decimal)


class TemplateLoader(_NoDuplicates):
    """Reads a CloudFormation template: `!Ref X` becomes `{"Ref": "X"}`, dates stay text."""

    yaml_implicit_resolvers = _without("timestamp")


def _short_form(loader: TemplateLoader, suffix: str, node: Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_form)


def load(text: str, loader: type[_NoDuplicates]) -> Any:
    """Parse one YAML document.

    Raises
    ------
    yaml.YAMLError
        The text is no YAML, or a mapping has a key twice.
    """
    return yaml.load(text, Loader=loader)  # noqa: S506  (both loaders descend from SafeLoader)


def load_with_lines(
    text: str, loader: type[_NoDuplicates], section: str
) -> tuple[Any, dict[str, int]]:
    """Parse one YAML document, and say where the keys of one of its sections stand.

    Returns
    -------
    tuple
        The document, and the section's key → line, counted from 1.

    Raises
    ------
    yaml.YAMLError
        As `load`.
    """
    reader = loader(text)
    try:
        document = reader.get_single_node()
        keys = _child(document, section)
        lines = (
            {str(key.value): key.start_mark.line + 1 for key, _ in keys.value}
            if isinstance(keys, MappingNode)
            else {}
        )
        return (None if document is None else reader.construct_document(document)), lines
    finally:
        reader.dispose()


def _child(node: Node | None, name: str) -> Node | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == name and isinstance(value, Node):
                return value
    return None


def explain(file: Path, error: yaml.YAMLError) -> str:
    """One line that says where and why a file is not the YAML it should be."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    return f"{file}:{mark.line + 1}: {problem}" if mark else f"{file}: {problem}"
