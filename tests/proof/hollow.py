"""Python tests that claim a proof and may show nothing: that are skipped, have no case, or no body.

Both kinds pass or are passed over in a run of pytest, so the claim must be refused where it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

_LEAVE_OUT = {"skip", "skipif", "xfail", "importorskip", "skipIf", "skipUnless", "SkipTest"}
_CASES = {"parametrize": ("argvalues", 1), "fixture": ("params", None)}  # keyword, position


def hollow(module: ast.Module, proving: Collection[ast.FunctionDef]) -> Iterator[tuple[int, str]]:
    """Line and reason of each doubt, in what the proving tests of a file can use of it.

    Parameters
    ----------
    module:
        The file.
    proving:
        Its tests that claim something; the others may do as they like.
    """
    if not proving:
        return
    for function in proving:
        if all(_says_nothing(statement) for statement in function.body):
            yield function.lineno, "`proves` on a test without a body; write it first"
    for node in _shared(module, proving):
        name = _name(node)
        if name in _LEAVE_OUT:
            line = getattr(node, "lineno", 0)
            yield line, f"`{name}` beside `proves`: what is not run is no proof; take one away"
        if isinstance(node, ast.Call) and _has_no_case(module, node):
            yield node.lineno, "no cases beside `proves`: such a test is not run; give it one"


def _shared(module: ast.Module, proving: Collection[ast.FunctionDef]) -> Iterator[ast.AST]:
    for node in module.body:
        a_test = isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if not a_test or node in proving:  # helpers and fixtures can leave a test out, too
            yield from ast.walk(node)


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant)
    return isinstance(statement, ast.Pass)


def _has_no_case(module: ast.Module, call: ast.Call) -> bool:
    if (name := _name(call.func)) not in _CASES:
        return False
    keyword, position = _CASES[name]
    given = [each.value for each in call.keywords if each.arg == keyword]
    if position is not None:
        given += call.args[position : position + 1]
    return any(_empty(_meant(module, value)) for value in given)


def _meant(module: ast.Module, value: ast.expr) -> ast.expr:
    """What a name stands for, where the file says so."""
    for node in module.body if isinstance(value, ast.Name) else ():
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if _name(value) in map(_name, targets):
                return node.value
    return value


def _empty(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return not value.elts
    return isinstance(value, ast.Dict) and not value.keys


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
