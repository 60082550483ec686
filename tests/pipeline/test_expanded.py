"""A template that cannot be expanded is named, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.release.expansion import expand_template


def test_a_file_that_is_no_template_is_named(tmp_path: Path) -> None:
    # Given a file that is no template / When it is expanded / Then it is named
    file = tmp_path / "other.yaml"
    file.write_text("a: 1")
    with pytest.raises(BatonError, match=r"other\.yaml: not a SAM template"):
        expand_template(file, {})


def test_what_sam_refuses_is_passed_on(tmp_path: Path) -> None:
    # Given a template that SAM refuses / When it is expanded / Then its reason is passed on
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: a/}}}")
    with pytest.raises(BatonError, match=r"SAM refuses .*\[A\]"):
        expand_template(file, {})


def test_what_the_template_includes_is_expanded_with_it(tmp_path: Path) -> None:
    # Given an API whose body is in a file of its own, without which SAM adds no key to it
    (tmp_path / "body.yaml").write_text(
        "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n"
    )
    file = tmp_path / "template.yaml"
    file.write_text("""
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth: {ApiKeyRequired: true}
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}
""")
    # When it is expanded / Then it has the file's routes, and what SAM adds to them
    body = expand_template(file, {})["Resources"]["Api"]["Properties"]["Body"]
    assert body["paths"]["/a"]["get"]["security"] == [{"api_key": []}]


def test_an_include_that_is_missing_is_named(tmp_path: Path) -> None:
    # Given a template that includes what is not there / When it is expanded / Then it is named
    file = tmp_path / "template.yaml"
    file.write_text(
        "Resources: {A: {Type: T, Properties: {Fn::Transform: "
        "{Name: AWS::Include, Parameters: {Location: b.yaml}}}}}"
    )
    with pytest.raises(
        BatonError, match=r"template\.yaml#/Resources/A/Properties includes b\.yaml"
    ):
        expand_template(file, {})
