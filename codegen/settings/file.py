"""One file of settings as it was written: its values, and the line of every key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen import strict_yaml
from codegen.errors import SettingsError
from codegen.place import Place
from codegen.reading import read_text, reason
from codegen.strict_yaml import Key

REMEDY = "docs/settings.md says what each key may be"


@dataclass(frozen=True)
class SettingsFile:
    """A file's settings.

    Parameters
    ----------
    path:
        Where it is.
    values:
        What it says.
    lines:
        The line, counted from 1, of each key by its path: ("network", "cidr") → 5.
    """

    path: Path
    values: dict[str, Any]
    lines: dict[Key, int]

    def place(self, key: Key) -> str:
        """Where a key is, as `path:line`; where it is missing, what would hold it."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return f"{self.path}:{self.lines[key[:length]]}"
        return str(self.path)


def read(path: Path) -> SettingsFile:
    """Read a file of settings strictly.

    Raises
    ------
    SettingsError
        It is missing, not UTF-8, no YAML, has a key twice or a tag, or holds no mapping.
    """
    try:
        text = read_text(path)
        values, lines = strict_yaml.load_with_lines(text, strict_yaml.SettingsLoader)
    except FileNotFoundError as error:
        raise SettingsError(f"{path} is missing", REMEDY) from error
    except (OSError, UnicodeDecodeError) as error:
        place = Place(str(path), 1)
        raise SettingsError(f"{path} cannot be read: {reason(error)}", REMEDY).at(place) from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        place = Place(str(path), line)
        raise SettingsError(strict_yaml.explain(path, error), REMEDY).at(place) from error
    if not isinstance(values, dict):
        raise SettingsError(f"{path} holds no mapping of settings", REMEDY)
    return SettingsFile(path, values, lines)
