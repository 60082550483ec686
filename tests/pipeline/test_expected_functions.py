"""What a release says of its functions: any alias or none, and a revision where it is published."""

from __future__ import annotations

import pytest

from codegen.sam.template import parse_template
from pipeline.deployed.differences import code_sha256
from pipeline.deployed.expected import ExpectedFunction, aliases, expected_functions

HEX = "4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2"
CODE = code_sha256(f"artifacts/{HEX}.zip")
GIVEN = {"Alias": "current", "ApiRevision": "rev-1", "Extra": "no", "Stored": "/a/name"}
HEAD = """
Parameters:
  Alias: {Type: String}
  ApiRevision: {Type: String}
  Extra: {Type: String}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>"}
Conditions:
  WithExtra: !Equals [!Ref Extra, "yes"]
  WithStored: !Equals [!Ref Stored, "yes"]
"""


def expected(properties: str, head: str = "", **resource: str) -> dict[str, ExpectedFunction]:
    """The functions of a template whose one function has these properties."""
    kind = resource.pop("Type", "AWS::Serverless::Function")
    more = "".join(f"    {key}: {value}\n" for key, value in resource.items())
    text = (
        f"{HEAD}{head}\nResources:\n  Api:\n    Type: {kind}\n{more}    Properties: {properties}\n"
    )
    template = parse_template(text, "template.yaml")
    return expected_functions(template, GIVEN, {"AWS::StackName": "desk-dev"})


PACKED = f"CodeUri: {{Bucket: any, Key: artifacts/{HEX}.zip}}"


@pytest.mark.parametrize(
    ("given", "alias"),
    [
        ("", None),
        ("AutoPublishAlias: live", "live"),
        ("AutoPublishAlias: Blue_1", "Blue_1"),
        ("AutoPublishAlias: !Ref Alias", "current"),
        ('AutoPublishAlias: !Sub "${Alias}-x"', "current-x"),
        ("AutoPublishAlias: !If [WithExtra, live, !Ref 'AWS::NoValue']", None),
        ("AutoPublishAlias: ''", None),
    ],
)
def test_an_alias_of_any_name_or_none_is_found(given: str, alias: str | None) -> None:
    found = expected(f"{{{PACKED}, {given}}}")

    assert found["Api"].alias == alias
    assert aliases(found) == ({"Api": alias} if alias else {})


def test_an_alias_may_come_from_the_globals() -> None:
    head = "Globals: {Function: {AutoPublishAlias: !Ref Alias}}"

    assert expected(f"{{{PACKED}}}", head)["Api"].alias == "current"


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ("", None),
        ("VersionDescription: !Ref ApiRevision", "rev-1"),
        ("VersionDescription: fixed", "fixed"),
        ("VersionDescription: !Sub 'of ${AWS::StackName}: ${ApiRevision}'", "of desk-dev: rev-1"),
        ("VersionDescription: !GetAtt Queue.Arn", None),  # only a deployment knows it
    ],
)
def test_a_versions_description_is_what_the_template_makes_it(
    given: str, description: str | None
) -> None:
    assert expected(f"{{{PACKED}, {given}}}")["Api"].description == description


@pytest.mark.parametrize(
    ("properties", "kind", "code"),
    [
        (f"{{{PACKED}}}", "AWS::Serverless::Function", CODE),
        (
            f"{{Code: {{S3Bucket: any, S3Key: artifacts/{HEX}.zip}}}}",
            "AWS::Lambda::Function",
            CODE,
        ),
        ("{InlineCode: 'def handler(e, c): 1'}", "AWS::Serverless::Function", None),
        ("{Code: {ZipFile: 'x'}}", "AWS::Lambda::Function", None),
        ("{CodeUri: {Bucket: theirs, Key: a.zip}}", "AWS::Serverless::Function", None),
        ("{CodeUri: s3://theirs/a.zip}", "AWS::Serverless::Function", None),
        ("{PackageType: Image, ImageUri: i}", "AWS::Serverless::Function", None),
    ],
)
def test_code_is_compared_where_it_is_an_artifact_of_the_release(
    properties: str, kind: str, code: str | None
) -> None:
    assert expected(properties, Type=kind)["Api"].code == code


def test_a_function_whose_condition_does_not_hold_is_not_expected() -> None:
    assert expected(f"{{{PACKED}}}", Condition="WithExtra") == {}


@pytest.mark.parametrize("deployed", [set(), {"Api"}])
def test_where_a_condition_is_known_to_the_deployment_alone_the_stack_decides(
    deployed: set[str],
) -> None:
    # Given a condition on a stored parameter, whose value CloudFormation looks up
    text = f"{HEAD}\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n"
    text += f"    Condition: WithStored\n    Properties: {{{PACKED}}}\n"

    # When its functions are listed, Then it is as the stack has it
    found = expected_functions(parse_template(text, "t"), GIVEN, {}, deployed)
    assert set(found) == deployed
