"""What is new in a release is promoted without help; what is gone from one, only as it was meant.

The tests go on from one another: each finds dev as the one before has left it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from codegen.values.origins import MOCK_MARKER
from tests.promotion.standin import tree
from tests.promotion.standin.world import World, done, failed, refused, standing

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("units_come_and_go")]

ROOT = Path(__file__).resolve().parents[2]
# A unit that notes what it was told.
BOARD = """
variable "name_prefix" { type = string }
variable "told" { type = string }

resource "aws_ssm_parameter" "this" {
  name  = "/${var.name_prefix}/board"
  type  = "String"
  value = var.told
}
"""
KEPT = """
resource "aws_s3_bucket" "kept" {
  bucket = "${var.name_prefix}-kept"
}
"""
BOARD_UNIT = """
locals { mocks = yamldecode(file("${get_repo_root()}/units/mocks.yaml")) }

terraform { source = "${get_repo_root()}/modules//board" }

DEPENDENCIES
inputs = { told = TOLD }
"""
NEWS = """
variable "name_prefix" { type = string }

resource "aws_ssm_parameter" "this" {
  name  = "/${var.name_prefix}/news"
  type  = "String"
  value = "good"
}
"""
NEWS_OUTPUTS = """
output "parameter_name" {
  description = "Where the news are."
  value       = aws_ssm_parameter.this.name
}
"""
NEWS_UNIT = 'terraform { source = "${get_repo_root()}/modules//news" }\n'
BUCKET_ARN = """
output "bucket_arn" {
  description = "The bucket."
  value       = aws_s3_bucket.this.arn
}
"""
REAL = "arn:aws:s3:::desk-dev-111111111111-artifacts"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with standing(tmp_path_factory.mktemp("units")) as world:
        yield world


@pytest.mark.proves("P4")
def test_a_saved_plan_that_was_changed_since_is_not_applied(world: World) -> None:
    # Given a saved plan that somebody changes while it is at the gates
    _write_board(world, '"nothing yet"', BOARD + KEPT)
    world.release("first")
    saved = world.checkout.work("dev") / ".plans" / "base" / "tfplan.tfplan"
    checkov = world.checkout.root / ".tools" / "bin" / "checkov"
    checkov.write_text(f"{tree.CHECKOV}echo changed >> {saved}\n")

    # When it is promoted, Then the file is named, and nothing of any plan was applied
    failed(world.run("promote", "dev"), "no longer what was approved: base/tfplan.tfplan in ")
    assert _states(world) == {}

    # And when nobody changes it, it is
    checkov.write_text(tree.CHECKOV)
    done(world.run("promote", "dev", "--json"))
    assert _told(world) == "nothing yet"


@pytest.mark.proves("P4")
def test_what_holds_data_is_not_destroyed_unless_it_is_named(world: World) -> None:
    # Given a release without a bucket that is there, and with more than there was
    _write_more(world)
    world.release("second")
    before = _standing(world)

    # When it is promoted, Then a gate names the bucket, and how it is let go
    refused(
        world.run("promote", "dev"),
        "board: destroy aws_s3_bucket.kept: lost is its objects",
        "--allow-destroy aws_s3_bucket.kept",
    )
    assert _standing(world) == before
    assert _there(world, "desk-dev-kept")


def _write_more(world: World) -> None:
    """Write a unit, and an output of a unit there is; and who reads them: a unit there is, and the
    application."""
    root = world.checkout.root
    tree.write_unit(root, "news", NEWS_UNIT, NEWS, NEWS_OUTPUTS)
    (root / "modules" / "base" / "outputs.tf").write_text(tree.OUTPUTS + BUCKET_ARN)
    _write_mocks(root, news={"parameter_name": "/mock0000/news"})
    told = '"${dependency.news.outputs.parameter_name} ${dependency.base.outputs.bucket_arn}"'
    _write_board(world, told, BOARD, "base", "news")
    parameters = tree.PARAMETERS.replace("base.note_name", "base.bucket_arn")
    (root / "codegen" / "templates" / "parameters.yaml.j2").write_text(parameters)


@pytest.mark.proves("P4")
def test_what_is_new_reaches_who_reads_it_in_the_same_promotion(world: World) -> None:
    # Given that release, When it is promoted with the bucket's address
    allowed = ("--allow-destroy", "aws_s3_bucket.kept")
    record: Any = done(world.run("promote", "dev", "--json", *allowed))

    # Then what was planned on mocks is planned again once there is what it reads
    (planned,) = [step for step in record["steps"] if step["name"] == "plan"]
    assert "board: 1 to destroy, 1 to update (on mocked values: planned again" in planned["detail"]
    assert len(record["plan_digests"]) == 2
    assert record["plans"] == {
        "base": "new outputs",
        "board": "1 to destroy, 1 to update",
        "news": "1 to create",
    }

    # And the unit and the application have real values, and no state has another
    assert _told(world) == f"/desk-dev/news {REAL}"
    assert _variable(world) == REAL
    assert _states(world).keys() == {"base", "board", "news"}
    assert not [unit for unit, state in _states(world).items() if MOCK_MARKER.search(state)]

    # And what was named is gone
    assert not _there(world, "desk-dev-kept")


@pytest.mark.proves("P4")
def test_a_unit_is_not_left_behind(world: World) -> None:
    # Given a release without two units that have resources, and with a change of all else
    for unit in ("board", "news"):
        tree.remove_unit(world.checkout.root, unit)
    _write_mocks(world.checkout.root)
    module = world.checkout.root / "modules" / "base" / "main.tf"
    module.write_text(tree.MODULE.replace('value = "1"', 'value = "2"'))
    world.release("third")
    before = _standing(world)

    # When it is promoted, Then a gate names the units and what they have, and nothing has changed
    refused(
        world.run("promote", "dev"),
        "unit board: its state holds 1 resource: aws_ssm_parameter.this",
        "unit news: its state holds 1 resource: aws_ssm_parameter.this",
        "keep the unit",
    )
    assert _standing(world) == before


def _write_board(world: World, told: str, module: str, *reads: str) -> None:
    """Write the unit that is told this expression, of what it reads of these units."""
    dependencies = "\n".join(_dependency(unit) for unit in reads)
    unit = BOARD_UNIT.replace("DEPENDENCIES", dependencies).replace("TOLD", told)
    tree.write_unit(world.checkout.root, "board", unit, module, "")


def _dependency(unit: str) -> str:
    """A dependency as the project's own units have theirs."""
    own = (ROOT / "units" / "observability.hcl").read_text()
    found = re.search(r'^dependency "network" \{\n.*?^\}\n', own, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[0].replace("network", unit)


def _write_mocks(root: Path, **more: dict[str, str]) -> None:
    tree.write_mocks(root, base={"bucket_arn": "arn:aws:s3:::mock0000"}, **more)


def _told(world: World) -> str:
    parameters = world.engine.client("ssm")
    return str(parameters.get_parameter(Name="/desk-dev/board")["Parameter"]["Value"])


def _variable(world: World) -> str:
    """What the deployed function has of an output."""
    functions = world.engine.client("lambda")
    found = functions.get_function_configuration(FunctionName="desk-dev-hello", Qualifier="live")
    return str(found["Environment"]["Variables"]["TABLE_NAME"])


def _states(world: World) -> dict[str, str]:
    """Every state there is, by unit."""
    s3, bucket = world.engine.client("s3"), world.dev.state_bucket
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {
        key.split("/")[-2]: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        for key in keys
    }


def _standing(world: World) -> dict[str, Any]:
    """What a promotion changes."""
    return {
        "states": _states(world),
        "stack": world.operations(),
        "function": world.says(),
        "records": world.records(),
    }


def _there(world: World, bucket: str) -> bool:
    try:
        world.engine.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True
