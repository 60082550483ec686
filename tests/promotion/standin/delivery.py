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
from tests.terraform_engine import ENGINE, copy_lock

ROOT = Path(__file__).resolve().parents[3]
REPOSITORY = "example/desk"
ISSUER = "https://token.actions.githubusercontent.com"
BELOW, HERE, ABOVE = "111111111111", "222222222222", "333333333333"
PREFIX = "desk-staging"
RECORD = "promotions/000001.json"
STATE = "live/staging/data/terraform.tfstate"
OBJECTS = {
    "state": (STATE,),
    "artifact": ("artifacts/a.zip", "locks/other.json", "releases/r/release.json", "sam/t"),
    "data": ("archive/a.json",),
}
QUEUE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
TAGS = {
    "aws": {"default_tags": {"tags": {"project": "desk", "environment": "staging"}}},
}
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

    @property
    def boundary(self) -> str:
        return f"arn:aws:iam::{HERE}:policy/{PREFIX}-boundary"

    def root_of(self, account: str) -> Client:
        """Clients of another account's root."""
        secret = self.engine.secret_key_of(account)
        return self._clients(boto3.Session(account, secret, region_name="us-east-1"))

    def by_github(self, role: str, subject: str, audience: str = "sts.amazonaws.com") -> Client:
        """Clients of a role, for a job of GitHub's whose token says that.

        Raises
        ------
        ClientError
            The role does not trust such a job.
        """
        claims = {"iss": ISSUER, "aud": audience, "sub": subject}
        token = ".".join([_part({"alg": "RS256"}), _part(claims), "unsigned"])
        sts = self.admin("sts")
        # on AWS the token is the proof; the emulator believes any, and wants a signature
        sts.meta.events.register_first(
            "choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: "v4"
        )
        given = sts.assume_role_with_web_identity(
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
        return self._allowed_everything("administrator", self.admin("iam"))

    @cached_property
    def made_by_deploy(self) -> Client:
        """Clients of a role that deploy has made, and has allowed everything."""
        bounded = {"PermissionsBoundary": self.boundary}
        return self._allowed_everything(f"{PREFIX}-made", self.roles["deploy"]("iam"), **bounded)

    def _allowed_everything(self, name: str, iam: Any, **more: str) -> Client:
        document = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{HERE}:root"}),
            **more,
        )
        iam.put_role_policy(
            RoleName=name,
            PolicyName="everything",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": document}),
        )
        return self.assumed(f"arn:aws:iam::{HERE}:role/{name}", self.root_of(HERE))

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
    """Apply the modules that make roles, and the buckets, with what their units give them."""
    modules = {
        name: _module(name, _named(planned.inputs_of("staging", name)) | place.inputs, folder)
        for name in ("access", "delivery", "observability", "storage")
    }
    bounded = {"permissions_boundary_arn": "${module.delivery.permissions_boundary_arn}"}
    vpc = place.admin("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    modules["access"] |= bounded
    modules["observability"] |= bounded | {"vpc_id": vpc}
    # the provider looks at a bucket's lifecycle for a minute, and nobody here
    for file in (folder / "storage").glob("*_lifecycle.tf"):
        file.unlink()
    copy_lock(folder)
    (folder / "main.tf.json").write_text(json.dumps({"provider": TAGS, "module": modules}))
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": place.engine.endpoint,
        "AWS_ACCESS_KEY_ID": HERE,
        "AWS_SECRET_ACCESS_KEY": place.engine.secret_key_of(HERE),
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TF_CLI_CONFIG_FILE": str(ROOT / ".tools" / "terraform.rc"),
    }
    engine = str(ROOT / ".tools" / "bin" / ENGINE.command)
    for command in (("init", "-lockfile=readonly"), ("apply", "-auto-approve")):
        subprocess.run(
            [engine, *command, "-input=false"], cwd=folder, env=env, check=True, timeout=120
        )


def _named(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a unit gives its module, with this environment's names in place of the mocks'."""
    text = json.dumps(inputs).replace("mock0000", PREFIX).replace("0" * 12, HERE)
    found: dict[str, Any] = json.loads(text)
    return found


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
    keys = ("pk", "sk", "gsi2pk", "gsi2sk")
    place.admin("dynamodb").create_table(
        TableName=f"{PREFIX}-table",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=_schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "gsi2",
                "KeySchema": _schema("gsi2pk", "gsi2sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for name in ("page-token", "webhook"):
        secret = {"Name": f"{PREFIX}/{name}", "SecretString": "s"}
        place.admin("secretsmanager").create_secret(**secret)
    for prefix in (PREFIX, "desk-prod"):
        place.admin("logs").create_log_group(logGroupName=f"/aws/lambda/{prefix}-api")
    # one that the tests change, and one that nobody else may
    for name, bounded in (("spare", {"PermissionsBoundary": place.boundary}), ("unbounded", {})):
        place.admin("iam").create_role(
            RoleName=f"{PREFIX}-{name}",
            AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}),
            **bounded,
        )
    functions = place.admin("lambda")
    for name in ("api", "scheduled"):
        functions.create_function(
            FunctionName=f"{PREFIX}-{name}",
            Runtime="python3.11",
            Handler="index.handler",
            Role=place.role("api"),
            Code={"ZipFile": zipped("def handler(event, context): return 1")},
        )
        functions.create_alias(
            FunctionName=f"{PREFIX}-{name}", Name="live", FunctionVersion="$LATEST"
        )
    place.admin("cloudformation").create_stack(StackName=PREFIX, TemplateBody=QUEUE)
    below = trust({"AWS": f"arn:aws:iam::{HERE}:root"})
    for name in ("release-reader", "other"):
        place.root_of(BELOW)("iam").create_role(
            RoleName=f"desk-dev-{name}", AssumeRolePolicyDocument=below
        )


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
