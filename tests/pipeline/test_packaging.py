"""The packaged template means what the source means, but for where the code is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from codegen.errors import BatonError
from codegen.sam.document import read_document
from codegen.sam.template import SamTemplate, load_template
from codegen.sam.tree import Branch, load_tree
from pipeline.release import packaging
from pipeline.release.packaging import in_one_piece, main, package

SOURCE = """\
# a comment
Parameters:
  ArtifactBucket: {Type: String}
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/api/  # where it is
      Runtime: python3.13
      Role: !Ref ApiRoleArn
      Layers: [!Ref Desk]
      Description: !Sub "${Environment}: 'quoted'"
  Desk:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/desk/}
  Queue:
    Type: AWS::SQS::Queue
"""
OBJECT = "artifacts/a.zip"


def tree(folder: Path, text: str = SOURCE) -> Branch:
    path = folder / "template.yaml"
    path.write_text(text)
    return load_tree(path, load_template(path), folder, {})


def packaged(branch: Branch, keys: dict[str, str] | None = None) -> str:
    found = {
        (branch.path, a.resource, a.path): (keys or {}).get(a.resource, OBJECT)
        for a in branch.artifacts
    }
    return package(branch, found, {})


def test_only_the_code_is_replaced(tmp_path: Path) -> None:
    # Given a template with code / When it is packaged / Then all else is as SAM reads the source
    written = yaml_parse(packaged(tree(tmp_path)))
    expected = yaml_parse(SOURCE)
    bucket = {"Ref": "ArtifactBucket"}
    expected["Resources"]["Api"]["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": OBJECT}
    expected["Resources"]["Desk"]["Properties"]["ContentUri"] = {"Bucket": bucket, "Key": OBJECT}
    assert written == expected


def test_packaging_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    once = packaged(tree(tmp_path))
    assert packaged(tree(tmp_path)) == once
    # and what is packaged has nothing left to pack
    assert packaged(tree(tmp_path, once)) == once


def test_a_packaged_template_that_means_something_else_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a writer that changes a value which has nothing to do with the code
    def wrong(document: Any) -> str:
        return real(document).replace("'quoted'", "quoted")

    real = packaging.write_document
    monkeypatch.setattr(packaging, "write_document", wrong)

    # When a template is packaged / Then that place is named, and there is no release
    place = "would change Resources/Api/Properties/Description/Fn::Sub, which names nothing local"
    with pytest.raises(BatonError, match=place):
        packaged(tree(tmp_path))


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    branch = tree(tmp_path)
    packaged(branch)

    assert branch.template.source == read_document(SOURCE, "t")[0]


LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {ArtifactBucket: {Type: String}}
Mappings: {BatonArtifacts1: {mine: {a: b}}}
Resources:
  Fn::ForEach::Outer:
    - A
    - [a, b]
    - Fn::ForEach::Inner:
        - B
        - [x, y]
        - L${A}${B}:
            Type: AWS::Lambda::LayerVersion
            Properties: {Content: "code"}
"""


@pytest.mark.parametrize(
    ("keys", "mapping", "asked"),
    [
        # the outer loop alone decides, then the inner one, then both
        (
            {"Lax": "1", "Lay": "1", "Lbx": "2", "Lby": "2"},
            {"a": {"Key": "1"}, "b": {"Key": "2"}},
            [{"Ref": "A"}, "Key"],
        ),
        (
            {"Lax": "1", "Lay": "2", "Lbx": "1", "Lby": "2"},
            {"x": {"Key": "1"}, "y": {"Key": "2"}},
            [{"Ref": "B"}, "Key"],
        ),
        (
            {"Lax": "1", "Lay": "2", "Lbx": "3", "Lby": "4"},
            {"a": {"x": "1", "y": "2"}, "b": {"x": "3", "y": "4"}},
            [{"Ref": "A"}, {"Ref": "B"}],
        ),
    ],
)
def test_a_loop_is_asked_for_its_code_by_what_decides_it(
    tmp_path: Path, keys: dict[str, str], mapping: Any, asked: Any
) -> None:
    # Given loops whose turns have other code / When they are packaged
    written = packaged(tree(tmp_path, LOOP), keys)
    # Then a mapping has it, under a name that is free, and each turn is given its own
    document = read_document(written, "t")[0]
    assert document["Mappings"] == {
        "BatonArtifacts1": {"mine": {"a": "b"}},
        "BatonArtifacts2": mapping,
    }
    fragment = document["Resources"]["Fn::ForEach::Outer"][2]["Fn::ForEach::Inner"][2]
    content = fragment["L${A}${B}"]["Properties"]["Content"]
    assert content == {
        "S3Bucket": {"Ref": "ArtifactBucket"},
        "S3Key": {"Fn::FindInMap": ["BatonArtifacts2", *asked]},
    }
    assert _keys(load_written(tmp_path, written)) == keys


def load_written(folder: Path, text: str) -> SamTemplate:
    (folder / "packaged.yaml").write_text(text)
    return load_template(folder / "packaged.yaml")


def _keys(template: SamTemplate) -> dict[str, str]:
    layers = template.resources.items()
    return {name: layer["Properties"]["Content"]["S3Key"] for name, layer in layers}


@pytest.mark.parametrize(
    ("text", "keys", "says"),
    [
        (LOOP.replace("[x, y]", "[x.1, y]"), {"Lax.1": "2"}, "has letters and digits only"),
        (
            LOOP.replace("L${A}${B}", "Fn::ForEach::I", 1)
            .replace(
                'Type: AWS::Lambda::LayerVersion\n            Properties: {Content: "code"}',
                "X",
            )
            .replace(
                "I:\n            X",
                'I: [C, [m, n], {"L${A}${B}${C}": {Type: '
                "AWS::Lambda::LayerVersion, Properties: {Content: c}}}]",
            ),
            {"Laxm": "1", "Layn": "2", "Lbxn": "3"},
            "differs by more than two loops",
        ),
    ],
)
def test_code_that_no_mapping_can_name_is_refused(
    tmp_path: Path, text: str, keys: dict[str, str], says: str
) -> None:
    with pytest.raises(BatonError, match=says):
        packaged(tree(tmp_path, text), keys)


def test_linters_see_the_template_in_one_piece_without_its_code(tmp_path: Path) -> None:
    include = """
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      Body:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}
"""
    (tmp_path / "template.yaml").write_text(SOURCE.rstrip() + include)
    (tmp_path / "body.yaml").write_text("title: {Ref: Name}\n")

    main(str(tmp_path), str(tmp_path / "packaged.yaml"))

    seen = yaml_parse((tmp_path / "packaged.yaml").read_text())["Resources"]
    assert seen["Rest"]["Properties"]["Body"] == {"title": {"Ref": "Name"}}
    assert seen["Api"]["Properties"]["CodeUri"]["Key"] == "unpackaged.zip"
    whole = in_one_piece(tmp_path / "template.yaml", tmp_path, "code.zip")
    assert "Key: code.zip" in whole
