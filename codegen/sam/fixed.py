"""Parameters that have the same value wherever a release goes: known when it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from codegen.jinja.templates import Source, TemplateSourceError, parse_source
from codegen.sam.parameter import typed_value
from codegen.sam.parameters_file import key_lines, read_parameters
from codegen.sam.template import SamTemplate

# What of `release` is known before there is one.
PLATFORM = ("target", "runtime", "architecture")
_OPENS, _CLOSES = re.compile(r"\{%-?\s*(if|for)\b"), re.compile(r"\{%-?\s*end(if|for)\b")


def fixed_values(
    template: SamTemplate, parameters: Source | None, platform: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """Parameter → the value that it has in every environment.

    Parameters
    ----------
    parameters:
        The Jinja2 template that renders them. A parameter that it does not render has its default,
        as all have where there is no such template.
    platform:
        `target`, `runtime` and `architecture` of the release.
    """
    rendered = {} if parameters is None else dict(_rendered(parameters, platform))
    lines = {} if parameters is None else key_lines(parameters.text)
    found = {}
    for name, parameter in template.parameters.items():
        text = rendered.get(name) if name in lines else parameter.default
        if text is not None:
            found[name] = typed_value(parameter.type, text)
    return found


def _rendered(parameters: Source, platform: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Parameters whose line reads nothing but the platform, and what it gives."""
    texts = parameters.text.splitlines()
    conditional = _conditional(texts)
    release = {name: platform[name] for name in PLATFORM}
    for line in key_lines(parameters.text).values():
        paths = [path for v in parameters.values if v.line == line for path in v.paths]
        known = all(path[0] == "release" and path[1:2] and path[1] in release for path in paths)
        if known and line not in conditional:
            with suppress(TemplateSourceError):  # rendering for an environment says what is wrong
                written = parse_source(texts[line - 1] + "\n", parameters.file)
                text = written.render({"release": release})
                yield from read_parameters(text, parameters.file).items()


def _conditional(texts: list[str]) -> set[int]:
    """The lines inside an `{% if %}` or a `{% for %}`, counted from 1."""
    depth = 0
    inside = set()
    for number, text in enumerate(texts, start=1):
        depth += len(_OPENS.findall(text))
        if depth:
            inside.add(number)
        depth -= len(_CLOSES.findall(text))
    return inside
