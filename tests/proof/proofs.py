"""What tests say they prove: a marker in Python, a comment above a run of `terraform test`.

Both are read and not run, so that a proof is known without the engines that its test needs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.proof import hcl
from tests.proof.hollow import hollow
from tests.proof.levels import Level, level_of

_CLAIM = re.compile(r"^[ \t]*#[ \t]*proves\b:?(?P<rows>.*)$", re.MULTILINE)
_ABOVE_A_RUN = re.compile(r'\nrun "(?P<name>[^"]+)"')


@dataclass(frozen=True)
class Proof:
    """One test and the rows that it proves."""

    file: str
    test: str
    rows: tuple[str, ...]

    @property
    def level(self) -> Level:
        """How near to AWS the proof is: where the test stands says so."""
        return level_of(PurePosixPath(self.file))


class MisplacedProofError(ValueError):
    """A proof is claimed in a place or a form in which it counts for nothing, or shows nothing."""


def collect(root: Path) -> list[Proof]:
    """Every proof of a checkout, by file and place in the file.

    Raises
    ------
    MisplacedProofError
        As `in_python` and `in_terraform`.
    """
    proofs: list[Proof] = []
    for file in sorted(root.glob("tests/**/test_*.py")):
        proofs += in_python(file.relative_to(root).as_posix(), file.read_text("utf-8"))
    for file in sorted(root.glob("modules/*/tests/*.tftest.hcl")):
        proofs += in_terraform(file.relative_to(root).as_posix(), file.read_text("utf-8"))
    return proofs


def in_python(file: str, source: str) -> list[Proof]:
    """The proofs of a test file: `pytest.mark.proves(...)` on a function, or on the whole file.

    Raises
    ------
    MisplacedProofError
        A marker is neither on a test function nor in `pytestmark`, does not name rows as plain
        texts, or is on a test that may be left out, has no case, or has no body.
    """
    module = ast.parse(source)
    on_all = [mark for node in module.body for mark in _on_the_file(node)]
    read = list(on_all)
    proofs: list[Proof] = []
    proving: list[ast.FunctionDef] = []
    for function in module.body:
        if not isinstance(function, ast.FunctionDef) or not function.name.startswith("test_"):
            continue
        own = _claims(function.decorator_list)
        read += own
        rows = tuple(row for mark in [*on_all, *own] for row in _rows_of(file, mark))
        if rows:
            proofs.append(Proof(file, function.name, rows))
            proving.append(function)
    _refuse_others(file, module, read)
    for line, why in hollow(module, proving):
        raise MisplacedProofError(f"{file}:{line}: {why}")
    return proofs


def in_terraform(file: str, source: str) -> list[Proof]:
    """The proofs of a file of `terraform test`: `# proves: N7, M2` directly above a run.

    Raises
    ------
    MisplacedProofError
        Such a comment is not directly above a run, or is not in this form; or the run neither
        asserts nor expects a failure.
    """
    proofs = []
    read = hcl.without_blocks(source)
    for claim in _CLAIM.finditer(source):
        run = _ABOVE_A_RUN.match(read, claim.end())
        line = source.count("\n", 0, claim.start()) + 1
        if run is None:
            raise MisplacedProofError(f"{file}:{line}: `proves` counts directly above a run")
        if not re.fullmatch(r"#[ ]proves:( [^ ,]+,)* [^ ,]+", claim[0]):
            raise MisplacedProofError(f"{file}:{line}: write it as `# proves: N7, M2`")
        if not hcl.checks(source, run.end()):
            raise MisplacedProofError(f"{file}:{line}: the run below asserts nothing; let it")
        rows = tuple(row.strip() for row in claim["rows"].split(","))
        proofs.append(Proof(file, run["name"], rows))
    return proofs


def _on_the_file(node: ast.stmt) -> list[ast.Call]:
    if not isinstance(node, ast.Assign) or ast.unparse(node.targets[0]) != "pytestmark":
        return []
    return _claims(node.value.elts if isinstance(node.value, ast.List) else [node.value])


def _refuse_others(file: str, module: ast.Module, read: list[ast.Call]) -> None:
    known = [mark.func for mark in read]
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "proves" and node not in known:
            raise MisplacedProofError(f"{file}:{node.lineno}: `proves` counts on test functions")


def _claims(nodes: list[ast.expr]) -> list[ast.Call]:
    return [
        node
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "proves"
    ]


def _rows_of(file: str, mark: ast.Call) -> Iterator[str]:
    for argument in mark.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise MisplacedProofError(f"{file}:{mark.lineno}: `proves` takes ids as plain texts")
        yield argument.value
    if mark.keywords or not mark.args:
        raise MisplacedProofError(f"{file}:{mark.lineno}: `proves` takes one or more ids")
