"""The types of resources that are known are those of the pinned tools."""

from __future__ import annotations

import pytest
from samtranslator.sdk.resource import SamResourceType

from codegen.contract.resources import bucket_problems, type_problems
from codegen.sam.resource_types import known_types
from codegen.sam.template import parse_template


def types(body: str) -> list[tuple[str, bool]]:
    template = parse_template(f"Resources:\n  A: {body}\n", "template.yaml")
    return [(problem.what, problem.is_note) for problem in type_problems(template)]


def test_every_type_that_sam_transforms_is_known() -> None:
    assert {each.value for each in SamResourceType} <= known_types()
    assert {"AWS::Lambda::Function", "AWS::CloudFormation::Stack"} <= known_types()
    assert len(known_types()) > 1000


@pytest.mark.parametrize(
    "type_",
    ["AWS::SNS::Topic", "AWS::Serverless::HttpApi", "Custom::Thing", "My::Own::Type::MODULE"],
)
def test_a_type_that_there_is_is_taken(type_: str) -> None:
    assert types(f"{{Type: '{type_}'}}") == []


@pytest.mark.parametrize(
    ("body", "said", "is_note"),
    [
        (
            "{Type: AWS::Serverless::Functon}",
            "AWS::Serverless::Functon, which does not exist",
            False,
        ),
        ("{Type: AWS::Serverless::Whatever}", "which does not exist", False),
        ("{Type: AWS::SQS::Queu}", "AWS::SQS::Queu, which does not exist", False),
        ("{Type: aws::sqs::queue}", "", False),
        ("{Type: AWS::NewService::Thing}", "which the installed cfn-lint does not know", True),
        ("{Type: Function}", "'Function', which is no name of a type", False),
        ("{Type: [a]}", "which is no name of a type", False),
        ("{Properties: {}}", "resource A has no Type", False),
    ],
)
def test_a_type_that_there_is_not_is_named(body: str, said: str, is_note: bool) -> None:
    found = types(body)

    if not said:  # a registry's own type may be called so
        assert found == []
        return
    ((what, noted),) = found
    assert said in what
    assert noted is is_note


def test_the_bucket_that_code_is_read_from_must_be_declared() -> None:
    # Given functions with and without code that a release packs
    code = "Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: x}}}"
    none = "Resources: {A: {Type: AWS::SNS::Topic}}"
    declared = f"Parameters: {{ArtifactBucket: {{Type: String}}}}\n{code}"

    # When the parameter is looked for, then it is asked for where it is needed
    asked = [len(list(bucket_problems(parse_template(t, "t")))) for t in (code, none, declared)]
    assert asked == [1, 0, 0]
