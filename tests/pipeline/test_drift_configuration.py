"""A function's configuration in one set of words: what is known of it, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.deployed.stack import LAYER, Resource
from pipeline.inspect.drift.configuration import VARIABLE, Meant, meant, told
from tests.pipeline import drifting
from tests.pipeline.drifting import api, drift, latest


def _meant(**properties: Any) -> Meant:
    return meant(properties, "code", frozenset())


def test_the_order_of_layers_is_part_of_what_they_are() -> None:
    # Given layers, of which a later one covers an earlier one's files
    # When they are told, Then it is in their order
    assert told({"Layers": [{"Arn": "b"}, {"Arn": "a"}]})["Layers"] == "b, a"


def test_of_variables_that_only_a_deployment_knows_none_is_missed() -> None:
    # Given variables that are a symbol as a whole
    unknown = _meant(Environment={"Variables": {"Fn::GetAtt": ["Other", "Variables"]}})

    # When one is asked about, Then nothing is said of it; otherwise it is known not to be there
    assert not unknown.says(VARIABLE + "ANY")
    assert _meant().says(VARIABLE + "ANY")


def test_a_list_with_an_item_that_only_a_deployment_knows_is_unknown() -> None:
    # Given two subnets, of which one is made by the same stack
    field, subnets = "VpcConfig.SubnetIds", ["subnet-1", {"Ref": "Subnet"}]

    # When it is asked what they should be, Then that is not known
    assert not _meant(VpcConfig={"SubnetIds": subnets}).says(field)
    assert _meant(VpcConfig={"SubnetIds": subnets[:1]}).values[field] == "subnet-1"


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (1, "1")])
def test_a_value_is_written_as_cloudformation_hands_it_on(value: object, text: str) -> None:
    # Given a value that is no text, When it is a variable, Then it is what Lambda will have
    field = VARIABLE + "DEBUG"
    assert _meant(Environment={"Variables": {"DEBUG": value}}).values[field] == text


def test_what_a_dynamic_reference_leads_to_is_not_known_and_not_shown() -> None:
    # Given a variable that CloudFormation reads from a secret
    secret = _meant(Environment={"Variables": {"TOKEN": "{{resolve:secretsmanager:desk}}"}})

    # When it is asked about, Then nothing is said of it
    assert not secret.says(VARIABLE + "TOKEN")
    assert not secret.shows(VARIABLE + "TOKEN")


def test_a_boolean_of_the_template_is_what_lambda_calls_true() -> None:
    # Given a template that says `DEBUG: true`, When Lambda says otherwise
    found = drift(functions={"Api": api(latest=latest(variables={"DEBUG": "True"}))})

    # Then it is told as CloudFormation wrote it, and where Lambda says "true" nothing is
    assert drifting.told(found) == [("$LATEST", "desk-dev-api variable DEBUG", "true", "True")]
    assert drift() == []


def test_a_layer_whose_name_begins_alike_is_another() -> None:
    # Given a stack with the layer Shared, and one called SharedToo
    too = Resource(
        "SharedToo0123456789", LAYER, "arn:aws:lambda:us-east-1:111111111111:layer:too:9"
    )

    # When the function has the first, Then that is as it was meant
    assert drift(layers=[too]) == []
