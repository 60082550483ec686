"""An application's templates: the one that is deployed, and those that it nests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.reading import real
from codegen.sam.artifacts import Artifact, Refusal, Values, find_artifacts
from codegen.sam.intrinsics import scalar_text
from codegen.sam.packaged import Content
from codegen.sam.parameter import typed_value
from codegen.sam.template import SamTemplate, load_template
from codegen.strict_yaml import Key


@dataclass(frozen=True)
class Branch:
    """A template and those that it nests.

    Attributes
    ----------
    path:
        The file; its folder is what the template's locations are relative to.
    artifacts, refusals:
        What it names that is packed, and what no release can hold.
    nested:
        The template behind each artifact that is one.
    unreadable:
        Why a nested template could not be read, with the resource that names it.
    """

    path: Path
    template: SamTemplate
    values: Values
    artifacts: tuple[Artifact, ...]
    refusals: tuple[Refusal, ...]
    nested: Mapping[tuple[str, Key], Branch] = field(default_factory=dict)
    unreadable: tuple[tuple[Artifact, BatonError], ...] = ()

    @property
    def all(self) -> Iterator[Branch]:
        """This template, then each that it nests."""
        yield self
        for branch in self.nested.values():
            yield from branch.all

    @property
    def packs(self) -> bool:
        """Whether it, or a template that it nests, has anything in the artifact bucket."""
        return any(each.is_in_bucket for each in self.artifacts)


def load_tree(path: Path, template: SamTemplate, root: Path, values: Values) -> Branch:
    """Find everything that a template names, and read the templates that it nests.

    Parameters
    ----------
    path, template:
        The template's file, and what is in it.
    root:
        The project: messages call files by their place in it.
    values:
        The parameters whose values are known.
    """
    return _branch(path, template, root, values, (real(path),))


def _branch(
    path: Path, template: SamTemplate, root: Path, values: Values, above: tuple[Path, ...]
) -> Branch:
    found = list(find_artifacts(template, values))
    artifacts = tuple(each for each in found if isinstance(each, Artifact))
    nested: dict[tuple[str, Key], Branch] = {}
    unreadable: list[tuple[Artifact, BatonError]] = []
    for artifact in artifacts:
        if artifact.packaged.content is not Content.TEMPLATE:
            continue
        try:
            nested[artifact.resource, artifact.path] = _nested(artifact, path, root, above)
        except BatonError as error:
            unreadable.append((artifact, error))
    refusals = tuple(each for each in found if isinstance(each, Refusal))
    return Branch(path, template, values, artifacts, refusals, nested, tuple(unreadable))


def _nested(artifact: Artifact, path: Path, root: Path, above: tuple[Path, ...]) -> Branch:
    file = path.parent / artifact.location
    if real(file) in above:
        raise BatonError(f"{artifact.location} nests itself")
    template = load_template(file, _shown(file, root), root)
    values = _passed(template, artifact.properties.get("Parameters"))
    return _branch(file, template, root, values, (*above, real(file)))


def _passed(template: SamTemplate, parameters: Any) -> dict[str, str | list[str]]:
    """What a nested template's parameters are known to be: given by its stack, or the default."""
    given = parameters if isinstance(parameters, dict) else {}
    found: dict[str, str | list[str]] = {}
    for name, parameter in template.parameters.items():
        value = given.get(name, parameter.default)
        if isinstance(value, str | int | float):
            found[name] = typed_value(parameter.type, scalar_text(value) or "")
    return found


def _shown(file: Path, root: Path) -> str:
    inside = real(file)
    return str(inside.relative_to(real(root)) if inside.is_relative_to(real(root)) else file)
