"""The service's `verify`: whether it can be run, and whether the template has what it reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.project import FILE, VERIFY, VerifyNeeds
from codegen.sam.template import SamTemplate


def need_problems(template: SamTemplate, needs: VerifyNeeds) -> Iterator[Problem]:
    """Check that the template has all that `verify` reads."""
    there = {
        "Parameters": set(template.parameters),
        "Outputs": set(template.document.get("Outputs") or ()),
    }
    for section, names in (("Parameters", needs.parameters), ("Outputs", needs.outputs)):
        for name in names:
            if name not in there[section]:
                where = Place(template.file, template.lines.get((section,), 1))
                what = f"{VERIFY} reads {section}.{name} ({FILE}), which the template does not have"
                yield Problem(Kind.VERIFICATION_BLIND, where, what)


def executable_problems(root: Path) -> Iterator[Problem]:
    """Check that there is a `verify`, and that it can be executed."""
    path = root / VERIFY
    if not path.exists():
        yield Problem(Kind.VERIFICATION_MISSING, None, f"there is no {VERIFY}")
    elif not path.is_file() or not os.access(path, os.X_OK):
        what = "it is not an executable file"
        yield Problem(Kind.VERIFICATION_UNUSABLE, Place(VERIFY, 1), what)
