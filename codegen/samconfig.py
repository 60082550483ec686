"""samconfig.toml holds every environment; rendering one must not touch the others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from codegen.errors import BatonError


class SamconfigError(BatonError):
    """The samconfig.toml that is there cannot be kept, or the new one is not what was meant."""


def put_environment(existing: bytes | None, rendered: bytes, env: str, path: Path) -> bytes:
    """Put one environment's tables into samconfig.toml.

    Parameters
    ----------
    existing:
        The file as it is; None where there is none.
    rendered:
        A whole samconfig.toml that holds this environment alone.
    env:
        Whose tables these are.
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
    if existing is None:
        return rendered
    try:
        document = tomlkit.parse(existing.decode("utf-8"))
        document["version"] = tomlkit.parse(rendered.decode())["version"]
        document[env] = tomlkit.parse(rendered.decode())[env]
        result = tomlkit.dumps(document).encode()
        _accept(result, existing, rendered, env)
    except (TOMLKitError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise SamconfigError(
            f"{path} cannot be kept: {error}", "delete it, and render each environment again"
        ) from error
    return result


def _accept(result: bytes, existing: bytes, rendered: bytes, env: str) -> None:
    """Read back with another parser what tomlkit put together."""
    after, before = tomllib.loads(result.decode()), tomllib.loads(existing.decode())
    meant = tomllib.loads(rendered.decode())
    if after != {**before, "version": meant["version"], env: meant[env]}:
        raise ValueError("its tables are not in one piece")
