"""The packaged template means what the source means, but for where the code is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from codegen.errors import BatonError
from codegen.sam.document import read_document
from codegen.sam.template import load_template
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

    assert branch.template.document == read_document(SOURCE, "t")[0]


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
