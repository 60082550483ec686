"""`[tool.baton]` in pyproject.toml: what a project tells the tool about itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codegen.errors import SettingsError
from codegen.place import Place
from codegen.reading import read_text, reason

FILE = "pyproject.toml"
VERIFY = "sam-app/verify"  # the service's own smoke test, an executable
VERIFICATION = "sam-app/verification"  # the folder for what it uses


class Generated(BaseModel):
    """Files of the project that a command of the project writes from its code.

    Parameters
    ----------
    files:
        The files, relative to the project's root.
    command:
        Writes them. With `--check` after it, it writes nothing, prints a line for each file that is
        stale, and exits 1 where there is one, else 0.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: tuple[str, ...] = Field(min_length=1)
    command: tuple[str, ...] = Field(min_length=1)


class VerifyNeeds(BaseModel):
    """What the service's `verify` reads of a deployed stack.

    Parameters
    ----------
    parameters, outputs:
        Names in the SAM template. `baton check` refuses a template without them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    parameters: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class ProjectFile(BaseModel):
    """The table `[tool.baton]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generated: tuple[Generated, ...] = ()
    verify: VerifyNeeds = VerifyNeeds()


def load_project_file(root: Path) -> ProjectFile:
    """Read the table of a checkout or an unpacked release; defaults where it does not exist.

    Raises
    ------
    SettingsError
        The file is not TOML, or the table has an unknown key or a value of another type.
    """
    path = root / FILE
    if not path.exists():  # a release that was built before it was packed
        return ProjectFile()
    try:
        tables = tomllib.loads(read_text(path)).get("tool", {})
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(reason(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise _invalid(f"it is not TOML: {error}") from error
    if not isinstance(tables, dict):
        raise _invalid("tool is not a table")
    try:
        return ProjectFile.model_validate(tables.get("baton", {}))
    except ValidationError as error:
        problems = (
            f"{'.'.join(map(str, ('tool', 'baton', *each['loc'])))}: {each['msg']}"
            for each in error.errors()
        )
        raise _invalid("; ".join(problems)) from error


def tool_table(root: Path) -> str:
    """The table as TOML, without the rest of the file: a linter's settings change no release.

    Raises
    ------
    SettingsError
        As `load_project_file`.
    """
    load_project_file(root)
    table = tomlkit.parse(read_text(root / FILE)).get("tool", {}).get("baton")
    return tomlkit.dumps({"tool": {"baton": table}}) if table is not None else ""


def _invalid(what: str) -> SettingsError:
    return SettingsError(f"{FILE}: {what}", f"correct [tool.baton] in {FILE}").at(Place(FILE, 1))
