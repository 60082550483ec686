"""`Fn::ForEach` written out: a packaged template has each resource by itself.

SAM CLI deploys a loop only where a flag is set, and then puts one environment's bucket into it.
So what a loop over resources goes over must be known when a release is built.

Source: docs.aws.amazon.com/AWSCloudFormation, "Fn::ForEach". A test compares this with SAM's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.strict_yaml import Key

LOOP = "Fn::ForEach::"
EXTENSIONS = "AWS::LanguageExtensions"
SECTIONS = ("Conditions", "Resources", "Outputs")
DEEPEST = 5  # loops in loops, CloudFormation's quota
MOST = 10_000  # entries that loops may make; a template has 500 resources at most
PARTS = 3  # identifier, collection, fragment
_PLACEHOLDER = re.compile(r"([$&])\{([^!}][^}]*)\}")
Resolve = Callable[[Any], Any]  # a value with what is known put in


@dataclass(frozen=True)
class Origin:
    """Where an entry of a section is written: its path in the source, and what loops put in."""

    path: Key
    bindings: Mapping[str, str]


@dataclass(frozen=True)
class Loops:
    """A template without its loops.

    Attributes
    ----------
    document:
        The template; a loop that cannot be written out is left out of a section, and left as it is
        in a property.
    origins:
        (section, name) → where it is written, for every entry of a section.
    problems:
        The path of each loop of a section that cannot be written out, and why.
    """

    document: Mapping[str, Any]
    origins: Mapping[tuple[str, str], Origin]
    problems: tuple[tuple[Key, str], ...]


def written_out(document: Mapping[str, Any], resolve: Resolve) -> Loops:
    """Write out a template's loops.

    Parameters
    ----------
    document:
        The template, parsed.
    resolve:
        Works out a collection; raises, or leaves an intrinsic function, where it is not known.
    """
    work = _Work(resolve)
    result = dict(document)
    for section in SECTIONS:
        if isinstance(entries := document.get(section), dict):
            result[section] = dict(work.section(section, entries))
    if work.loops and EXTENSIONS not in transforms(document):
        what = f"Fn::ForEach needs the transform {EXTENSIONS}, before AWS::Serverless-2016-10-31"
        work.problems.append((("Transform",), what))
    return Loops(result, work.origins, tuple(work.problems))


def transforms(document: Mapping[str, Any]) -> list[str]:
    """The names of a template's transforms, in their order."""
    found = document.get("Transform") or []
    listed = found if isinstance(found, list) else [found]
    return [str(each.get("Name")) if isinstance(each, dict) else str(each) for each in listed]


@dataclass
class _Work:
    resolve: Resolve
    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)
    problems: list[tuple[Key, str]] = field(default_factory=list)
    loops: int = 0
    made: int = 0

    def section(self, section: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, body, origin in self._entries(entries, Origin((section,), {})):
            if (section, name) in self.origins:
                self.problems.append((origin.path, f"a loop makes {name}, which is there already"))
                continue
            self.origins[section, name] = origin
            yield name, self._properties(body)

    def _entries(
        self, entries: Mapping[str, Any], place: Origin
    ) -> Iterator[tuple[str, Any, Origin]]:
        for key, body in entries.items():
            path = (*place.path, key)
            if key.startswith(LOOP):
                yield from self._loop(key, body, Origin(path, place.bindings))
            else:
                name = _substituted(key, place.bindings)
                yield name, _put_in(body, place.bindings), Origin(path, place.bindings)

    def _loop(self, key: str, loop: Any, place: Origin) -> Iterator[tuple[str, Any, Origin]]:
        self.loops += 1
        try:
            identifier, values, fragment = self._parts(key, loop, place.bindings)
        except ValueError as error:
            self.problems.append((place.path[:2], str(error)))
            return
        for value in values:
            self.made += 1
            if self.made > MOST:
                self.problems.append((place.path[:2], f"loops make more than {MOST:,} entries"))
                return
            bindings = {**place.bindings, identifier: value}
            yield from self._entries(fragment, Origin((*place.path, 2), bindings))

    def _parts(
        self, key: str, loop: Any, bindings: Mapping[str, str]
    ) -> tuple[str, list[str], Mapping[str, Any]]:
        """The identifier, values and fragment of a loop; ValueError where one is not right."""
        if not isinstance(loop, list) or len(loop) != PARTS:
            raise ValueError(f"{key} is not a list of an identifier, a collection and a fragment")
        identifier, collection, fragment = loop
        if not isinstance(identifier, str) or not identifier or not isinstance(fragment, dict):
            raise ValueError(f"{key} has no identifier, or its fragment is no mapping")
        if len(bindings) >= DEEPEST or identifier in bindings:
            raise ValueError(f"{key} is the sixth loop in a loop, or takes an identifier again")
        return identifier, self._values(key, _put_in(collection, bindings)), fragment

    def _values(self, key: str, collection: Any) -> list[str]:
        try:
            found = self.resolve(collection)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{key} has a collection that cannot be worked out") from error
        if not isinstance(found, list) or any(isinstance(v, dict | list | None) for v in found):
            raise ValueError(
                f"{key} loops over what is known only when it is deployed; a release is "
                "the same in every environment"
            )
        return [str(value).lower() if isinstance(value, bool) else str(value) for value in found]

    def _properties(self, node: Any) -> Any:
        """A copy of an entry's body with the loops in it written out where they can be."""
        if isinstance(node, list):
            return [self._properties(item) for item in node]
        if not isinstance(node, dict):
            return node
        result: dict[str, Any] = {}
        for key, value in node.items():
            if not key.startswith(LOOP):
                result[key] = self._properties(value)
                continue
            self.loops += 1
            try:
                identifier, values, fragment = self._parts(key, value, {})
            except ValueError:
                result[key] = value
                continue
            for item in values:
                result.update(self._properties(_put_in(fragment, {identifier: item})))
        return result


def _put_in(node: Any, bindings: Mapping[str, str]) -> Any:
    """A copy of a piece of the template with the loops' values in it, its keys included."""
    if not bindings:
        return node
    if isinstance(node, str):
        return _substituted(node, bindings)
    if isinstance(node, list):
        return [_put_in(item, bindings) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and isinstance(name := node.get("Ref"), str) and name in bindings:
        return bindings[name]
    return {_substituted(key, bindings): _put_in(value, bindings) for key, value in node.items()}


def _substituted(text: str, bindings: Mapping[str, str]) -> str:
    """`${Name}` is the loop's value, `&{Name}` its letters and digits."""

    def value(match: re.Match[str]) -> str:
        form, name = match.groups()
        if name not in bindings:
            return match[0]
        return bindings[name] if form == "$" else re.sub(r"[^0-9A-Za-z]", "", bindings[name])

    return _PLACEHOLDER.sub(value, text)
