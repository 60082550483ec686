"""The local files and folders that a template's resources name, each of which a release packs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.sam.globals import merged_properties
from codegen.sam.intrinsics import Evaluator
from codegen.sam.packaged import ANY, INLINE, PACKAGED, REFUSED, Form, Packaged
from codegen.sam.template import SamTemplate
from codegen.strict_yaml import Key

REMOTE = re.compile(r"(s3|https?)://|\{\{resolve:")
_IMAGE = "its code is a container image, which a release cannot hold"
_AS_ZIP = "write its code to a folder, and set CodeUri and Runtime: PackageType is Zip then"
NORMALIZED = "SamNormalized"  # in a resource's metadata: its asset is in its property
Values = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Artifact:
    """A local file or folder that a resource names.

    Attributes
    ----------
    resource, type:
        The resource's id once loops are written out, and its type.
    packaged:
        The property, as the table of packaged properties has it.
    path:
        The keys that lead to the property from the resource's properties.
    location:
        The file or folder, relative to the template's folder.
    properties, metadata:
        The resource's own, with Globals, and with the values in them that are known.
    """

    resource: str
    type: str
    packaged: Packaged
    path: Key
    location: str
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]

    @property
    def is_in_bucket(self) -> bool:
        """Whether a release has it in the artifact bucket, not in the template's own text."""
        return self.packaged.form is not Form.TEXT


@dataclass(frozen=True)
class Refusal:
    """Something in a template that no release can hold: which resource, why, and the way out."""

    resource: str
    why: str
    remedy: str


def find_artifacts(template: SamTemplate, values: Values) -> Iterator[Artifact | Refusal]:
    """Every local file or folder that a template names, and what cannot be packed.

    Parameters
    ----------
    values:
        Parameter → value, for those that are the same wherever the release goes.
    """
    evaluator = Evaluator(template, values)
    for name, resource in template.resources.items():
        kind = resource.get("Type")
        if not isinstance(kind, str):
            continue
        if kind in REFUSED:
            yield Refusal(name, f"{kind} is not supported: {REFUSED[kind]}", "deploy it apart")
        elif kind in PACKAGED:
            yield from _Resource(template, evaluator, name, kind).look()


class _Resource:
    def __init__(self, template: SamTemplate, evaluator: Evaluator, name: str, kind: str) -> None:
        resource = template.resources[name]
        self._name, self._kind = name, kind
        self._evaluator = evaluator
        self._metadata = _mapping(self._known(resource.get("Metadata")))
        self._raw = _with_asset(merged_properties(template.document, resource), self._metadata)
        known = self._known({k: v for k, v in self._raw.items() if k in _READ})
        self._properties = {**self._raw, **_mapping(known)}

    def look(self) -> Iterator[Artifact | Refusal]:
        if why := self._image():
            yield Refusal(self._name, why, _AS_ZIP)
            return
        for packaged in PACKAGED[self._kind]:
            for path, value in _found(self._properties, packaged.path):
                yield from self._one(packaged, path, value)

    def _one(self, packaged: Packaged, path: Key, value: Any) -> Iterator[Artifact | Refusal]:
        if value is None:
            if not packaged.by_default or self._is_inline():
                return
            value = "."
        known = self._known(value)
        if isinstance(known, str):
            if not REMOTE.match(known):
                yield self._artifact(packaged, path, known)
        elif isinstance(known, dict) and "ApplicationId" in known:
            what = "an application from the Serverless Application Repository is not supported"
            yield Refusal(self._name, what, "save its template in the project; Location: that file")
        elif isinstance(known, dict) and _is_function(known) and not _is_remote(known):
            what = f"{'.'.join(map(str, path))} depends on what only a deployment knows"
            remedy = "write the path; a release is the same in every environment"
            yield Refusal(self._name, what, remedy)

    def _artifact(self, packaged: Packaged, path: Key, location: str) -> Artifact:
        return Artifact(
            self._name,
            self._kind,
            packaged,
            path,
            location,
            self._properties,
            self._metadata,
        )

    def _image(self) -> str:
        code = self._properties.get("Code")
        if self._properties.get("PackageType") == "Image" or "ImageUri" in self._properties:
            return _IMAGE
        return _IMAGE if isinstance(code, dict) and "ImageUri" in code else ""

    def _is_inline(self) -> bool:
        return self._kind in INLINE and self._properties.get(INLINE[self._kind]) is not None

    def _known(self, node: Any) -> Any:
        """A value with what is known put in; as it is, where an intrinsic function fails."""
        try:
            return self._evaluator.resolve(node)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            return node


# The properties that decide how code is built; all others stay as they are written.
_READ = frozenset({"Runtime", "Architectures", "Handler", "PackageType", "ImageUri"}) | {
    "CompatibleRuntimes",
    "CompatibleArchitectures",
}


def _with_asset(properties: Mapping[str, Any], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Properties with the path that the AWS CDK writes into a resource's metadata, as SAM does."""
    path, name = metadata.get("aws:asset:path"), metadata.get("aws:asset:property")
    if metadata.get(NORMALIZED):
        return properties
    if isinstance(path, str) and isinstance(name, str) and "." not in name:
        return {**properties, name: path}
    return properties


def _found(node: Any, path: tuple[str, ...], before: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Each place that a path leads to, and the value there; None where the last key is missing."""
    if not path:
        yield before, node
    elif isinstance(node, dict):
        first, rest = path[0], path[1:]
        keys = list(node) if first == ANY else [first]
        for key in keys:
            if key in node or not rest:
                yield from _found(node.get(key), rest, (*before, key))


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _is_function(node: Mapping[str, Any]) -> bool:
    """Whether a value is an intrinsic function, resolved or not."""
    return any(key == "Ref" or key.startswith("Fn::") for key in node)


def _is_remote(node: Mapping[str, Any]) -> bool:
    """Whether an intrinsic function gives an address: `!Sub s3://${Bucket}/key`."""
    return any(REMOTE.match(text) for text in _texts(node)) or "Fn::ImportValue" in node


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _texts(item)
