"""The packaged template is the source template but for where the code is."""

from __future__ import annotations

from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from codegen.errors import BatonError
from pipeline.release.packaging import Code, code_folders, main, package

TEMPLATE = b"""\
# a comment that stays
Parameters:
  ArtifactBucket: {Type: String}
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/api/  # where it is
      Role: !Ref ApiRoleArn
      Layers: [!Ref Desk]
      Description: !Sub "${Environment}: 'quoted'"
  Desk:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/desk/}
  Queue:
    Type: AWS::SQS::Queue
"""
INCLUDE = b"""\
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      Body:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}
"""
KEYS = {"Api": "artifacts/a.zip", "Desk": "artifacts/d.zip"}


def test_the_folders_are_those_of_functions_and_layers() -> None:
    assert code_folders(TEMPLATE) == [
        Code("Api", "functions/api/", is_layer=False),
        Code("Desk", "layers/desk/", is_layer=True),
    ]


def test_only_the_code_is_replaced_tags_and_comments_stay(tmp_path: Path) -> None:
    text = package(TEMPLATE, KEYS, tmp_path).decode()

    assert "CodeUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/a.zip}" in text
    assert "ContentUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/d.zip}" in text
    for kept in (
        "# a comment that stays",
        "Role: !Ref ApiRoleArn",
        "!Sub \"${Environment}: 'quoted'\"",
    ):
        assert kept in text


def test_packaging_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    assert package(TEMPLATE, KEYS, tmp_path) == package(TEMPLATE, KEYS, tmp_path)


def test_what_the_template_includes_is_in_the_package(tmp_path: Path) -> None:
    # Given a template that takes a mapping from a file, texts that look like others among it
    text = "title: {Ref: Name}\nversion: '1.0'\nflag: 'on'\nday: '2026-01-31'\n"
    (tmp_path / "body.yaml").write_text(text)
    included = TEMPLATE + INCLUDE
    # When it is packaged / Then it is whole, and what was text is text to CloudFormation
    packaged = package(included, KEYS, tmp_path)
    assert b"AWS::Include" not in packaged
    assert b"# a comment that stays" in packaged
    expected = {"title": {"Ref": "Name"}, "version": "1.0", "flag": "on", "day": "2026-01-31"}
    assert yaml_parse(packaged.decode())["Resources"]["Rest"]["Properties"]["Body"] == expected


def test_a_missing_include_is_named_with_its_place(tmp_path: Path) -> None:
    place = "sam-app/template.yaml#/Resources/Rest/Properties/Body includes body.yaml"
    with pytest.raises(BatonError, match=place):
        package(TEMPLATE + INCLUDE, KEYS, tmp_path)


def test_linters_see_the_template_in_one_piece_without_its_code(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_bytes(TEMPLATE + INCLUDE)
    (tmp_path / "body.yaml").write_text("title: {Ref: Name}\n")

    main(str(tmp_path), str(tmp_path / "packaged.yaml"))

    seen = yaml_parse((tmp_path / "packaged.yaml").read_text())["Resources"]
    assert seen["Rest"]["Properties"]["Body"] == {"title": {"Ref": "Name"}}
    assert seen["Api"]["Properties"]["CodeUri"]["Key"] == "unpackaged.zip"


def test_a_function_without_a_folder_is_named() -> None:
    with pytest.raises(BatonError, match="Api needs CodeUri to name a folder"):
        code_folders(TEMPLATE.replace(b"functions/api/", b"{Bucket: b, Key: k}"))
