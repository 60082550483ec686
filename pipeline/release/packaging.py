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
MAPPING = "BatonArtifacts"  # with a number: which object each turn of a loop has
Objects = Mapping[tuple[Path, str, Key], str]  # template, resource, property → key in the bucket


def package(branch: Branch, objects: Objects, texts: Mapping[tuple[Path, str, Key], str]) -> str:
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
        What is packed cannot be named where the template names it; or the result does not mean what
        the source means.
    """
    work = _Packaging(copy.deepcopy(dict(branch.template.source)), branch)
    for path, turns in _by_place(branch).items():
        work.put(path, turns, objects, texts)
    if branch.packs and BUCKET_PARAMETER not in branch.template.parameters:
        work.declare_bucket()
    text = write_document(work.document)
    written = read_document(text, f"{branch.template.file}, packaged")[0]
    changed = differences(branch.template.source, written)
    if unexpected := [path for path in changed if not work.explains(path)]:
        place = "/".join(map(str, unexpected[0]))
        raise BatonError(
            f"{branch.template.file}: packaging would change {place}, which names nothing local",
            "please report it: no release was made",
        )
    return text


@dataclass(frozen=True)
class _Turn:
    """An artifact, and the values that loops have put in for it."""

    artifact: Artifact
    bindings: Mapping[str, str]


def _by_place(branch: Branch) -> dict[Key, list[_Turn]]:
    """Where each artifact is named in the source: in a loop, several are in one place."""
    found: dict[Key, list[_Turn]] = {}
    for artifact in branch.artifacts:
        origin = branch.template.origins["Resources", artifact.resource]
        place = (*origin.path, "Properties", *artifact.path)
        found.setdefault(place, []).append(_Turn(artifact, origin.bindings))
    return found


@dataclass
class _Packaging:
    document: dict[str, Any]
    branch: Branch
    replaced: list[Key] = field(default_factory=list)

    def explains(self, path: Key) -> bool:
        """Whether packaging has replaced what is at a path, or something around it."""
        return any(path[: len(place)] == place for place in self.replaced)

    def put(
        self,
        place: Key,
        turns: list[_Turn],
        objects: Objects,
        texts: Mapping[tuple[Path, str, Key], str],
    ) -> None:
        """Name an object, or put a text, where the source names a local file."""
        artifact = turns[0].artifact
        names = [(self.branch.path, t.artifact.resource, t.artifact.path) for t in turns]
        if artifact.packaged.form is Form.TEXT:
            self._set_text(place, [texts[name] for name in names], artifact)
            return
        key = self._key(turns, [objects[name] for name in names])
        if artifact.packaged.form is Form.STACK:
            self._set_stack(place, key)
        else:
            self._set(place, _location(artifact.packaged.form, key))
        if "aws:asset:path" in artifact.metadata:
            self._set((*place[: place.index("Properties")], "Metadata", NORMALIZED), True)
        if artifact.packaged.content is Content.TEMPLATE:
            self._pass_bucket(place[: place.index("Properties") + 1], turns)

    def declare_bucket(self) -> None:
        """Give a nested template the parameter that its locations refer to."""
        self._set(("Parameters", BUCKET_PARAMETER), {"Type": "String"})

    def _key(self, turns: list[_Turn], keys: list[str]) -> Any:
        """The key of an object; for a loop with several, by what it loops over."""
        if len(set(keys)) == 1:
            return keys[0]
        names = list(turns[0].bindings)
        for chosen in [(name,) for name in names] + [(a, b) for a in names for b in names if a < b]:
            by_value: dict[tuple[str, ...], set[str]] = {}
            for turn, key in zip(turns, keys, strict=True):
                by_value.setdefault(tuple(turn.bindings[n] for n in chosen), set()).add(key)
            if all(len(found) == 1 for found in by_value.values()):
                return self._mapped(chosen, {k: found.pop() for k, found in by_value.items()})
        raise BatonError(
            f"{turns[0].artifact.resource}: its code differs by more than two loops",
            "write these resources without a loop",
        )

    def _mapped(self, names: tuple[str, ...], keys: Mapping[tuple[str, ...], str]) -> Any:
        """A mapping with a loop's keys, and how it is asked."""
        if self.document.get("Mappings") is None:
            self._set(("Mappings",), {})
        mappings = self.document["Mappings"]
        name = next(
            n for i in range(len(mappings) + 1) if (n := f"{MAPPING}{i + 1}") not in mappings
        )
        table: dict[str, dict[str, str]] = {}
        for values, key in keys.items():
            first, second = values if len(values) > 1 else (values[0], "Key")
            if not (second.isalnum() and first.replace("-", "").replace(".", "").isalnum()):
                raise BatonError(
                    f"a loop whose code differs has the value {first!r} or {second!r}; a mapping's "
                    "key has letters and digits only",
                    "loop over names of letters and digits",
                )
            table.setdefault(first, {})[second] = key
        mappings[name] = table
        self.replaced.append(("Mappings", name))
        asked = [{"Ref": each} for each in names]
        return {"Fn::FindInMap": [name, *asked, *(["Key"] if len(names) == 1 else [])]}

    def _set(self, place: Key, value: Any) -> None:
        node: Any = self.document
        for index, step in enumerate(place[:-1]):
            if isinstance(node, dict) and node.get(step) is None:
                node[step] = {}
                self.replaced.append(place[: index + 1])
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError) as error:
                raise BatonError(
                    f"{self.branch.template.file}: what {'/'.join(map(str, place))} names is made "
                    "by a loop inside of properties, and cannot be replaced there",
                    "write it without that loop",
                ) from error
        node[place[-1]] = value
        self.replaced.append(place)

    def _set_text(self, place: Key, texts: list[str], artifact: Artifact) -> None:
        if len(set(texts)) > 1:
            raise BatonError(
                f"{artifact.resource}: its text differs from turn to turn of a loop",
                "write these resources without a loop",
            )
        beside = (*place[:-1], str(place[-1]).replace("Uri", "Inline"))
        self._set(beside, texts[0])
        self._remove(place)

    def _set_stack(self, place: Key, key: Any) -> None:
        """An application is a stack to SAM; there it may name a template by a reference."""
        resource = self._at(place[:-2])
        properties = dict(resource["Properties"])
        del properties["Location"]
        tags = properties.pop("Tags", None) or {}
        listed = [{"Key": "lambda:createdBy", "Value": "SAM"}]
        listed += [{"Key": name, "Value": value} for name, value in tags.items()]
        self._set((*place[:-2], "Type"), STACK)
        location = _location(Form.HTTPS_URL, key)
        self._set((*place[:-1],), {**properties, "Tags": listed, "TemplateURL": location})

    def _pass_bucket(self, properties: Key, turns: list[_Turn]) -> None:
        """Hand the bucket on to a nested template that needs it."""
        inner = [self.branch.nested[t.artifact.resource, t.artifact.path] for t in turns]
        if not any(branch.packs for branch in inner):
            return
        given = self._at(properties).get("Parameters") or {}
        if given.get(BUCKET_PARAMETER, BUCKET) != BUCKET:
            raise BatonError(
                f"{turns[0].artifact.resource} passes another {BUCKET_PARAMETER} on than its own",
                f"pass !Ref {BUCKET_PARAMETER}, or call that parameter something else",
            )
        self._set((*properties, "Parameters", BUCKET_PARAMETER), BUCKET)

    def _at(self, place: Key) -> Any:
        node: Any = self.document
        for step in place:
            node = node[step]
        return node

    def _remove(self, place: Key) -> None:
        del self._at(place[:-1])[place[-1]]
        self.replaced.append(place)


def _location(form: Form, key: Any) -> Any:
    """How a property says where an object is."""
    if form is Form.BUCKET_KEY:
        return {"Bucket": BUCKET, "Key": key}
    if form is Form.S3_BUCKET_KEY:
        return {"S3Bucket": BUCKET, "S3Key": key}
    start = f"s3://${{{BUCKET_PARAMETER}}}/"
    if form is Form.HTTPS_URL:
        start = f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{BUCKET_PARAMETER}}}/"
    if isinstance(key, str):
        return {"Fn::Sub": start + key}
    return {"Fn::Sub": [start + "${Key}", {"Key": key}]}


def in_one_piece(path: Path, root: Path, key: str = "unpackaged.zip") -> str:
    """A template as it would be packaged, with one object for all that it names: for linters.

    Parameters
    ----------
    path, root:
        The template, and the project that it is in.
    key:
        The object's key.
    """
    template = load_template(path, str(path), root)
    defaults = {n: p.default_value for n, p in template.parameters.items()}
    values = {name: value for name, value in defaults.items() if value is not None}
    tree = load_tree(path, template, root, values)
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
