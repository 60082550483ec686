"""What a unit is planned on while another has no outputs yet, against what that one will have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codegen.place import Place
from codegen.problems import Kind, Problem, beside, hint
from codegen.shown import shown
from codegen.terraform.outputs import Declared, outputs_file
from codegen.terraform.units import MOCKS, Mocks
from codegen.values.origins import MOCK_MARKER


def mock_problems(mocks: Mocks, declared: Declared) -> Iterator[Problem]:
    """Check that the mocks are exactly the modules' outputs, and that each carries the mark."""
    for unit in mocks.values.keys() - declared.keys():
        what = f"there is no module {unit} to mock"
        meant = hint(unit, sorted(declared))
        yield Problem(Kind.MOCK_UNKNOWN, mocks.place(unit), what, hint=meant)
    for unit, outputs in declared.items():
        mocked = mocks.values.get(unit, {})
        for name in outputs.keys() - mocked.keys():
            lines = {each: mocks.place(unit, each).line for each in mocked}
            where = beside(name, lines, MOCKS, mocks.place(unit).line)
            other = Place(outputs_file(unit), outputs[name].line)
            yield Problem(Kind.MOCK_MISSING, where, f"{unit}.{name} is not mocked", other)
        for name, value in mocked.items():
            yield from _mock(mocks, declared, unit, name, value)


def _mock(mocks: Mocks, declared: Declared, unit: str, name: str, value: Any) -> Iterator[Problem]:
    where = mocks.place(unit, name)
    lines = {each: output.line for each, output in declared[unit].items()}
    if name not in lines:
        what = f"{unit}.{name} is mocked, and modules/{unit} declares no such output"
        other = beside(name, lines, outputs_file(unit))
        yield Problem(Kind.MOCK_UNKNOWN, where, what, other, hint=hint(name, sorted(lines)))
    elif not _marked(value):
        what = f"the mock of {unit}.{name} does not carry the mark: {shown(value)}"
        yield Problem(Kind.MOCK_UNMARKED, where, what, Place(outputs_file(unit), lines[name]))


def _marked(value: Any) -> bool:
    """Whether every text in a value carries the mark; what holds no text cannot."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return bool(value) and all(_marked(item) for item in value)
    return isinstance(value, str) and MOCK_MARKER.search(value) is not None
