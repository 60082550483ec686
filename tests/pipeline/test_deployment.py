"""What a deployment is rendered from."""

from __future__ import annotations

import pytest

from codegen.handoff import prepare
from pipeline.promotion.steps.render import without_canary
from tests.codegen.builders import CHECKOUT, environment, output_values, release, state_outputs


@pytest.mark.proves("A3")
def test_at_once_leaves_out_the_canary_and_changes_nothing_else() -> None:
    # Given prod, which has a canary on AWS
    prod = environment("prod")
    before = prepare(CHECKOUT, prod, state_outputs(output_values(prod)), release()).parameters

    # When it is to be at once
    at_once = without_canary(prod)
    after = prepare(CHECKOUT, at_once, state_outputs(output_values(at_once)), release()).parameters

    # Then the alias moves at once, and every revision is the same
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {
        "CanaryEnabled": ("true", "false"),
        "DeploymentType": ("Canary10Percent5Minutes", "AllAtOnce"),
    }
