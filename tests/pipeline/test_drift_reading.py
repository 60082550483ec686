"""What is deployed, read on moto: the stack, its functions, their versions, alias and $LATEST."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from codegen.errors import BatonError, NotEligibleError
from pipeline.deployed.functions import DeployedFunction, read_functions
from pipeline.deployed.stack import (
    FUNCTION,
    LAYER,
    VERSION,
    Resource,
    published_versions,
    read_resources,
    read_stack,
)
from pipeline.inspect.drift.reading import _verified, read_drift
from pipeline.release.manifest import TEMPLATE as FILE
from tests.pipeline.builders import environment, record

if TYPE_CHECKING:
    import boto3

DEV = environment("dev", account_id="123456789012")  # moto's account
NAME = "desk-dev-api"
TEMPLATE = {
    "Parameters": {"Memory": {"Type": "Number"}},
    "Resources": {
        "ApiRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "api",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            },
        },
        "Api": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": NAME,
                "Code": {"ZipFile": "handler = None"},
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["ApiRole", "Arn"]},
                "Runtime": "python3.13",
                "MemorySize": {"Ref": "Memory"},
            },
        },
    },
}


@pytest.fixture
def deployed(session: boto3.Session) -> boto3.Session:
    """An environment with a stack of one function, whose alias leads to version 1."""
    session.client("cloudformation").create_stack(
        StackName=DEV.stack_name,
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": "Memory", "ParameterValue": "512"}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    functions = session.client("lambda")
    functions.publish_version(FunctionName=NAME, Description="rev-1")
    functions.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    return session


def _api(session: boto3.Session, **aliases: str) -> DeployedFunction:
    resources = read_resources(session.client("cloudformation"), DEV)
    named = aliases or {"Api": "live"}
    return read_functions(session.client("lambda"), DEV, resources, named)["Api"]


def test_where_there_is_no_stack_there_is_none_to_read(session: boto3.Session) -> None:
    assert read_stack(session.client("cloudformation"), DEV) is None


def test_a_stack_is_read_with_its_status_and_parameters(deployed: boto3.Session) -> None:
    stack = read_stack(deployed.client("cloudformation"), DEV)

    assert stack is not None
    assert stack.status == "CREATE_COMPLETE"
    assert stack.parameters == {"Memory": "512"}


def test_an_edit_by_hand_is_in_latest_and_not_in_the_version(deployed: boto3.Session) -> None:
    # Given a function that was edited in the console
    deployed.client("lambda").update_function_configuration(
        FunctionName=NAME, MemorySize=1024, Environment={"Variables": {"DEBUG": "1"}}
    )

    # When it is read
    api = _api(deployed)

    # Then the version behind the alias is as it was published, and $LATEST as it was edited
    assert api.live is not None
    assert api.latest is not None
    assert (api.live["Version"], api.live["MemorySize"]) == ("1", 512)
    assert (api.latest["Version"], api.latest["MemorySize"]) == ("$LATEST", 1024)
    assert api.latest["Environment"]["Variables"] == {"DEBUG": "1"}


def test_the_share_of_another_version_is_read(deployed: boto3.Session) -> None:
    functions = deployed.client("lambda")
    assert _api(deployed).weights == {}

    functions.update_alias(
        FunctionName=NAME, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}}
    )

    assert _api(deployed).weights == {"2": 0.1}


def test_an_alias_that_is_gone_leads_to_no_version(deployed: boto3.Session) -> None:
    deployed.client("lambda").delete_alias(FunctionName=NAME, Name="live")

    api = _api(deployed)

    assert api.live is None
    assert api.latest is not None


def test_a_function_that_is_gone_is_still_the_stacks(deployed: boto3.Session) -> None:
    deployed.client("lambda").delete_function(FunctionName=NAME)

    assert _api(deployed) == DeployedFunction(NAME, "live", None, None, {}, None)


def test_an_alias_of_any_name_is_read(deployed: boto3.Session) -> None:
    # Given a second version, under an alias of another name
    functions = deployed.client("lambda")
    functions.update_function_configuration(FunctionName=NAME, MemorySize=1024)
    functions.publish_version(FunctionName=NAME, Description="rev-2")
    functions.create_alias(FunctionName=NAME, Name="current", FunctionVersion="2")

    # When the release says which one is its, Then that one is read
    versions = [_api(deployed, Api=name).live or {} for name in ("live", "current")]
    assert [each["Description"] for each in versions] == ["rev-1", "rev-2"]


def test_a_function_that_has_no_alias_in_the_release_is_read_by_latest(
    deployed: boto3.Session,
) -> None:
    # Given that the release gives this function no alias, whatever Lambda has
    api = _api(deployed, Other="live")

    assert (api.alias, api.live, api.weights) == (None, None, {})
    assert api.latest is not None


def test_the_stacks_own_version_of_a_function_is_known() -> None:
    resources = [
        Resource("Layer", LAYER, "arn:aws:lambda:us-east-1:111111111111:layer:shared:9"),
        Resource("V", VERSION, f"arn:aws:lambda:us-east-1:111111111111:function:{NAME}:12"),
    ]

    assert published_versions(resources) == {NAME: "12"}


def _read(session: boto3.Session, root: Path) -> Any:
    target: Any = SimpleNamespace(name="local", session=lambda _: session)
    checkout: Any = SimpleNamespace(root=root, home=root, releases=root, environments=lambda: [DEV])
    return read_drift(checkout, target, DEV)


def test_without_a_verified_release_there_is_nothing_to_compare_with(
    session: boto3.Session, tmp_path: Path
) -> None:
    with pytest.raises(NotEligibleError, match="no release has been verified in dev yet") as raised:
        _read(session, tmp_path)
    assert raised.value.remedy == "./baton build"


def test_a_verified_release_without_a_stack_cannot_be_told(
    session: boto3.Session, tmp_path: Path
) -> None:
    # Given a record, and a stack that somebody has deleted
    s3, promoted = session.client("s3"), record(1, "c" * 64)
    s3.create_bucket(Bucket=DEV.artifact_bucket)
    s3.put_object(Bucket=DEV.artifact_bucket, Key=promoted.key, Body=promoted.to_bytes())

    # When drift is looked for, Then the message says what is missing and how to get it back
    with pytest.raises(BatonError, match="the stack desk-dev is not there") as raised:
        _read(session, tmp_path)
    assert raised.value.remedy == "./baton promote dev cccccccccccc"


def test_the_environment_decides_the_pseudo_parameters(tmp_path: Path) -> None:
    # Given a release and an environment
    (tmp_path / FILE).write_text(json.dumps(TEMPLATE))
    folder: Any = SimpleNamespace(path=tmp_path)

    # When what was verified is put together, Then the template's own words for both are known
    pseudo = _verified(DEV, folder, record(1, "c" * 64)).pseudo
    assert pseudo["AWS::Region"] == "us-east-1"
    assert pseudo["AWS::AccountId"] == "123456789012"
    assert pseudo["AWS::StackName"] == "desk-dev"


def test_variables_that_may_not_be_decrypted_are_an_error_and_no_drift(
    session: boto3.Session,
) -> None:
    # Given a function whose variables Lambda may not decrypt for this profile
    client = session.client("lambda")
    refused = {"ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt"}
    answer = {"FunctionName": NAME, "KMSKeyArn": "arn:key", "Environment": {"Error": refused}}
    lambda_: Any = SimpleNamespace(
        exceptions=client.exceptions,
        get_function_configuration=lambda **_: answer,
        get_alias=lambda **_: {},
    )

    # When it is read, Then the message says what is missing, and not that all variables are gone
    with pytest.raises(BatonError, match="unable to decrypt") as raised:
        read_functions(lambda_, DEV, [Resource("Api", FUNCTION, NAME)], {})
    assert raised.value.remedy == (
        "allow the profile 'desk-dev' kms:Decrypt with the function's key arn:key"
    )
