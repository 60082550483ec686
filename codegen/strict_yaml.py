"""YAML read strictly: no key twice, no surprising types, and the line of every key.

PyYAML alone keeps the last of two equal keys without a word, and reads `on` as a boolean and
`2012-10-17` as a date. Nor is a YAMLError all that it raises.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, SequenceNode

MERGE = "tag:yaml.org,2002:merge"
# Python reads no number of more than 4,300 digits, Terraform rounds one of more than 150; an
# account's id, the longest there is, has 12.
LONGEST_NUMBER = 100
Key = tuple[int | str, ...]
# Tabs and byte order marks, which libyaml lets stand where PyYAML, and with it SAM, does not.
READ_OTHERWISE = frozenset("\t\ufeff")
DEEPEST = 4  # defaults.data.read_capacity.min; below, aliases of aliases could be any number


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
    Terraform and another to SAM. Tags are refused, for the two do not know the same ones, and so
    are aliases that lead back into themselves, which no message could show.
    """

    yaml_implicit_resolvers = _without("timestamp", "int")

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Compose what comes next; PyYAML calls this for every value and key."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if (tag := getattr(event, "tag", None)) is not None:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            problem = f"the tag {short} is not allowed; write the value alone, text in quotes"
            raise ConstructorError(None, None, problem, mark)
        if isinstance(event, AliasEvent) and self._is_open(str(event.anchor)):
            problem = f"the alias *{event.anchor} is inside of what it stands for; write the value"
            raise ConstructorError(None, None, problem, mark)
        return super().compose_node(parent, index)

    def _is_open(self, anchor: str) -> bool:
        # PyYAML gives a list or mapping its end once it has composed what is inside
        return anchor in self.anchors and self.anchors[anchor].end_mark is None


SettingsLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789")
)


def _decimal(loader: SettingsLoader, node: yaml.ScalarNode) -> int:
    digits = loader.construct_scalar(node)
    if len(digits) > LONGEST_NUMBER:
        problem = f"a number of {len(digits)} digits; no setting has more than {LONGEST_NUMBER}"
        raise ConstructorError(None, None, problem, node.start_mark)
    return int(digits)


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
        The text is no YAML, a mapping has a key twice, or a value cannot be read.
    """
    return load_with_lines(text, loader)[0]


@contextmanager
def _one_kind_of_error() -> Iterator[None]:
    """What PyYAML lets through of its own inside: a value a type cannot hold, brackets in brackets.

    Raises
    ------
    yaml.YAMLError
        In place of what was let through.
    """
    try:
        yield
    except RecursionError as error:
        raise yaml.YAMLError("too many lists or mappings inside each other") from error
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        raise yaml.YAMLError(f"a value that cannot be read: {error}") from error


def load_with_lines(text: str, loader: type[_NoDuplicates]) -> tuple[Any, dict[Key, int]]:
    """Parse one YAML document, and say where its keys stand.

    Returns
    -------
    tuple
        The document, and each key's line by its path, counted from 1: ("network", "cidr") → 5.

    Raises
    ------
    yaml.YAMLError
        As `load`.
    """
    with _one_kind_of_error():
        if yaml.__with_libyaml__ and READ_OTHERWISE.isdisjoint(text):
            with suppress(yaml.YAMLError, UnicodeEncodeError):
                return _read(_by_libyaml(text, loader))
        return _read(loader(text))


def _by_libyaml(text: str, loader: type[_NoDuplicates]) -> Any:
    """A loader that gets its events from libyaml, six times as fast as from PyYAML's scanner.

    What libyaml refuses is read once more, by PyYAML, whose messages name what they found.
    """
    reader: Any = loader("")
    events: Any = yaml.CSafeLoader(text)
    reader.check_event = events.check_event
    reader.peek_event = events.peek_event
    reader.get_event = events.get_event
    return reader


def _read(reader: Any) -> tuple[Any, dict[Key, int]]:
    root = reader.get_single_node()
    # before constructing, which puts what `<<` merges into the nodes themselves
    lines = dict(_lines(root, ()))
    return (None if root is None else reader.construct_document(root)), lines


def _lines(node: Node | None, parent: Key) -> Iterator[tuple[Key, int]]:
    if isinstance(node, MappingNode) and len(parent) < DEEPEST:
        for key, value in node.value:
            path: Key = (*parent, str(key.value))
            yield path, key.start_mark.line + 1
            yield from _lines(value, path)
    elif isinstance(node, SequenceNode) and not parent:  # a document that is a list of entries
        for number, item in enumerate(node.value):
            yield (number,), item.start_mark.line + 1
            yield from _lines(item, (number,))


def explain(file: Path, error: yaml.YAMLError) -> str:
    """One line that says where and why a file is not the YAML it should be."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    return f"{file}:{mark.line + 1}: {problem}" if mark else f"{file}: {problem}"
