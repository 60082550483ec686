"""The packaged template: the source template in one piece, its code folders replaced by S3 objects.

`CodeUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/<sha256>.zip}`: the bucket is a parameter,
so the packaged template's bytes are the same in every environment.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, TaggedScalar
from ruamel.yaml.error import YAMLError

from codegen.errors import BatonError
from pipeline.includes import inline_includes

TEMPLATE = "sam-app/template.yaml"
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


def package(template: bytes, keys: dict[str, str], folder: Path) -> bytes:
    """Replace every code folder by its object, and every include by what it names.

    Parameters
    ----------
    template:
        The source template.
    keys:
        Resource id → key in the artifact bucket, one for each of `code_folders`.
    folder:
        The folder that the source template's includes are files of.

    Raises
    ------
    BatonError
        As `code_folders` and `inline_includes`.
    """
    yaml = _yaml()
    document = _load(yaml, template)
    for name, properties, prop in _packed_resources(document):
        bucket = TaggedScalar(BUCKET_PARAMETER, tag="!Ref")
        location = CommentedMap([("Bucket", bucket), ("Key", keys[name])])
        location.fa.set_flow_style()
        properties[prop] = location
    inline_includes(document, folder, yaml.load, f"{TEMPLATE}#")
    buffer = io.BytesIO()
    yaml.dump(document, buffer)
    return buffer.getvalue()


def main(folder: str, file: str) -> None:
    """Write what linters are to see: the template in one piece, with code that is nowhere.

    Parameters
    ----------
    folder, file:
        Where the source template is, and where the packaged one goes.
    """
    template = (Path(folder) / "template.yaml").read_bytes()
    keys = {code.resource: "unpackaged.zip" for code in code_folders(template)}
    Path(file).write_bytes(package(template, keys, Path(folder)))


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
        raise BatonError(f"{TEMPLATE} is not YAML: {problem}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise BatonError(f"{TEMPLATE} has no Resources")
    return document


def _packed_resources(document: Any) -> Iterator[tuple[str, Any, str]]:
    for name, resource in document.get("Resources", {}).items():
        prop = CODE_PROPERTY.get(resource.get("Type"))
        if prop is None:
            continue
        properties = resource.get("Properties") or {}
        if not isinstance(properties.get(prop), str):
            raise BatonError(
                f"{TEMPLATE}: {name} needs {prop} to name a folder, it has {properties.get(prop)!r}"
            )
        yield name, properties, prop


if __name__ == "__main__":
    main(*sys.argv[1:])
