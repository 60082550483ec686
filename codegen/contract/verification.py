"""What has to be in a SAM template so that a deployment of it can be verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.sam.template import SamTemplate


@dataclass(frozen=True)
class Needs:
    """What the test of a deployed application asks of the template.

    Parameters
    ----------
    by:
        The test, as messages call it.
    parameters, outputs:
        The parameters and outputs that it reads.
    """

    by: str = ""
    parameters: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


NO_NEEDS = Needs()


def need_problems(template: SamTemplate, needs: Needs) -> Iterator[Problem]:
    """Check that the template has all that the test of a deployment reads."""
    there = {
        "Parameters": set(template.parameters),
        "Outputs": set(template.document.get("Outputs") or ()),
    }
    for section, names in (("Parameters", needs.parameters), ("Outputs", needs.outputs)):
        for name in names:
            if name not in there[section]:
                where = Place(template.file, template.lines.get((section,), 1))
                what = f"{needs.by} reads {section}.{name}, which the template does not have"
                yield Problem(Kind.VERIFICATION_BLIND, where, what)
