"""A job's deploy role is enough for every change that a job may promote, and is given no other.

IAM is enforced: the promotion is made with the role's own credentials, from plan to record.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.world import World

pytestmark = pytest.mark.e2e

REPOSITORY = "example/desk"
BEFORE = "network:\n  cidr: 10.10.0.0/16\n\nlogs:\n  retention_days: 7\n"
# something of every unit that a job may change, made as well as changed
AFTER = """\
network:
  cidr: 10.10.0.0/16
  zones: [us-east-1a, us-east-1b, us-east-1c]
  nat: per_az
  interface_endpoints: [sns]
  flow_logs: rejected

logs:
  retention_days: 30

data:
  deletion_protection: true

observability:
  alarm_subscribers: [desk@example.com]
  error_rate_percent: 10

api:
  auth: cognito

functions:
  insights_layer_arn: arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A checkout whose dev a person has promoted to for the first time."""
    world = World.create(tmp_path_factory.mktemp("job"))
    world.edit("live/project.yaml", "github_repository: null", f"github_repository: {REPOSITORY}")
    world.commit("GitHub's jobs may work here")
    assert world.baton("local", "start", "dev").returncode == 0
    world.data("build")
    assert world.data("promote", "dev")["verified"]
    yield world
    world.baton("local", "reset")


@pytest.fixture(scope="module")
def credentials(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What GitHub's job for dev is given."""
    claims = {
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "sts.amazonaws.com",
        "sub": f"repo:{REPOSITORY}:environment:dev",
    }
    token = ".".join([_part({"alg": "RS256"}), _part(claims), "unsigned"])
    sts = world.client("dev", "sts")
    # on AWS the token is the proof; the emulator believes any, and wants a signature
    sts.meta.events.register_first("choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: "v4")
    given = sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{world.settings('dev')['account_id']}:role/desk-dev-deploy",
        RoleSessionName="job",
        WebIdentityToken=token,
    )["Credentials"]
    file = tmp_path_factory.mktemp("credentials") / "given.json"
    file.write_text(json.dumps(given, default=str))
    return file


def _part(content: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def job(world: World, credentials: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Baton's command as a job does."""
    script = Path(__file__).with_name("as_role.py")
    return world.run(
        *(".tools/envs/baton/bin/python", "-P", str(script)),
        *(world.settings("dev")["aws_profile"], str(credentials), *arguments),
        PYTHONPATH=".",
    )


@pytest.mark.proves("I2", "I3", "P3")
def test_a_job_promotes_whatever_is_not_reserved_for_a_person(
    world: World, credentials: Path
) -> None:
    # Given a release that changes every unit but those that a person promotes
    world.edit("live/dev/env.yaml", BEFORE, AFTER)
    world.data("build")

    # When a job promotes it
    done = job(world, credentials, "promote", "dev", "--yes", "--json")

    # Then nothing was denied, and what runs was verified
    assert done.returncode == 0, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    assert record["verified"]
    assert set(record["gates"]["delivery"].split("; then ")) == {
        "no change is reserved for a person"
    }
    changed = {unit for unit, said in record["plans"].items() if said != "no changes"}
    assert changed == {"network", "data", "application", "access", "observability"}


@pytest.mark.proves("I3", "P3")
def test_a_job_is_refused_what_is_reserved_before_anything_is_applied(
    world: World, credentials: Path
) -> None:
    # Given a release that lets another repository in, and makes a key
    world.edit("live/project.yaml", f"{REPOSITORY}\n", "example/other\n")
    world.edit("live/dev/env.yaml", "api:\n", "encryption:\n  customer_key: true\n\napi:\n")
    world.data("build")

    # When a job promotes it, Then it is refused, with every change that is a person's
    done = job(world, credentials, "promote", "dev", "--yes")
    assert done.returncode == 4, done.stderr
    assert "delivery: update aws_iam_role.deploy[0]: who gets in" in done.stderr
    assert "application: create aws_kms_key.this[0]: the environment's key" in done.stderr
    assert "a person with rights of their own" in done.stderr

    # And nothing was applied: the role still trusts the first repository
    role = world.client("dev", "iam").get_role(RoleName="desk-dev-deploy")["Role"]
    assert REPOSITORY in json.dumps(role["AssumeRolePolicyDocument"])
