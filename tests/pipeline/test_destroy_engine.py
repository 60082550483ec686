"""`baton destroy` against an emulator: two small units, a bucket, a stack, and their states."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import BatonError
from codegen.settings import load_environment
from pipeline.adapters.terragrunt import Terragrunt
from pipeline.checkout import Checkout
from pipeline.destruction.destruction import Destruction, Options
from pipeline.destruction.runner import destroy
from pipeline.runs.console import Progress
from pipeline.target import Target
from tests.emulator.conftest import PATCHED, Engine, serve
from tests.terraform_engine import ENGINE

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parents[2]
QUIET = Progress("", quiet=True)

# `reader` asks for an output of `store`, so it must go first, and cannot be run once that is gone.
STORE = """
variable "artifact_bucket_name" { type = string }

resource "aws_s3_bucket" "this" {
  bucket = var.artifact_bucket_name
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration { status = "Enabled" }
}

output "bucket_name" { value = aws_s3_bucket.this.bucket }
"""
READER = """
variable "bucket_name" { type = string }

resource "aws_cloudwatch_log_group" "this" {
  name = "/reader/${var.bucket_name}"
}
"""
STORE_UNIT = """
terraform { source = "${get_repo_root()}/modules//store" }
"""
READER_UNIT = """
terraform { source = "${get_repo_root()}/modules//reader" }

dependency "store" { config_path = "${get_terragrunt_dir()}/../store" }

inputs = { bucket_name = dependency.store.outputs.bucket_name }
"""
NOTHING: dict[str, Any] = {"buckets": [], "queues": [], "log groups": []}
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with the root and dev's settings as they are, and units of our own."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("terragrunt.hcl", ".terragrunt-filters", "live/project.yaml", "live/dev/env.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "units").mkdir()
    for unit, module, configuration in (
        ("store", STORE, STORE_UNIT),
        ("reader", READER, READER_UNIT),
    ):
        for folder in (root / "modules" / unit, root / "live" / "dev" / unit):
            folder.mkdir(parents=True)
        (root / "modules" / unit / "main.tf").write_text(module)
        shutil.copy(ROOT / "modules" / "storage" / "versions.tf", root / "modules" / unit)
        shutil.copy(ROOT / "live/dev/network/terragrunt.hcl", root / "live" / "dev" / unit)
        (root / "units" / f"{unit}.hcl").write_text(configuration)
    shutil.copy(ROOT / ENGINE.lock, root / "modules")
    (root / ".tools").symlink_to(ROOT / ".tools")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return Checkout(root, root / ".baton")


@pytest.fixture
def engine(checkout: Checkout, tmp_path: Path) -> Iterator[Engine]:
    """An emulator in which nothing is yet."""
    dev = load_environment(checkout.live, "dev")
    with serve(PATCHED, tmp_path, dev, 30) as engine:
        yield engine


@pytest.fixture
def run(
    checkout: Checkout, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Destruction]:
    """A destruction of dev, which has been applied, filled and given a stack."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "BATON_HOME"):
        monkeypatch.delenv(name, raising=False)
    target = Target("local", checkout)
    engine.belongs_to(target.local_home())
    target.write_profiles()
    for name, value in target.variables(engine.environment).items():
        if value is not None and name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    _terragrunt(target, engine, "run", "--all", "apply")
    _fill(engine)
    yield _destruction(checkout, target, engine)
    shutil.rmtree(checkout.home)


def _destruction(checkout: Checkout, target: Target, engine: Engine) -> Destruction:
    return Destruction(
        checkout=checkout,
        target=target,
        environment=engine.environment,
        others=[],
        options=Options(confirmation="desk-dev"),
        say=lambda _: None,
        ask=None,
    )


def _terragrunt(target: Target, engine: Engine, *arguments: str) -> None:
    done = subprocess.run(
        ["terragrunt", *arguments],
        cwd=target.checkout.live / "dev",
        env=target.child(engine.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _fill(engine: Engine) -> None:
    """Two versions, a delete marker, an unfinished upload; and a stack."""
    s3, bucket = engine.client("s3"), engine.environment.artifact_bucket
    for content in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="artifacts/a.zip", Body=content)
    s3.delete_object(Bucket=bucket, Key="artifacts/a.zip")
    s3.create_multipart_upload(Bucket=bucket, Key="half")
    formation = engine.client("cloudformation")
    formation.create_stack(StackName="desk-dev", TemplateBody=json.dumps(QUEUE))
    formation.get_waiter("stack_create_complete").wait(
        StackName="desk-dev", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def _left(engine: Engine) -> dict[str, Any]:
    groups = engine.client("logs").describe_log_groups()["logGroups"]
    return {
        "buckets": [b["Name"] for b in engine.client("s3").list_buckets()["Buckets"]],
        "queues": engine.client("sqs").list_queues().get("QueueUrls", []),
        "log groups": [g["logGroupName"] for g in groups if "/reader/" in g["logGroupName"]],
    }


def test_a_checkout_that_does_not_fit_is_found_while_everything_is_there(
    run: Destruction, engine: Engine
) -> None:
    # Given a unit that reads an output which is not applied yet
    unit = run.checkout.root / "units" / "reader.hcl"
    unit.write_text(READER_UNIT.replace("outputs.bucket_name", "outputs.coming"))
    before = _left(engine)

    # When
    with pytest.raises(BatonError, match='does not have an attribute named "coming"') as raised:
        destroy(run, QUIET)

    # Then
    unit.write_text(READER_UNIT)
    assert "make apply ENV=dev" in raised.value.remedy
    assert _left(engine) == before != NOTHING


def test_a_run_that_failed_half_way_is_gone_on_with_until_nothing_is_left(
    run: Destruction, engine: Engine
) -> None:
    # Given that somebody writes into the bucket while Terraform is started: `reader` is destroyed,
    # `store` is not
    def late(terragrunt: Terragrunt, units: Iterable[str]) -> None:
        bucket = engine.environment.artifact_bucket
        engine.client("s3").put_object(Bucket=bucket, Key="late", Body=b"")
        original(terragrunt, units)

    original = Terragrunt.destroy
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Terragrunt, "destroy", late)
        with pytest.raises(BatonError, match=r"store:\n +Error: [^│]*BucketNotEmpty") as raised:
            destroy(run, QUIET)
    assert "./baton destroy dev goes on with: units, state, leftovers" in raised.value.remedy
    assert _left(engine)["log groups"] == []

    # When it is run again, although `reader` could not read its dependency any more, Then
    assert destroy(_destruction(run.checkout, run.target, engine), QUIET)
    assert _left(engine) == NOTHING
    assert not list(run.checkout.live.rglob(".terragrunt-cache"))
    assert not destroy(_destruction(run.checkout, run.target, engine), QUIET)
