"""What a template takes in from files beside it, put in where it says so.

`Fn::Transform: {Name: AWS::Include, Parameters: {Location: gateway.yaml}}` is CloudFormation's own
way to say it. But CloudFormation takes such a file from S3 only; and SAM adds no authorisation to
an API's body that it does not see.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import BatonError
from codegen.reading import read_text, reason

TRANSFORM, INCLUDE = "Fn::Transform", "AWS::Include"


def inline_includes(node: Any, folder: Path, parse: Callable[[str], Any], place: str) -> Any:
    """Replace every include in a parsed template by what its file holds.

    Parameters
    ----------
    node:
        The template or a piece of it; lists and mappings are changed in place.
    folder:
        The folder that the template stands in. Only files in it are taken.
    parse:
        What the template was parsed with. It is given only YAML that a template could have.
    place:
        What messages call the node: `template.yaml#` for all of it, and for a piece where that is,
        as in `template.yaml#/Resources/Api`.

    Returns
    -------
    Any
        The node, or what is put in its place.

    Raises
    ------
    BatonError
        A file is missing, is outside the folder, or holds no mapping; names the place and the file.
    """
    if isinstance(node, list):
        for index, item in enumerate(node):
            node[index] = inline_includes(item, folder, parse, f"{place}/{index}")
    elif isinstance(node, dict):
        if _is_include(node):
            return parse(_included(node[TRANSFORM], folder, place))
        for key, value in node.items():
            node[key] = inline_includes(value, folder, parse, f"{place}/{key}")
    return node


def _is_include(node: Mapping[str, Any]) -> bool:
    transform = node.get(TRANSFORM)
    return isinstance(transform, dict) and transform.get("Name") == INCLUDE


def _included(transform: Mapping[str, Any], folder: Path, place: str) -> str:
    """The text of the file that is included, once it is known to be a mapping."""
    location = (transform.get("Parameters") or {}).get("Location")
    if not isinstance(location, str):
        raise BatonError(f"{place} includes {location!r}, which is no file's name")
    file = folder / location
    # not Path.resolve, which raises of a link to itself
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
        raise BatonError(f"{place} includes {location}, which is outside {folder}")
    try:
        text = read_text(file)
        found = strict_yaml.load(text, strict_yaml.TemplateLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise BatonError(
            f"{place} includes {location}, which cannot be read: {reason(error)}"
        ) from error
    except yaml.YAMLError as error:
        raise BatonError(f"{place} includes {strict_yaml.explain(file, error)}") from error
    if not isinstance(found, dict):
        raise BatonError(f"{place} includes {location}, which holds no mapping")
    return text
