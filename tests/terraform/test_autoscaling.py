"""Terraform and Application Auto Scaling share the tables' capacity, and neither undoes the other.

The module is applied to moto, which has both services; what the autoscaler would do is done here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import boto3
import pytest

from tests.terraform_engine import ENGINE, copy_lock

from . import moto_server

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("autoscaling"),
    pytest.mark.proves("D1"),
]

Run = Callable[..., CompletedProcess[str]]

# What Terragrunt makes of a unit, but for the settings: they are the tests' own.
ROOT_MODULE = """
provider "aws" {
  region              = "%(region)s"
  profile             = "%(profile)s"
  allowed_account_ids = ["%(account)s"]

  default_tags {
    tags = { project = "desk" }
  }
}

variable "settings" {
  type = any
}

module "data" {
  source = "%(source)s"

  name_prefix             = var.settings.name_prefix
  billing                 = var.settings.billing
  read_capacity           = var.settings.read_capacity
  write_capacity          = var.settings.write_capacity
  capacity_target_percent = 70
  point_in_time_recovery  = true
  deletion_protection     = false

  hash_key      = "pk"
  range_key     = "sk"
  ttl_attribute = "expires_at"
  attributes    = { pk = "S", sk = "S", gsi1pk = "S", gsi1sk = "S", gsi2pk = "S", gsi2sk = "S" }

  global_secondary_indexes = [
    for index in ["gsi1", "gsi2"] :
    { name = index, hash_key = "${index}pk", range_key = "${index}sk" }
  ]
}
"""

ON_DEMAND = {"billing": "on_demand", "read_capacity": None, "write_capacity": None}
PROVISIONED = {
    "billing": "provisioned",
    "read_capacity": {"min": 5, "max": 50},
    "write_capacity": {"min": 2, "max": 20},
}
BOTH_UPDATED = {
    "aws_dynamodb_table.this": "update",
    "aws_dynamodb_table.idempotency": "update",
}
Changes = dict[str, str]  # the action, by resource; resources without one left out
Capacities = dict[str, tuple[int, int]]  # read and write units, by table and index


@dataclass(frozen=True)
class Workspace:
    """The module in an environment of its own, with a state of its own."""

    terraform: Run
    folder: Path
    prefix: str

    def apply(self, settings: dict[str, Any]) -> Changes:
        """Plan, apply exactly that plan, and say what was in it."""
        changes = self.plan(settings)
        self._call("apply", "-input=false", "-no-color", str(self._plan))
        return changes

    def plan(self, settings: dict[str, Any]) -> Changes:
        """What Terraform would do."""
        variable = f"-var=settings={json.dumps({**settings, 'name_prefix': self.prefix})}"
        told = self._call("plan", "-input=false", "-json", variable, f"-out={self._plan}")
        messages = [json.loads(line) for line in told.splitlines()]
        return {
            message["change"]["resource"]["resource"]: message["change"]["action"]
            for message in messages
            if message["type"] == "planned_change"
        }

    def capacities(self) -> Capacities:
        """What the tables and their indexes have."""
        found = {}
        for part in ("table", "idempotency"):
            table = self._dynamodb.describe_table(TableName=f"{self.prefix}-{part}")["Table"]
            found[part] = _units(table)
            for index in table.get("GlobalSecondaryIndexes", []):
                found[index["IndexName"]] = _units(index)
        return found

    def billing_modes(self) -> set[str]:
        tables = (
            self._dynamodb.describe_table(TableName=f"{self.prefix}-{part}")["Table"]
            for part in ("table", "idempotency")
        )
        return {table["BillingModeSummary"]["BillingMode"] for table in tables}

    def scale(self, read: int, write: int) -> None:
        """Do to the table and to one index what the autoscaler does under load."""
        throughput = {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
        self._dynamodb.update_table(
            TableName=f"{self.prefix}-table",
            ProvisionedThroughput=throughput,
            GlobalSecondaryIndexUpdates=[
                {"Update": {"IndexName": "gsi2", "ProvisionedThroughput": throughput}}
            ],
        )

    def targets(self) -> dict[tuple[str, str], tuple[int, int]]:
        """The limits that the autoscaler keeps to, by resource and dimension."""
        client = boto3.client("application-autoscaling", region_name=moto_server.REGION)
        found = client.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
        return {
            (target["ResourceId"].removeprefix(f"table/{self.prefix}-"), kind): (
                target["MinCapacity"],
                target["MaxCapacity"],
            )
            for target in found
            if target["ResourceId"].startswith(f"table/{self.prefix}-")
            for kind in [target["ScalableDimension"].removeprefix("dynamodb:")]
        }

    @property
    def _dynamodb(self) -> Any:
        return boto3.client("dynamodb", region_name=moto_server.REGION)

    @property
    def _plan(self) -> Path:
        return self.folder / f"{self.prefix}.tfplan"

    def _call(self, *arguments: str) -> str:
        done = self.terraform(*arguments, TF_WORKSPACE=self.prefix)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _units(described: dict[str, Any]) -> tuple[int, int]:
    throughput = described["ProvisionedThroughput"]
    return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]


def tables_of(changes: Changes) -> Changes:
    return {address: action for address, action in changes.items() if "dynamodb_table" in address}


@pytest.fixture(scope="module")
def terraform(
    run: Run, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Run, Path]]:
    """Terraform, initialised in a folder, and where its provider leads: to an empty AWS."""
    folder = tmp_path_factory.mktemp("autoscaling")
    (folder / "main.tf").write_text(
        ROOT_MODULE
        % {
            "region": moto_server.REGION,
            "profile": moto_server.PROFILE,
            "account": moto_server.ACCOUNT_ID,
            "source": root / "modules" / "data",
        }
    )
    copy_lock(folder)
    with moto_server.serve(folder) as variables:

        def call(*arguments: str, **env: str) -> CompletedProcess[str]:
            return run(ENGINE.command, *arguments, cwd=folder, **variables, **env)

        done = call("init", "-input=false", "-lockfile=readonly")
        assert done.returncode == 0, done.stdout + done.stderr
        yield call, folder


@pytest.fixture
def workspace(terraform: tuple[Run, Path], request: pytest.FixtureRequest) -> Workspace:
    """An environment of the test's own, in which nothing is applied."""
    number = request.node.session.items.index(request.node)
    return Workspace(*terraform, prefix=f"desk-{number}")


@pytest.fixture
def provisioned(workspace: Workspace) -> Workspace:
    """The same, with its tables provisioned."""
    workspace.apply(PROVISIONED)
    return workspace


def test_everything_begins_at_its_minimum_and_is_scaled(provisioned: Workspace) -> None:
    # Then
    assert provisioned.billing_modes() == {"PROVISIONED"}
    assert provisioned.capacities() == dict.fromkeys(
        ("table", "idempotency", "gsi1", "gsi2"), (5, 2)
    )
    assert provisioned.targets() == {
        ("table", "table:ReadCapacityUnits"): (5, 50),
        ("table", "table:WriteCapacityUnits"): (2, 20),
        ("table/index/gsi1", "index:ReadCapacityUnits"): (5, 50),
        ("table/index/gsi1", "index:WriteCapacityUnits"): (2, 20),
        ("table/index/gsi2", "index:ReadCapacityUnits"): (5, 50),
        ("table/index/gsi2", "index:WriteCapacityUnits"): (2, 20),
        ("idempotency", "table:ReadCapacityUnits"): (5, 50),
        ("idempotency", "table:WriteCapacityUnits"): (2, 20),
    }
    assert provisioned.plan(PROVISIONED) == {}


def test_what_was_scaled_is_left_alone(provisioned: Workspace) -> None:
    # Given a table and an index that the load has grown
    provisioned.scale(read=37, write=11)
    assert provisioned.plan(PROVISIONED) == {}

    # When the limits are widened, which changes the targets alone
    wider = {**PROVISIONED, "read_capacity": {"min": 5, "max": 100}}
    changes = provisioned.apply(wider)

    # Then what the load has grown is as it was
    assert {address.split("[")[0] for address in changes} == {"aws_appautoscaling_target.this"}
    assert provisioned.capacities()["table"] == (37, 11)
    assert provisioned.capacities()["gsi2"] == (37, 11)


def test_a_new_limit_holds_at_once(provisioned: Workspace) -> None:
    # Given a table and an index that the load has grown
    provisioned.scale(read=37, write=11)

    # When the limits come between what some have and what others have
    tighter = {**PROVISIONED, "read_capacity": {"min": 10, "max": 20}}
    changes = provisioned.apply(tighter)

    # Then the nearest limit is what each has, and nothing is left to do
    assert changes["aws_dynamodb_table.this"] == "update"
    assert provisioned.capacities() == {
        "table": (20, 11),
        "gsi1": (10, 2),
        "gsi2": (20, 11),
        "idempotency": (10, 2),
    }
    assert provisioned.plan(tighter) == {}


def test_going_on_demand_replaces_no_table(provisioned: Workspace) -> None:
    # Given a table and an index that the load has grown
    provisioned.scale(read=37, write=11)

    # When
    changes = provisioned.apply(ON_DEMAND)

    # Then
    assert tables_of(changes) == BOTH_UPDATED
    assert provisioned.billing_modes() == {"PAY_PER_REQUEST"}
    assert provisioned.targets() == {}
    assert provisioned.plan(ON_DEMAND) == {}


def test_going_provisioned_replaces_no_table(workspace: Workspace) -> None:
    # Given
    workspace.apply(ON_DEMAND)

    # When
    changes = workspace.apply(PROVISIONED)

    # Then
    assert tables_of(changes) == BOTH_UPDATED
    assert set(workspace.capacities().values()) == {(5, 2)}
    assert workspace.plan(PROVISIONED) == {}
