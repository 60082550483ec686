"""Settings that are wrong only together: refused before any tool is started."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.errors import SettingsError
from codegen.settings import load_all, load_environment
from codegen.settings.combinations import FUNCTION_SERVICES, RULES
from codegen.settings.infrastructure import RECORD_GIVEN_UP_S
from codegen.strict_yaml import TemplateLoader, load
from tests.codegen.builders import CHECKOUT
from tests.codegen.live import copy_of_live, say
from tests.codegen.settings_samples import BOUNDARY, FUNCTION, HOOK, LAYER, PROVIDER, QUEUE

LIMITS = {"min": 1, "max": 5}
CALLED = ["sns", "events", "secretsmanager"]
PRIVATE = {"network.nat": "none", "network.interface_endpoints": [*CALLED, "logs"]}
EUROPE = {"region": "eu-west-1", "network.zones": ["eu-west-1a", "eu-west-1b"]}

WRONG: dict[str, dict[str, Any]] = {
    "zones_elsewhere": {"region": "eu-west-1"},
    "services_out_of_reach": {
        "network.nat": "none",
        "network.interface_endpoints": ["logs", "secretsmanager"],
    },
    "insights_out_of_reach": {
        "network.nat": "none",
        "network.interface_endpoints": CALLED,
        "functions.insights_layer_arn": f"{LAYER}-Arm64:20",
    },
    "webhook_out_of_reach": {**PRIVATE, "integration.webhook_url": HOOK},
    "limits_without_capacity": {"data.read_capacity": LIMITS, "data.write_capacity": LIMITS},
    "capacity_without_limits": {"data.billing": "provisioned", "data.read_capacity": LIMITS},
    "layer_elsewhere": {**EUROPE, "functions.insights_layer_arn": f"{LAYER}-Arm64:20"},
    "subscribers_elsewhere": {
        **EUROPE,
        "observability.alarm_subscribers": ["a@example.com", QUEUE, FUNCTION],
    },
    "external_is_own": {"external_account_ids": ["444444444444", "111111111111"]},
    "boundary_elsewhere": {
        "access.permissions_boundary_arn": BOUNDARY.replace("111111111111", "999999999999")
    },
    "provider_elsewhere": {
        "delivery.github_oidc_provider_arn": PROVIDER.replace("111111111111", "999999999999")
    },
    "canary_unheard": {
        "functions.canary": "Canary10Percent5Minutes",
        "observability.error_rate_percent": 6,
    },
}

# Beside the wrong ones: what must not be taken for wrong.
RIGHT: dict[str, dict[str, Any]] = {
    "zones_elsewhere": EUROPE,
    "services_out_of_reach": {"network.nat": "none", "network.interface_endpoints": CALLED},
    "insights_out_of_reach": {**PRIVATE, "functions.insights_layer_arn": f"{LAYER}-Arm64:20"},
    "webhook_out_of_reach": {"integration.webhook_url": HOOK},
    "limits_without_capacity": {"data.billing": "on_demand"},
    "capacity_without_limits": {
        "data.billing": "provisioned",
        "data.read_capacity": LIMITS,
        "data.write_capacity": {"min": 5, "max": 5},
    },
    "layer_elsewhere": {"functions.insights_layer_arn": f"{LAYER}-Arm64:20"},
    "subscribers_elsewhere": {
        **EUROPE,
        "observability.alarm_subscribers": ["a@example.com", QUEUE.replace("us-east", "eu-west")],
    },
    "external_is_own": {"external_account_ids": ["444444444444"]},
    "boundary_elsewhere": {"access.permissions_boundary_arn": BOUNDARY},
    "provider_elsewhere": {"delivery.github_oidc_provider_arn": PROVIDER},
    "canary_unheard": {
        "functions.canary": "Canary10Percent5Minutes",
        "observability.error_rate_percent": 5,
    },
}


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return copy_of_live(tmp_path)


def test_every_rule_has_both_cases() -> None:
    names = {rule.__name__ for rule in RULES}

    assert names == set(WRONG) == set(RIGHT)


@pytest.mark.parametrize("rule", WRONG)
def test_a_wrong_combination_is_refused(rule: str, live: Path, snapshot: SnapshotAssertion) -> None:
    # Given
    say(live, "dev", WRONG[rule])

    # When
    with pytest.raises(SettingsError) as caught:
        load_environment(live, "dev")

    # Then the message names both keys, and says what to do
    assert caught.value.message.replace(str(live), "live") == snapshot


@pytest.mark.parametrize("rule", RIGHT)
def test_a_right_combination_is_read(rule: str, live: Path) -> None:
    # Given
    say(live, "dev", RIGHT[rule])

    # When
    environment = load_environment(live, "dev")

    # Then
    assert environment.name == "dev"


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_no_environment_names_anothers_account_as_external(name: str, live: Path) -> None:
    # Given an environment that would take values of prod's for right
    say(live, name, {"external_account_ids": ["333333333333"]})

    # When all are read, then both are named
    with pytest.raises(SettingsError, match=rf"of {name} has 333333333333, the account of prod"):
        load_all(live)


@pytest.mark.proves("N3")
def test_the_services_that_functions_call_are_those_their_roles_allow() -> None:
    # Given the actions of the functions' roles
    text = (CHECKOUT / "modules/access/functions.tf").read_text()
    services = set(re.findall(r'"([a-z0-9-]+):[A-Z]\w+"', text))
    # of which these take no interface endpoint: DynamoDB and S3 have gateway endpoints; Lambda
    # itself sends what was given up, and decrypts for SNS and the environment
    apart = {"dynamodb", "s3", "sqs", "kms"}

    # Then the others are what a network without NAT must reach
    assert services - apart == FUNCTION_SERVICES


def test_no_alarm_waits_for_a_record_that_was_given_up() -> None:
    # Given the age at which the stream gives a record up
    template = load((CHECKOUT / "sam-app/template.yaml").read_text(), TemplateLoader)
    events = template["Resources"]["ProcessorFunction"]["Properties"]["Events"]
    ages = {event["Properties"]["MaximumRecordAgeInSeconds"] for event in events.values()}

    # Then it is the one that bounds observability.iterator_age_s
    assert ages == {RECORD_GIVEN_UP_S}
