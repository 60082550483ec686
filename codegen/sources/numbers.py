"""Numbers that an output may hold: those that JSON, Terraform and Python all keep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from codegen.strict_yaml import LONGEST_NUMBER


def number_problem(value: Any) -> str | None:
    """Why a value cannot be handed over, where it is or holds a number that no reader keeps.

    JSON has no infinity, but Python reads 1e999 as one. Terraform keeps 512 bits of a number, and
    Python writes none of more than 4,300 digits.
    """
    for number in _numbers(value):
        if isinstance(number, float) and not math.isfinite(number):
            return f"is or holds {number}, or a number too large to be kept"
        if abs(number) >= 10**LONGEST_NUMBER:
            return f"is or holds a number of more than {LONGEST_NUMBER} digits"
    return None


def _numbers(value: Any) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
