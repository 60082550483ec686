"""`[tool.baton]` in pyproject.toml: what a project tells the tool about itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from codegen.errors import BatonError
from codegen.reading import read_text, reason

FILE = "pyproject.toml"
VERIFY = "sam-app/verify"  # the service's own smoke test, an executable
VERIFICATION = "sam-app/verification"  # the folder for what it uses


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

    verify: VerifyNeeds = VerifyNeeds()


def load_project_file(root: Path) -> ProjectFile:
    """Read the table of a checkout or an unpacked release; defaults where it does not exist.

    Raises
    ------
    BatonError
        The file is not TOML, or the table has an unknown key or a value of another type.
    """
    path = root / FILE
    if not path.is_file():  # a release that was built before it was packed
        return ProjectFile()
    try:
        tables = tomllib.loads(read_text(path)).get("tool", {})
    except (OSError, UnicodeDecodeError) as error:
        raise BatonError(f"{FILE}: {reason(error)}", f"correct {FILE}") from error
    except tomllib.TOMLDecodeError as error:
        raise BatonError(f"{FILE}: not TOML: {error}", f"correct {FILE}") from error
    if not isinstance(tables, dict):
        raise BatonError(f"{FILE}: [tool] is not a table", f"correct {FILE}")
    try:
        return ProjectFile.model_validate(tables.get("baton", {}))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, ("tool", "baton", *first["loc"])))
        raise BatonError(f"{FILE}: {name}: {first['msg']}", f"correct {FILE}") from error
