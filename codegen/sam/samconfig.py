"""samconfig.toml holds every environment; rendering one must not touch the others."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from codegen.errors import BatonError


class SamconfigError(BatonError):
    """The samconfig.toml that is there cannot be kept, or the new one is not what was meant."""


def put_environments(existing: bytes | None, rendered: Mapping[str, bytes], path: Path) -> bytes:
    """Put environments' tables into samconfig.toml.

    Parameters
    ----------
    existing:
        The file as it is; None where there is none.
    rendered:
        Environment → a whole samconfig.toml that holds this environment alone.
    path:
        The file, for messages.

    Returns
    -------
    bytes
        The new file: other environments' tables as they were, byte for byte.

    Raises
    ------
    SamconfigError
        The file there is no TOML, or what came out does not hold what was put in.
    """
    if existing is None and len(rendered) == 1:
        return next(iter(rendered.values()))
    try:
        first, *others = rendered.items()
        document = tomlkit.parse((first[1] if existing is None else existing).decode("utf-8"))
        for env, content in others if existing is None else rendered.items():
            one = tomlkit.parse(content.decode())
            document["version"], document[env] = one["version"], one[env]
        result = tomlkit.dumps(document).encode()
        _accept(result, existing or b"", rendered)
    except (TOMLKitError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise SamconfigError(
            f"{path} cannot be kept: {error}", "delete it, and render each environment again"
        ) from error
    return result


def _accept(result: bytes, existing: bytes, rendered: Mapping[str, bytes]) -> None:
    """Read back with another parser what tomlkit put together."""
    meant = tomllib.loads(existing.decode())
    for env, content in rendered.items():
        one = tomllib.loads(content.decode())
        meant |= {"version": one["version"], env: one[env]}
    if tomllib.loads(result.decode()) != meant:
        raise ValueError("its tables are not in one piece")
