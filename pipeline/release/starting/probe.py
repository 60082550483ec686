"""Imports one handler as Lambda's bootstrap does, and reports the result.

Runs in a process of its own, without site-packages. Only the standard library can be used here.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import os
import sys
import traceback
from typing import Any

LONGEST = 1_000  # characters of an exception's text
MOST_NAMES = 500


def look(module: str, attribute: str) -> dict[str, Any]:
    """Import a module, look an attribute up, and say what came of it."""
    if module.split(".")[0] in sys.builtin_module_names:
        return {"outcome": "built-in"}
    try:
        found = importlib.import_module(module)
    except SyntaxError as error:
        is_file = os.path.isfile(error.filename or "")  # noqa: PTH113 - starts faster
        return _syntax(error) if is_file else _other(error)
    except ImportError as error:
        frames = _frames(error)
        name = error.name or ""
        is_handler = isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{name}.")
        if is_handler and name and not frames:
            return {"outcome": "no-module"}
        what = str(error)[:LONGEST]
        return {"outcome": "import", "what": what, "name": name, "frames": frames}
    except BaseException as error:  # noqa: BLE001 - SystemExit too: whatever ends Lambda's init
        return _other(error) | {"defines": _defines(module, attribute)}
    if not hasattr(found, attribute):
        names = [n for n in vars(found) if not n.startswith("_") and callable(vars(found)[n])]
        return {"outcome": "no-attribute", "known": names[:MOST_NAMES]}
    is_callable = callable(getattr(found, attribute))
    return {"outcome": "started" if is_callable else "not-callable"}


def _syntax(error: SyntaxError) -> dict[str, Any]:
    return {"outcome": "syntax", "what": error.msg, "frames": [(error.filename, error.lineno or 1)]}


def _other(error: BaseException) -> dict[str, Any]:
    what = f"{type(error).__name__}: {error}".strip(": ")[:LONGEST]
    return {"outcome": "other", "what": what, "frames": _frames(error)}


def _frames(error: BaseException) -> list[tuple[str, int]]:
    """Where the error was raised, outermost first, without the machinery of imports."""
    own = {__file__, importlib.__file__}
    return [
        (frame.filename, frame.lineno or 1)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in own and not frame.filename.startswith("<frozen ")
    ]


def _defines(module: str, attribute: str) -> bool:
    """Whether a module's text binds a name; yes where that cannot be known."""
    try:
        spec = importlib.util.find_spec(module)
        with open(str(spec and spec.origin), "rb") as file:  # noqa: PTH123
            tree = ast.parse(file.read())
    except (ImportError, OSError, SyntaxError, ValueError, AttributeError):
        return True
    return any(_binds(node, attribute) for node in ast.walk(tree))


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == name
    if isinstance(node, ast.Name):
        return node.id in (name, "globals") and (
            isinstance(node.ctx, ast.Store) or node.id == "globals"
        )
    return isinstance(node, ast.alias) and (
        node.name == "*" or (node.asname or node.name).split(".")[0] == name
    )


def main() -> None:
    """Read what is to be imported from the argument; write the answer to the file named there."""
    request = json.loads(sys.argv[1])
    sys.argv = ["bootstrap"]
    sys.path[:] = [*request["path"], *sys.path]
    answer = look(request["module"], request["attribute"])
    with open(request["answer"], "w") as file:  # noqa: PTH123
        file.write(json.dumps(answer))
    os._exit(0)  # threads that the module has started do not hold it up


if __name__ == "__main__":
    main()
