"""What Terragrunt makes of the settings, and of a dependency that is not applied yet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from codegen.settings import Environment, load_environment

pytestmark = pytest.mark.engine

Run = Callable[..., CompletedProcess[str]]

LAYER = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"

# A plan that holds one of these was made with mocks: the account that cannot be, the name.
MARKER = re.compile(r"000000000000|mock0000")

SECTIONS = {
    *("network", "encryption", "data", "logs", "observability", "access"),
    *("delivery", "api", "functions", "integration"),
}

# What waits for what; a unit that is not here waits for nothing, and nothing for `storage`.
DEPENDENCIES = {
    "access": {"application", "data", "delivery"},
    "observability": {"application", "data", "delivery", "network"},
}

PROBE = """
terraform {
  source = "${get_repo_root()}/modules//network"
}

inputs = {
  root = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals
}
"""


def render(run: Run, unit: Path) -> dict[str, Any]:
    """A unit as Terragrunt understands it, with all includes."""
    done = run("terragrunt", "render", "--json", "--log-level", "error", cwd=unit)
    assert done.returncode == 0, done.stderr
    unit_as_read: dict[str, Any] = json.loads(done.stdout)
    return unit_as_read


def probe(run: Run, tree: Path, environment: str) -> dict[str, Any]:
    """A unit that is given all of the root's locals."""
    unit = tree / "live" / environment / "probe"
    unit.mkdir()
    (tree / "units" / "probe.hcl").write_text(PROBE)
    (unit / "terragrunt.hcl").write_text(
        (tree / "live" / environment / "network" / "terragrunt.hcl").read_text()
    )
    return render(run, unit)


def required_variables(module: Path) -> set[str]:
    """A module's variables that have no default."""
    text = "\n".join(file.read_text() for file in module.glob("*.tf"))
    blocks = re.findall(r'^variable "(\w+)" {\n(.*?)^}', text, re.DOTALL | re.MULTILINE)
    return {name for name, body in blocks if not re.search(r"^  default ", body, re.MULTILINE)}


def settings_of(environment: Environment, sections: set[str]) -> dict[str, Any]:
    """What codegen read, in the sections that are merged."""
    return {section: getattr(environment, section).model_dump() for section in sections}


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_terragrunt_and_codegen_read_the_same_settings(run: Run, tree: Path, name: str) -> None:
    # Given
    environment = load_environment(tree / "live", name)

    # When
    rendered = probe(run, tree, name)
    seen = rendered["inputs"]["root"]

    # Then
    assert seen["settings"] == settings_of(environment, set(seen["settings"]))
    assert set(seen["settings"]) == SECTIONS
    assert seen["environment"] == environment.name
    assert seen["name_prefix"] == environment.prefix
    assert seen["region"] == environment.region
    assert seen["account_id"] == environment.account_id
    assert seen["profile"] == environment.aws_profile
    assert seen["artifact_bucket_name"] == environment.artifact_bucket
    assert seen["data_bucket_name"] == f"{environment.prefix}-{environment.account_id}-data"
    assert rendered["remote_state"]["config"]["bucket"] == environment.state_bucket
    assert rendered["remote_state"]["config"]["key"] == f"live/{name}/probe/terraform.tfstate"


def test_an_environment_overrides_any_section(run: Run, tree: Path) -> None:
    # Given an environment with a region of its own, an empty section, and one key in others
    (tree / "live" / "dev" / "env.yaml").write_text(
        'account_id: "111111111111"\n'
        "aws_profile: desk-dev\n"
        "region: eu-west-1\n"
        "network: {cidr: 10.10.0.0/16, zones: [eu-west-1a, eu-west-1b, eu-west-1c]}\n"
        "logs:\n"
        "functions: {tracing: true}\n"
    )
    environment = load_environment(tree / "live", "dev")

    # When
    seen = probe(run, tree, "dev")["inputs"]["root"]

    # Then
    assert seen["settings"] == settings_of(environment, set(seen["settings"]))
    assert seen["settings"]["functions"]["tracing"] is True
    assert len(seen["settings"]["network"]["zones"]) == 3
    assert seen["region"] == environment.region == "eu-west-1"


def test_the_provider_refuses_other_accounts(run: Run, tree: Path) -> None:
    # When
    rendered = render(run, tree / "live" / "prod" / "network")

    # Then
    provider = rendered["generate"]["provider"]["contents"]
    assert 'allowed_account_ids = ["333333333333"]' in provider
    assert re.search(r'profile += "desk-prod"', provider)
    assert re.search(r'managed-by += "terraform"', provider)


def test_mocks_are_the_modules_outputs_and_carry_the_marker(
    run: Run, tree: Path, outputs_of: Callable[[Path], set[str]]
) -> None:
    # Given every unit of an environment that nothing is applied in
    units = sorted(file.parent for file in (tree / "live" / "dev").glob("*/terragrunt.hcl"))

    # When
    dependencies = {
        (unit.name, name): dependency
        for unit in units
        for name, dependency in (render(run, unit)["dependency"] or {}).items()
    }

    # Then
    assert set(dependencies) == {
        (unit, name) for unit, names in DEPENDENCIES.items() for name in names
    }
    for (_, name), dependency in dependencies.items():
        assert set(dependency["mock_outputs"]) == outputs_of(tree / "modules" / name)
        assert dependency["mock_outputs_allowed_terraform_commands"] == ["validate", "plan"]
        # an output that is new in a unit that was applied before is a mock until it is applied anew
        assert dependency["mock_outputs_merge_strategy_with_state"] == "shallow"
        for value in dependency["mock_outputs"].values():
            assert MARKER.search(json.dumps(value))


def test_the_root_is_no_unit(run: Run, tree: Path) -> None:
    # When
    done = run("terragrunt", "find", "--json", "--dependencies", cwd=tree)

    # Then
    assert done.returncode == 0, done.stderr
    found = {unit["path"]: unit.get("dependencies", []) for unit in json.loads(done.stdout)}
    assert len(found) == len(list(tree.glob("live/*/*/terragrunt.hcl"))) > 0
    assert all(path.startswith("live/") for path in found)


def test_units_wait_for_what_they_use_and_none_for_the_buckets(run: Run, tree: Path) -> None:
    # When
    done = run("terragrunt", "find", "--json", "--dependencies", cwd=tree)

    # Then
    found = {
        unit["path"].removeprefix("live/dev/"): {
            path.removeprefix("live/dev/") for path in unit.get("dependencies", [])
        }
        for unit in json.loads(done.stdout)
        if unit["path"].startswith("live/dev/")
    }
    assert {unit: needs for unit, needs in found.items() if needs} == DEPENDENCIES
    assert "storage" in found


def test_settings_reach_the_units(run: Run, tree: Path) -> None:
    # Given an environment with everything on that is off by default
    settings = {
        "encryption": {"customer_key": True},
        "access": {"permissions_boundary_arn": "arn:aws:iam::111111111111:policy/limit"},
        "functions": {"insights_layer_arn": LAYER},
    }
    file = tree / "live" / "dev" / "env.yaml"
    own = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**own, **settings}))

    # When
    application = render(run, tree / "live" / "dev" / "application")["inputs"]
    access = render(run, tree / "live" / "dev" / "access")["inputs"]
    delivery = render(run, tree / "live" / "dev" / "delivery")["inputs"]
    storage = render(run, tree / "live" / "dev" / "storage")["inputs"]

    # Then
    assert application["customer_key"] is True
    assert application["insights"] is True
    assert delivery["permissions_boundary_arn"] == settings["access"]["permissions_boundary_arn"]
    assert access["insights_layer_arn"] == LAYER
    assert storage["data_bucket_name"] == "desk-dev-111111111111-data"


def test_callers_known_by_cognito_have_a_user_pool(run: Run, tree: Path) -> None:
    # Given an environment whose callers have tokens, and whose data is protected
    file = tree / "live" / "dev" / "env.yaml"
    settings = {"api": {"auth": "cognito"}, "data": {"deletion_protection": True}}
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **settings}))

    # When
    dev = render(run, tree / "live" / "dev" / "application")["inputs"]
    staging = render(run, tree / "live" / "staging" / "application")["inputs"]

    # Then it has the pool, as protected as the tables, and one with signatures has none
    assert (dev["user_pool"], dev["user_pool_deletion_protection"]) == (True, True)
    assert staging["user_pool"] is False


def test_what_is_off_reaches_the_units_as_off(run: Run, tree: Path) -> None:
    # When
    application = render(run, tree / "live" / "dev" / "application")["inputs"]
    access = render(run, tree / "live" / "dev" / "access")["inputs"]
    delivery = render(run, tree / "live" / "dev" / "delivery")["inputs"]

    # Then
    assert application["customer_key"] is False
    assert application["insights"] is False
    assert delivery["permissions_boundary_arn"] is None
    assert access["insights_layer_arn"] is None


def test_each_unit_gives_its_module_every_variable(run: Run, tree: Path) -> None:
    # Given a module variable without a default, which Terraform would ask for by prompt
    units = sorted(file.parent for file in (tree / "live" / "dev").glob("*/terragrunt.hcl"))

    # When
    missing = {
        (unit.name, name)
        for unit in units
        for name in required_variables(tree / "modules" / unit.name)
        - set(render(run, unit)["inputs"])
    }

    # Then
    assert missing == set()
