"""An environment's delivery roles, as Terraform makes them, in an emulator that enforces IAM.

Beside them is one of each thing that they may touch, or must not.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from codegen.settings import load_all
from tests.emulator.conftest import PATCHED, Engine, serve, zipped
from tests.service import planned

ROOT = Path(__file__).resolve().parents[3]
REPOSITORY = "example/desk"
ISSUER = "https://token.actions.githubusercontent.com"
BELOW, HERE, ABOVE = "111111111111", "222222222222", "333333333333"
PREFIX = "desk-staging"
RECORD = "promotions/000001.json"
STATE = "data/terraform.tfstate"
OBJECTS = {
    "state": (STATE,),
    "artifact": ("artifacts/a.zip", "locks/other.json", "releases/r/release.json", "sam/t"),
    "data": ("archive/a.json",),
}
QUEUE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
Client = Callable[[str], Any]


def trust(principal: Mapping[str, str]) -> str:
    """A trust policy for this principal."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@dataclass(frozen=True)
class Place:
    """The environment staging, with another above and one below it."""

    engine: Engine
    inputs: Mapping[str, Any]

    def admin(self, service: str) -> Any:
        """A client of the account's root."""
        return self.engine.client(service)

    def bucket(self, kind: str) -> str:
        return str(self.inputs[f"{kind}_bucket_name"])

    def role(self, name: str) -> str:
        return f"arn:aws:iam::{HERE}:role/{PREFIX}-{name}"

    def root_of(self, account: str) -> Client:
        """Clients of another account's root."""
        return self._clients(boto3.Session(account, "local", region_name="us-east-1"))

    def by_github(self, role: str, subject: str, audience: str = "sts.amazonaws.com") -> Client:
        """Clients of a role, for a job of GitHub's whose token says that.

        Raises
        ------
        ClientError
            The role does not trust such a job.
        """
        claims = {"iss": ISSUER, "aud": audience, "sub": subject}
        token = ".".join([_part({"alg": "RS256"}), _part(claims), "unsigned"])
        given = self.admin("sts").assume_role_with_web_identity(
            RoleArn=self.role(role), RoleSessionName="test", WebIdentityToken=token
        )
        return self._session(given["Credentials"])

    def assumed(self, role_arn: str, by: Client) -> Client:
        """Clients of a role that somebody assumes; raises ClientError where he may not."""
        given = by("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")
        return self._session(given["Credentials"])

    @cached_property
    def roles(self) -> dict[str, Client]:
        """Clients of each of the three roles, for whom it is there."""
        return {
            "plan": self.by_github("plan", f"repo:{REPOSITORY}:pull_request"),
            "deploy": self.by_github("deploy", f"repo:{REPOSITORY}:environment:staging"),
            "release-reader": self.assumed(self.role("release-reader"), self.root_of(ABOVE)),
        }

    @cached_property
    def administrator(self) -> Client:
        """Clients of a role that may do everything: unlike root, a bucket's denial meets it."""
        iam, here = self.admin("iam"), self.root_of(HERE)
        document = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.create_role(
            RoleName="administrator",
            AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{HERE}:root"}),
        )
        iam.put_role_policy(
            RoleName="administrator",
            PolicyName="everything",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": document}),
        )
        return self.assumed(f"arn:aws:iam::{HERE}:role/administrator", here)

    def _session(self, given: Mapping[str, str]) -> Client:
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return self._clients(boto3.Session(*keys, region_name="us-east-1"))

    def _clients(self, session: Any) -> Client:
        return lambda service: session.client(service, endpoint_url=self.engine.endpoint)


def _part(content: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@contextmanager
def delivered(folder: Path) -> Iterator[Place]:
    """Staging with its buckets and its delivery roles."""
    inputs = planned.inputs_of("staging", "delivery") | {"github_repository": REPOSITORY}
    _, staging, _ = load_all(ROOT / "live")
    with serve(PATCHED, folder, staging, 30) as engine:
        place = Place(engine, inputs)
        place.admin("s3").create_bucket(Bucket=place.bucket("state"))
        _apply(place, folder)
        _fill(place)
        yield place


def _apply(place: Place, folder: Path) -> None:
    """Apply two of the modules, with what the unit `delivery` is given."""
    modules = {name: _module(name, place.inputs, folder) for name in ("delivery", "storage")}
    # the provider looks at a bucket's lifecycle for a minute, and nobody here
    for file in (folder / "storage").glob("*_lifecycle.tf"):
        file.unlink()
    shutil.copy(ROOT / "modules" / "delivery" / ".terraform.lock.hcl", folder)
    (folder / "main.tf.json").write_text(json.dumps({"module": modules}))
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": place.engine.endpoint,
        "AWS_ACCESS_KEY_ID": HERE,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TF_CLI_CONFIG_FILE": str(ROOT / ".tools" / "terraform.rc"),
    }
    terraform = str(ROOT / ".tools" / "bin" / "terraform")
    for command in (("init", "-lockfile=readonly"), ("apply", "-auto-approve")):
        subprocess.run(
            [terraform, *command, "-input=false"], cwd=folder, env=env, check=True, timeout=120
        )


def _module(name: str, inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A copy of a module, and the block that calls it."""
    (folder / name).mkdir()
    for file in (ROOT / "modules" / name).glob("*.tf"):
        shutil.copy(file, folder / name)
    variables = re.findall(r'^variable "(\w+)"', _text(folder / name), re.MULTILINE)
    return {"source": f"./{name}"} | {each: inputs[each] for each in variables}


def _text(folder: Path) -> str:
    return "\n".join(file.read_text() for file in folder.glob("*.tf"))


def _fill(place: Place) -> None:
    """Make one of each thing that a call of the tests is about."""
    for kind, keys in OBJECTS.items():
        for key in keys:
            place.admin("s3").put_object(Bucket=place.bucket(kind), Key=key, Body=b"{}")
    record = {"Bucket": place.bucket("artifact"), "Key": RECORD, "Body": b"{}"}
    place.admin("s3").put_object(**record, IfNoneMatch="*")
    place.admin("dynamodb").create_table(
        TableName=f"{PREFIX}-tickets",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for name in ("page-token", "webhook"):
        secret = {"Name": f"{PREFIX}/{name}", "SecretString": "s"}
        place.admin("secretsmanager").create_secret(**secret)
    place.admin("iam").create_role(
        RoleName=f"{PREFIX}-api",
        AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}),
    )
    for prefix in (PREFIX, "desk-prod"):
        place.admin("logs").create_log_group(logGroupName=f"/aws/lambda/{prefix}-api")
    place.admin("lambda").create_function(
        FunctionName=f"{PREFIX}-api",
        Runtime="python3.11",
        Handler="index.handler",
        Role=place.role("api"),
        Code={"ZipFile": zipped("def handler(event, context): return 1")},
    )
    place.admin("cloudformation").create_stack(StackName=PREFIX, TemplateBody=QUEUE)
    below = trust({"AWS": f"arn:aws:iam::{HERE}:root"})
    for name in ("release-reader", "other"):
        place.root_of(BELOW)("iam").create_role(
            RoleName=f"desk-dev-{name}", AssumeRolePolicyDocument=below
        )
