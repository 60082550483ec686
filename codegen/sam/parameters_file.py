"""parameters/<env>.yaml, read back as SAM reads it."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from codegen import strict_yaml
from codegen.jinja import quoting
from codegen.jinja.templates import TemplateSourceError
from codegen.shown import shown

_KEY = re.compile(r"([A-Za-z0-9]+):")


def read_parameters(text: str, file: str) -> dict[str, str]:
    """Read a parameters file as SAM will: parameter → the text CloudFormation gets.

    Raises
    ------
    TemplateSourceError
        It is no YAML mapping of alphanumeric names to texts, or a name is there twice.
    """
    try:
        document, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except yaml.YAMLError as error:
        raise TemplateSourceError(strict_yaml.explain(Path(file), error)) from error
    if not isinstance(document, dict):
        raise TemplateSourceError(f"{file}: renders no mapping of parameters")
    for name, value in document.items():
        # SAM drops a parameter whose name has any other character, without a word
        if not isinstance(name, str) or not (name.isascii() and name.isalnum()):
            raise TemplateSourceError(
                f"{file}:{lines.get((str(name),), 1)}: {shown(name)} cannot be a parameter's name"
            )
        if not isinstance(value, str):
            raise TemplateSourceError(
                f"{file}:{lines.get((name,), 1)}: {name} is {shown(value)}, "
                "written without the yaml filter",
                f'write {name}: {{{{ "…" | yaml }}}}',
            )
    return {name: quoting.decode(value) for name, value in document.items()}


def key_lines(template: str) -> dict[str, int]:
    """Where the Jinja2 template writes each parameter: name → line, counted from 1."""
    lines = enumerate(template.splitlines(), start=1)
    return {match[1]: number for number, line in lines if (match := _KEY.match(line))}
