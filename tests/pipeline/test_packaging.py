"""The packaged template is the source template but for where the code is."""

from __future__ import annotations

import pytest

from codegen.errors import BatonError
from pipeline.release.packaging import Code, code_folders, package

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


def test_the_folders_are_those_of_functions_and_layers() -> None:
    assert code_folders(TEMPLATE) == [
        Code("Api", "functions/api/", is_layer=False),
        Code("Desk", "layers/desk/", is_layer=True),
    ]


def test_only_the_code_is_replaced_tags_and_comments_stay() -> None:
    text = package(TEMPLATE, {"Api": "artifacts/a.zip", "Desk": "artifacts/d.zip"}).decode()

    assert "CodeUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/a.zip}" in text
    assert "ContentUri: {Bucket: !Ref ArtifactBucket, Key: artifacts/d.zip}" in text
    for kept in (
        "# a comment that stays",
        "Role: !Ref ApiRoleArn",
        "!Sub \"${Environment}: 'quoted'\"",
    ):
        assert kept in text


def test_packaging_twice_gives_the_same_bytes() -> None:
    keys = {"Api": "artifacts/a.zip", "Desk": "artifacts/d.zip"}

    assert package(TEMPLATE, keys) == package(TEMPLATE, keys)


def test_a_function_without_a_folder_is_named() -> None:
    with pytest.raises(BatonError, match="Api needs CodeUri to name a folder"):
        code_folders(TEMPLATE.replace(b"functions/api/", b"{Bucket: b, Key: k}"))
