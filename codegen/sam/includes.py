"""What a template includes from files beside it, put in where it says so.

`Fn::Transform: {Name: AWS::Include, Parameters: {Location: gateway.yaml}}` is CloudFormation's own
way to say it. But CloudFormation takes such a file from S3 only; and SAM adds no authorisation to
an API's body that it does not see. Source: docs.aws.amazon.com/AWSCloudFormation, "AWS::Include".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.reading import is_inside, read_text, reason
from codegen.sam.document import TemplateError, read_document

TRANSFORM, INCLUDE = "Fn::Transform", "AWS::Include"
_REMOTE = re.compile(r"(s3|https?)://")


class Includes:
    """Puts included files into one template.

    Parameters
    ----------
    folder:
        The folder that the template is in: locations are relative to it.
    root:
        The project. Nothing outside of it is included.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def inline(self, node: Any, place: str) -> Any:
        """A copy of a parsed template in which every local include is replaced by its content.

        What is included from S3 stays: it is CloudFormation's to fetch.

        Parameters
        ----------
        place:
            What messages call the node: `template.yaml#` for all of it, and for a piece where that
            is, as in `template.yaml#/Resources/Api`.

        Raises
        ------
        TemplateError
            A file is missing, outside the project, or no mapping, or includes another one; a key
            is in the file and beside the include. Names the place and the file.
        """
        if isinstance(node, list):
            return [self.inline(item, f"{place}/{index}") for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        location = local_include(node)
        kept = {
            key: self.inline(value, f"{place}/{key}")
            for key, value in node.items()
            if location is None or key != TRANSFORM
        }
        if location is None:
            return kept
        included = self._read(location, place)
        if both := sorted(included.keys() & kept.keys()):
            raise TemplateError(
                f"{place} includes {location}, which has {both[0]}; that key is there already",
                "take it out of one of the two",
            )
        return {**included, **kept}

    def _read(self, location: str, place: str) -> Mapping[str, Any]:
        file = self._folder / location
        what = f"{place} includes {location}"
        if not is_inside(file, self._root):
            raise TemplateError(
                f"{what}, which is outside {self._root}", "move it into the project"
            )
        try:
            text = read_text(file)
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"{what}, which cannot be read: {reason(error)}") from error
        found = read_document(text, f"{what}: {file}")[0]
        if not isinstance(found, dict):
            raise TemplateError(f"{what}, which holds no mapping")
        if _includes(found):
            raise TemplateError(
                f"{what}, which includes another file; CloudFormation allows one level",
                "include both files in the template",
            )
        return found


def local_include(node: Mapping[str, Any]) -> str | None:
    """The file that a mapping includes from beside the template; None where it includes none."""
    transform = node.get(TRANSFORM)
    if not isinstance(transform, dict) or transform.get("Name") != INCLUDE:
        return None
    parameters = transform.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    return location if isinstance(location, str) and not _REMOTE.match(location) else None


def _includes(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_includes, node))
    if not isinstance(node, dict):
        return False
    return local_include(node) is not None or any(map(_includes, node.values()))
