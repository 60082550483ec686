"""The packaged template: the source in one piece, its local files replaced by objects in S3.

`CodeUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/<sha256>.zip}`: the bucket is a parameter,
so the packaged template's bytes are the same in every environment.

It is written from the parsed source, not edited: no folding, quoting or comment can change a value.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.sam.artifacts import NORMALIZED, Artifact
from codegen.sam.document import differences, read_document, write_document
from codegen.sam.packaged import BUCKET_PARAMETER, STACK, Content, Form
from codegen.sam.template import load_template
from codegen.sam.tree import Branch, load_tree
from codegen.strict_yaml import Key

BUCKET = {"Ref": BUCKET_PARAMETER}
Named = Mapping[tuple[Path, str, Key], str]  # template, resource, property → what is there


def package(branch: Branch, objects: Named, texts: Named) -> str:
    """The text of a packaged template.

    Parameters
    ----------
    branch:
        The template.
    objects:
        The key in the artifact bucket of everything that it names.
    texts:
        Of what is put into the template itself, the text.

    Raises
    ------
    BatonError
        A nested stack passes another bucket on; or the result does not mean what the source means.
    """
    work = _Packaging(copy.deepcopy(dict(branch.template.document)), branch)
    for artifact in branch.artifacts:
        name = (branch.path, artifact.resource, artifact.path)
        if artifact.packaged.form is Form.TEXT:
            work.put_text(artifact, texts[name])
        else:
            work.put(artifact, objects[name])
    if branch.packs and BUCKET_PARAMETER not in branch.template.parameters:
        work.declare_bucket()
    text = write_document(work.document)
    written = read_document(text, f"{branch.template.file}, packaged")[0]
    changed = differences(branch.template.document, written)
    if unexpected := [path for path in changed if not work.explains(path)]:
        place = "/".join(map(str, unexpected[0]))
        raise BatonError(
            f"{branch.template.file}: packaging would change {place}, which names nothing local",
            "please report it: no release was made",
        )
    return text


@dataclass
class _Packaging:
    document: dict[str, Any]
    branch: Branch
    _replaced: list[Key] = field(default_factory=list)

    def explains(self, path: Key) -> bool:
        """Whether packaging has replaced what is at a path, or something around it."""
        return any(path[: len(place)] == place for place in self._replaced)

    def put(self, artifact: Artifact, key: str) -> None:
        """Name an object where the source names a local file."""
        resource = ("Resources", artifact.resource)
        if artifact.packaged.form is Form.STACK:
            self._set_stack(resource, key)
        else:
            place = (*resource, "Properties", *artifact.path)
            self._set(place, _location(artifact.packaged.form, key))
        if "aws:asset:path" in artifact.metadata:
            self._set((*resource, "Metadata", NORMALIZED), True)
        if artifact.packaged.content is Content.TEMPLATE:
            self._pass_bucket(artifact)

    def put_text(self, artifact: Artifact, text: str) -> None:
        """Put a file's text in where the source names the file."""
        properties = ("Resources", artifact.resource, "Properties")
        *above, last = artifact.path
        self._set((*properties, *above, str(last).replace("Uri", "Inline")), text)
        del self._at((*properties, *above))[last]
        self._replaced.append((*properties, *artifact.path))

    def declare_bucket(self) -> None:
        """Give a nested template the parameter that its locations refer to."""
        self._set(("Parameters", BUCKET_PARAMETER), {"Type": "String"})

    def _set(self, place: Key, value: Any) -> None:
        node: Any = self.document
        for index, step in enumerate(place[:-1]):
            if isinstance(node, dict) and node.get(step) is None:
                node[step] = {}
                self._replaced.append(place[: index + 1])
            node = node[step]
        node[place[-1]] = value
        self._replaced.append(place)

    def _set_stack(self, resource: Key, key: str) -> None:
        """An application is a stack to SAM; there it may name a template by a reference."""
        properties = dict(self._at(resource)["Properties"])
        del properties["Location"]
        tags = properties.pop("Tags", None) or {}
        listed = [{"Key": "lambda:createdBy", "Value": "SAM"}]
        listed += [{"Key": name, "Value": value} for name, value in tags.items()]
        location = _location(Form.HTTPS_URL, key)
        self._set((*resource, "Type"), STACK)
        self._set(
            (*resource, "Properties"), {**properties, "Tags": listed, "TemplateURL": location}
        )

    def _pass_bucket(self, artifact: Artifact) -> None:
        """Hand the bucket on to a nested template that needs it."""
        inner = self.branch.nested.get((artifact.resource, artifact.path))
        if inner is None or not inner.packs:
            return
        properties = ("Resources", artifact.resource, "Properties")
        given = self._at(properties).get("Parameters") or {}
        if given.get(BUCKET_PARAMETER, BUCKET) != BUCKET:
            raise BatonError(
                f"{artifact.resource} passes another {BUCKET_PARAMETER} on than its own",
                f"pass !Ref {BUCKET_PARAMETER}, or call that parameter something else",
            )
        self._set((*properties, "Parameters", BUCKET_PARAMETER), BUCKET)

    def _at(self, place: Key) -> Any:
        node: Any = self.document
        for step in place:
            node = node[step]
        return node


def _location(form: Form, key: str) -> dict[str, Any]:
    """How a property says where an object is."""
    if form is Form.BUCKET_KEY:
        return {"Bucket": BUCKET, "Key": key}
    if form is Form.S3_BUCKET_KEY:
        return {"S3Bucket": BUCKET, "S3Key": key}
    start = f"s3://${{{BUCKET_PARAMETER}}}/"
    if form is Form.HTTPS_URL:
        start = f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{BUCKET_PARAMETER}}}/"
    return {"Fn::Sub": start + key}


def source_tree(path: Path, root: Path) -> Branch:
    """A template and those that it nests, as the defaults of its parameters decide.

    Parameters
    ----------
    path, root:
        The template, and the project that it is in.
    """
    template = load_template(path, str(path), root)
    defaults = {n: p.default_value for n, p in template.parameters.items()}
    values = {name: value for name, value in defaults.items() if value is not None}
    return load_tree(path, template, root, values)


def in_one_piece(path: Path, root: Path, key: str = "unpackaged.zip") -> str:
    """A template as it would be packaged, with one object for all that it names: for linters.

    Parameters
    ----------
    path, root:
        The template, and the project that it is in.
    key:
        The object's key.
    """
    tree = source_tree(path, root)
    named = [(path, artifact.resource, artifact.path) for artifact in tree.artifacts]
    return package(tree, dict.fromkeys(named, key), dict.fromkeys(named, ""))


def main(folder: str, file: str) -> None:
    """Write what linters are to see.

    Parameters
    ----------
    folder, file:
        Where the source template is, and where the packaged one goes.
    """
    text = in_one_piece(Path(folder) / "template.yaml", Path(folder).resolve().parent)
    Path(file).write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
