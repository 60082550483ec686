"""The text of a template, read as SAM reads it: YAML or JSON, intrinsic functions in long form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import BatonError
from codegen.strict_yaml import Key

MOST_NODES = 200_000  # a template of 1 MB, CloudFormation's limit, has fewer; aliases can make more


class TemplateError(BatonError):
    """The SAM template cannot be read, or is not a template."""

    def __init__(self, message: str, remedy: str = "sam validate --lint says more") -> None:
        super().__init__(message, remedy)


def read_document(text: str, file: str) -> tuple[Any, dict[strict_yaml.Key, int]]:
    """Parse a template or a piece of one.

    The document holds what JSON can hold, and nothing in it is shared: aliases and merged keys are
    written out, as SAM does before it deploys.

    Parameters
    ----------
    text:
        YAML with or without CloudFormation's short tags, or JSON.
    file:
        What messages call it.

    Returns
    -------
    tuple
        The document, and the line of each key by its path.

    Raises
    ------
    TemplateError
        It is neither, a key is there twice, or a value is none that CloudFormation has.
    """
    found = _read_json(text, file)
    try:
        if found is None:
            found = strict_yaml.load_with_lines(text, strict_yaml.TemplateLoader)
        return _Plain(file).copy(found[0]), found[1]
    except yaml.YAMLError as error:
        raise TemplateError(strict_yaml.explain(Path(file), error)) from error
    except RecursionError as error:
        raise TemplateError(f"{file}: something in it contains itself") from error


class _Dumper(yaml.SafeDumper):
    """Writes every value out, and quotes a text that any parser could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never write an alias: CloudFormation has none."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    if "\n" in text:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    style = None if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
# A text that begins with a letter or a slash, and is no word that a YAML parser knows.
_PLAIN = re.compile(r"[A-Za-z/][\w./ *@:-]*(?<![: ])")
_WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


def write_document(document: Any) -> str:
    """A document as YAML, which `read_document` reads as the same document."""
    return yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10_000,
    )


def differences(one: Any, two: Any, path: Key = ()) -> Iterator[Key]:
    """The path of everything in which two documents differ; 1, 1.0, true and "1" are different."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in [*one, *(key for key in two if key not in one)]:
            if key in one and key in two:
                yield from differences(one[key], two[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for index, (first, second) in enumerate(zip(one, two, strict=True)):
            yield from differences(first, second, (*path, index))
    elif type(one) is not type(two) or one != two:
        yield path


def _read_json(text: str, file: str) -> tuple[Any, dict[strict_yaml.Key, int]] | None:
    """The document if the text is JSON: a YAML parser does not take all of that."""
    if not text.lstrip().startswith("{"):
        return None

    def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise TemplateError(f"{file}: key {key!r} is there twice")
            found[key] = value
        return found

    try:
        document = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None  # flow-style YAML begins the same way; its parser says what is wrong
    lines: dict[strict_yaml.Key, int] = {}
    with suppress(yaml.YAMLError):  # a tab between two tokens is no YAML
        spaced = text.replace("\t", " ")
        lines = strict_yaml.load_with_lines(spaced, strict_yaml.TemplateLoader)[1]
    return document, lines


class _Plain:
    """Copies a parsed document into plain values that share nothing."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._nodes = 0

    def copy(self, node: Any) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TemplateError(f"{self._file}: its aliases make more than {MOST_NODES:,} values")
        if isinstance(node, dict):
            return {key: self.copy(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.copy(item) for item in node]
        if node is None or isinstance(node, str | int | float):
            return node
        raise TemplateError(
            f"{self._file}: {node!r:.60} is a {type(node).__name__}, which CloudFormation has not"
        )
