"""The functions as they would be deployed: what Terraform decided, and each setting on and off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from codegen.sam.intrinsics import Evaluator
from codegen.sam.template import SamTemplate
from desk.runtime import settings
from tests.codegen.builders import KEY_ID
from tests.service.template.deployed import ENVIRONMENTS, PARTS, Deployed, deployed

INSIGHTS = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"
CANARY = "Linear10PercentEvery1Minute"


def functions(stack: Deployed) -> list[dict[str, Any]]:
    return [stack.properties(f"{part}Function") for part in PARTS]


@pytest.mark.proves("A1")
@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("part", PARTS)
def test_a_function_is_what_terraform_decided(name: str, part: str) -> None:
    # Given an environment's stack / When a function is read
    stack = deployed(name)
    function = stack.properties(f"{part}Function")
    prefix = f"desk-{name}"
    # Then name, role, log group, subnets and security group are those of the outputs
    assert function["FunctionName"] == f"{prefix}-{part.lower()}"
    assert function["Role"] == (
        f"arn:aws:iam::{stack.environment.account_id}:role/{prefix}-{part.lower()}"
    )
    assert function["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{prefix}-{part.lower()}"
    assert function["VpcConfig"] == {
        "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    assert function["Architectures"] == ["arm64"]
    # And its size is the settings'
    settings = stack.environment.functions.model_dump()
    assert function["MemorySize"] == str(settings[f"{part.lower()}_memory_mb"])
    assert function["Timeout"] == str(settings[f"{part.lower()}_timeout_s"])


@pytest.mark.proves("A3")
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_version_goes_with_the_deployment_that_is_rolled_back(name: str) -> None:
    # Given the published versions / When it is read what becomes of those that are taken away
    stack = deployed(name)
    versions = [e for e in stack.resources.values() if e["Type"] == "AWS::Lambda::Version"]
    # Then they are deleted: Lambda refuses to publish again what is still there
    assert [each["DeletionPolicy"] for each in versions] == ["Delete"] * 3


def test_the_api_knows_its_revision() -> None:
    # Given the API function / When its variable is read / Then it is what the version is called
    stack = deployed()
    variables = stack.properties("ApiFunction")["Environment"]["Variables"]
    assert variables["REVISION"] == stack.parameters["ApiRevision"]


@pytest.mark.parametrize(
    ("part", "model"),
    [
        ("Api", settings.ApiSettings),
        ("Processor", settings.ProcessorSettings),
        ("Scheduled", settings.ScheduledSettings),
    ],
)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_function_is_told_what_it_reads_and_no_more(
    name: str, part: str, model: type[settings.Settings]
) -> None:
    # Given a function's variables, as an environment has them, but for what CloudFormation fills in
    stack = deployed(name)
    found = stack.properties(f"{part}Function")["Environment"]["Variables"]
    own = {"AWS::StackName": stack.environment.stack_name}
    variables = Evaluator(SamTemplate("expanded", {}, {}, {}, {}, {}), own).resolve(found)
    # When the function reads them / Then all that it wants is there, and of the form it wants
    read = settings.read(model, variables)
    # And there is nothing that it does not read, beside what Powertools does
    assert {*variables} - {"POWERTOOLS_LOG_LEVEL"} == {key.upper() for key in asdict(read)}


@pytest.mark.proves("D5")
def test_each_function_knows_what_is_its_own_of_topic_bus_bucket_and_secrets() -> None:
    # Given the functions' variables / When what they lead to is read
    api, processor, scheduled = (each["Environment"]["Variables"] for each in functions(deployed()))
    arn = "arn:aws:{}:us-east-1:111111111111:{}"
    # Then each leads to this environment's own
    assert api["PAGE_TOKEN_SECRET_ARN"] == arn.format(
        "secretsmanager", "secret:desk-dev/page-token-a1"
    )
    assert processor["NOTIFICATIONS_TOPIC_ARN"] == arn.format("sns", "desk-dev-notifications")
    assert processor["EVENT_BUS_NAME"] == "desk-dev-events"
    assert processor["DATA_BUCKET_NAME"] == "desk-dev-111111111111-data"
    assert scheduled["DATA_BUCKET_NAME"] == "desk-dev-111111111111-data"
    assert scheduled["WEBHOOK_SECRET_ARN"] == arn.format(
        "secretsmanager", "secret:desk-dev/webhook-a1"
    )


@pytest.mark.parametrize("url", [None, "https://hooks.example.com:8443/desk"])
def test_the_outside_system_is_told_where_the_setting_says(url: str | None) -> None:
    # Given an address as a setting, or none / When the variable is read / Then it is that, or empty
    stack = deployed(integration={"webhook_url": url})
    variables = stack.properties("ScheduledFunction")["Environment"]["Variables"]
    assert variables["WEBHOOK_URL"] == (url or "")


@pytest.mark.proves("K1")
def test_with_a_customers_key_variables_are_encrypted_with_it() -> None:
    # Given the setting, on / When the functions are read / Then each names the key
    keyed = functions(deployed(encryption={"customer_key": True}))
    key = f"arn:aws:kms:us-east-1:111111111111:key/{KEY_ID}"
    assert [each["KmsKeyArn"] for each in keyed] == [key] * 3


@pytest.mark.proves("K1")
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_without_a_customers_key_none_is_named(name: str) -> None:
    # Given the setting, off / When the functions are read / Then the property is not there
    assert [each for each in functions(deployed(name)) if "KmsKeyArn" in each] == []


@pytest.mark.proves("A1")
@pytest.mark.parametrize("part", PARTS)
def test_concurrency_is_reserved_for_the_function_that_says_so(part: str) -> None:
    # Given one function's reservation / When all are read
    reserved = {f"{part.lower()}_reserved_concurrency": 7}
    stack = deployed(functions=reserved)
    found = [each.get("ReservedConcurrentExecutions") for each in functions(stack)]
    # Then that one has it, and the others do not have the property
    assert found == ["7" if each == part else None for each in PARTS]


@pytest.mark.proves("A11")
@pytest.mark.parametrize(("setting", "mode"), [(True, "Active"), (False, "PassThrough")])
def test_tracing_is_a_setting_of_functions_and_stage(setting: bool, mode: str) -> None:
    # Given tracing on or off / When functions and stage are read / Then both follow
    stack = deployed(functions={"tracing": setting})
    assert [each["TracingConfig"]["Mode"] for each in functions(stack)] == [mode] * 3
    assert stack.properties("Apiv1Stage")["TracingEnabled"] is setting


@pytest.mark.proves("A10")
def test_insights_are_one_layer_more() -> None:
    # Given the layer's ARN as a setting / When the functions are read / Then it is their third
    stack = deployed(functions={"insights_layer_arn": INSIGHTS})
    assert [each["Layers"][2:] for each in functions(stack)] == [[INSIGHTS]] * 3


@pytest.mark.proves("A10")
@pytest.mark.parametrize(("name", "there"), [("dev", False), ("staging", False), ("prod", True)])
def test_only_prod_has_insights(name: str, there: bool) -> None:
    # Given an environment as it is / When its layers are read / Then only prod has one more
    assert [len(each["Layers"]) == 3 for each in functions(deployed(name))] == [there] * 3


@pytest.mark.proves("A3")
@pytest.mark.parametrize("part", PARTS)
def test_a_canary_shifts_each_alias_and_stops_on_its_alarm(part: str) -> None:
    # Given a canary as a setting / When alias and deployment group are read
    stack = deployed(functions={"canary": CANARY})
    group = stack.properties(f"{part}FunctionDeploymentGroup")
    update = stack.resources[f"{part}FunctionAliaslive"]["UpdatePolicy"]
    # Then CodeDeploy updates the alias, as the setting says, with the role from the outputs
    assert update["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {
        "Ref": f"{part}FunctionDeploymentGroup"
    }
    assert group["DeploymentConfigName"] == f"CodeDeployDefault.Lambda{CANARY}"
    assert group["ServiceRoleArn"] == "arn:aws:iam::111111111111:role/desk-dev-codedeploy"
    # And it goes back when this function's alarm goes off
    alarm = f"desk-dev-{part.lower()}-errors"
    assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": alarm}]}
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


@pytest.mark.proves("A3")
@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("target", ["local", "aws"])
def test_only_prod_on_aws_has_a_canary(name: str, target: str) -> None:
    # Given an environment as it is / When what belongs to CodeDeploy is looked for
    stack = deployed(name, target)
    kinds = [each["Type"] for each in stack.resources.values()]
    updated = [each for each in stack.resources.values() if "UpdatePolicy" in each]
    # Then it is there in prod on AWS, and nothing of it anywhere else
    shifted = name == "prod" and target == "aws"
    assert kinds.count("AWS::CodeDeploy::Application") == (1 if shifted else 0)
    assert kinds.count("AWS::CodeDeploy::DeploymentGroup") == (3 if shifted else 0)
    assert len(updated) == (3 if shifted else 0)


def test_the_local_target_has_no_insights() -> None:
    # Given prod for the local target / When layers are read / Then there are the stack's own only
    assert [len(each["Layers"]) for each in functions(deployed("prod", "local"))] == [2, 2, 2]


@pytest.mark.proves("A3")
@pytest.mark.parametrize("part", PARTS)
def test_the_alias_moves_with_the_revision_only(part: str) -> None:
    # Given a deployment / When a parameter that no version carries is changed, then the revision
    stack = deployed()
    other_throttle = _version(stack, part, ThrottleRate="51")
    other_revision = _version(stack, part, **{f"{part}Revision": "d" * 64})
    # Then only the revision makes another version
    assert other_throttle == _version(stack, part)
    assert other_revision != _version(stack, part)


@pytest.mark.proves("A3")
@pytest.mark.parametrize(
    ("settings", "moved"),
    [
        ({"functions": {"api_memory_mb": 1024}}, [True, False, False]),
        ({"functions": {"insights_layer_arn": INSIGHTS}}, [True, True, True]),
        ({"encryption": {"customer_key": True}}, [True, True, True]),
        ({"integration": {"webhook_url": "https://example.com"}}, [False, False, True]),
        # these are no part of a version, and Lambda refuses to publish what is the same
        ({"functions": {"api_reserved_concurrency": 5}}, [False, False, False]),
        ({"functions": {"canary": CANARY}}, [False, False, False]),
        ({"functions": {"nightly_schedule": "rate(1 day)"}}, [False, False, False]),
        ({"api": {"auth": "iam"}}, [False, False, False]),
    ],
)
def test_a_setting_moves_the_aliases_whose_versions_carry_it(
    settings: dict[str, Any], moved: list[bool]
) -> None:
    # Given a deployment / When a setting is changed / Then the right functions get new versions
    before, after = deployed(), deployed(**settings)
    assert [_version(before, part) != _version(after, part) for part in PARTS] == moved


def _version(stack: Deployed, part: str, **changes: str) -> str:
    changed = Deployed(stack.environment, {**stack.parameters, **changes})
    version: str = changed.properties(f"{part}FunctionAliaslive")["FunctionVersion"]["Fn::GetAtt"][
        0
    ]
    return version
