"""The template's resources: of types that there are, with what their deployment needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from codegen.place import Place
from codegen.problems import Kind, Problem
from codegen.sam.artifacts import Artifact, find_artifacts
from codegen.sam.globals import SERVERLESS
from codegen.sam.packaged import BUCKET_PARAMETER
from codegen.sam.references import unknown_references
from codegen.sam.resource_types import known_types
from codegen.sam.template import SamTemplate
from codegen.shown import shown

_TYPE = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9]+)+|Custom::[\w@-]+", re.ASCII)
# Types of these come from AWS alone, so that a name which is nearly one of theirs is misspelled.
_OF_AWS = ("AWS::", "Alexa::")
_NEARLY = 0.9


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


def bucket_problems(template: SamTemplate) -> Iterator[Problem]:
    """Check that the template declares the bucket that its packaged form takes code from."""
    if not lacks_bucket(template):
        return
    where = Place(template.file, template.lines.get(("Parameters",), 1))
    packed = ", ".join(_packed(template)) or "a release"
    what = f"{packed}: its code is in the bucket {BUCKET_PARAMETER}, which is not a parameter"
    yield Problem(Kind.BUCKET_UNDECLARED, where, what)


def lacks_bucket(template: SamTemplate) -> bool:
    """Whether code is, or will be, in the bucket, and the template does not declare it."""
    if BUCKET_PARAMETER in template.parameters:
        return False
    named = (name for _, name in unknown_references(template))
    return bool(_packed(template)) or BUCKET_PARAMETER in named


def _packed(template: SamTemplate) -> list[str]:
    """The resources whose code a release puts into the bucket."""
    found = find_artifacts(template, {})
    packed = (each for each in found if isinstance(each, Artifact) and each.is_in_bucket)
    return list(dict.fromkeys(each.resource for each in packed))
