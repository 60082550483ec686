"""The template's resources: of types that there are, with what their deployment needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.sam.references import SERVERLESS
from codegen.sam.resource_types import known_types
from codegen.sam.template import SamTemplate
from codegen.shown import shown

_TYPE = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9]+)+|Custom::[\w@-]+", re.ASCII)
# Types of these come from AWS alone, so that a name which is nearly one of theirs is misspelled.
_OF_AWS = ("AWS::", "Alexa::")
_NEARLY = 0.9
# The packaged template takes code from the bucket that this parameter names.
BUCKET = "ArtifactBucket"
NEEDED = frozenset({BUCKET})
_CODE = ("CodeUri", "ContentUri")


def type_problems(template: SamTemplate) -> Iterator[Problem]:
    """Check that each resource's type is one that SAM or CloudFormation takes."""
    for name, resource in template.resources.items():
        if name.startswith("Fn::"):  # a transform or a loop, which makes resources
            continue
        place = Place(template.file, template.lines.get(("Resources", name), 1))
        type_ = resource.get("Type")
        if type_ is None:
            yield Problem(Kind.RESOURCE_UNKNOWN, place, f"resource {name} has no Type")
        elif not isinstance(type_, str) or not _TYPE.fullmatch(type_):
            what = f"resource {name} has the type {shown(type_)}, which is no name of a type"
            yield Problem(Kind.RESOURCE_UNKNOWN, place, what)
        elif type_.startswith(_OF_AWS) and known_types() and type_ not in known_types():
            yield _unknown(name, type_, place)


def _unknown(name: str, type_: str, place: Place) -> Problem:
    of_sam = type_.startswith(SERVERLESS)
    known = sorted(each for each in known_types() if each.startswith(SERVERLESS) or not of_sam)
    close = get_close_matches(type_, known, n=1, cutoff=0.6 if of_sam else _NEARLY)
    what = f"resource {name} has the type {type_}, which does not exist"
    if close or of_sam:
        meant = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
        return Problem(Kind.RESOURCE_UNKNOWN, place, what, hint=meant)
    what = f"resource {name} has the type {type_}, which the installed cfn-lint does not know"
    return Problem(Kind.RESOURCE_UNCHECKED, place, what)


def needed_problems(template: SamTemplate) -> Iterator[Problem]:
    """Check that the template declares what its packaged form refers to."""
    if BUCKET in template.parameters or not any(map(_has_code, template.resources.values())):
        return
    where = Place(template.file, template.lines.get(("Parameters",), 1))
    what = f"parameter {BUCKET} is not declared: a release's code is read from the bucket it names"
    remedy = (
        f"declare {BUCKET}: {{Type: String}} in Parameters, and render it in "
        "codegen/templates/parameters.yaml.j2"
    )
    yield Problem(Kind.PARAMETER_MISSING, where, what, remedy=remedy)


def _has_code(resource: Any) -> bool:
    properties = resource.get("Properties")
    return isinstance(properties, dict) and any(key in properties for key in _CODE)
