"""The packaged template: the source template with its code folders replaced by S3 objects.

`CodeUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/<sha256>.zip}`: the bucket is a parameter,
so the packaged template's bytes are the same in every environment.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, TaggedScalar
from ruamel.yaml.error import YAMLError

from codegen.errors import BatonError

CODE_PROPERTY = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
BUCKET_PARAMETER = "ArtifactBucket"


@dataclass(frozen=True)
class Code:
    """A folder of code that a resource names: the resource's id, and the folder as written."""

    resource: str
    folder: str
    is_layer: bool


def code_folders(template: bytes) -> list[Code]:
    """The folders that the source template packs, in its order.

    Raises
    ------
    BatonError
        A function or layer names no folder.
    """
    return [
        Code(name, str(properties[prop]), is_layer=prop == "ContentUri")
        for name, properties, prop in _packed_resources(_load(_yaml(), template))
    ]


def package(template: bytes, keys: dict[str, str]) -> bytes:
    """Replace every code folder by its object.

    Parameters
    ----------
    template:
        The source template.
    keys:
        Resource id → key in the artifact bucket, one for each of `code_folders`.
    """
    yaml = _yaml()
    document = _load(yaml, template)
    for name, properties, prop in _packed_resources(document):
        bucket = TaggedScalar(BUCKET_PARAMETER, tag="!Ref")
        location = CommentedMap([("Bucket", bucket), ("Key", keys[name])])
        location.fa.set_flow_style()
        properties[prop] = location
    buffer = io.BytesIO()
    yaml.dump(document, buffer)
    return buffer.getvalue()


def _yaml() -> YAML:
    yaml = YAML()  # round trip: tags, comments and order stay, so the result can be read
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _load(yaml: YAML, template: bytes) -> Any:
    try:
        document = yaml.load(template)
    except YAMLError as error:
        problem = " ".join(str(error).split())
        raise BatonError(f"sam-app/template.yaml is not YAML: {problem}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise BatonError("sam-app/template.yaml has no Resources")
    return document


def _packed_resources(document: Any) -> Iterator[tuple[str, Any, str]]:
    for name, resource in document.get("Resources", {}).items():
        prop = CODE_PROPERTY.get(resource.get("Type"))
        if prop is None:
            continue
        properties = resource.get("Properties") or {}
        if not isinstance(properties.get(prop), str):
            raise BatonError(
                f"sam-app/template.yaml: {name} needs {prop} to name a folder, "
                f"it has {properties.get(prop)!r}"
            )
        yield name, properties, prop
