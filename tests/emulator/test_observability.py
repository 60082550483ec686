"""The module `observability`, applied: a second plan is empty, and an alarm is heard."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import CHECKOUT, Engine, eventually, unique

pytestmark = pytest.mark.engine

MODULE = CHECKOUT / "modules" / "observability"
PROVIDER = 'provider "aws" {\n  region  = "us-east-1"\n  profile = "emulator"\n}\n'
ANYTHING = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
NO_CHANGES = 0  # of `terraform plan -detailed-exitcode`; with changes it is 2


@dataclass(frozen=True)
class Applied:
    """The module in an emulator, with a queue that is told of alarms."""

    engine: Engine
    prefix: str
    vpc: str
    queue: str
    terraform: Callable[..., subprocess.CompletedProcess[str]]

    def heard(self, alarm: str) -> list[dict[str, Any]]:
        """What the subscribed queue has of an alarm; others have their own reasons to change."""
        answer = self.engine.client("sqs").receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        said = [json.loads(body["Message"]) for body in bodies]
        return [message for message in said if message["AlarmName"] == alarm]


@pytest.fixture(scope="module")
def applied(patched: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    prefix = unique("desk")
    vpc = patched.client("ec2").create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    queue, queue_arn = subscriber(patched, f"{prefix}-pager", f"{prefix}-alarms")
    folder = tmp_path_factory.mktemp("observability")
    boundary = patched.client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=json.dumps(ANYTHING)
    )
    lay_out(
        folder,
        patched,
        name_prefix=prefix,
        vpc_id=vpc,
        alarm_subscribers=[queue_arn],
        permissions_boundary_arn=boundary["Policy"]["Arn"],
    )
    call = terraform_in(folder)
    for command in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        done = call(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    yield Applied(patched, prefix, vpc, queue, call)
    # others share the emulator: an alarm that stays would go on being evaluated
    call("destroy", "-auto-approve", "-input=false")


def subscriber(engine: Engine, name: str, topic: str) -> tuple[str, str]:
    """A queue that lets the topic in; its address and ARN."""
    where = f"{engine.environment.region}:{engine.environment.account_id}"
    arn = f"arn:aws:sqs:{where}:{name}"
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:{where}:{topic}"}},
        },
    }
    url: str = engine.client("sqs").create_queue(
        QueueName=name, Attributes={"Policy": json.dumps(policy)}
    )["QueueUrl"]
    return url, arn


def lay_out(folder: Path, engine: Engine, **variables: object) -> None:
    """The module with the variables of its own tests, and a profile that leads to the emulator."""
    shutil.copytree(MODULE, folder, ignore=shutil.ignore_patterns(".terraform"), dirs_exist_ok=True)
    (folder / "tests" / "terraform.tfvars").rename(folder / "terraform.tfvars")
    (folder / "provider.tf").write_text(PROVIDER)
    given = {"account_id": engine.environment.account_id, **variables}
    (folder / "given.auto.tfvars.json").write_text(json.dumps(given))
    (folder / "config").write_text(
        f"[profile emulator]\nendpoint_url = {engine.endpoint}\n"
        f"aws_access_key_id = {engine.environment.account_id}\n"
        f"aws_secret_access_key = {engine.secret_key}\n"
    )


def terraform_in(folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env = {
        **clean,
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TF_CLI_CONFIG_FILE": str(CHECKOUT / ".tools" / "terraform.rc"),
    }

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CHECKOUT / ".tools/bin/terraform"), *arguments, "-no-color"],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.mark.proves("M2", "M3", "N7")
def test_a_second_plan_finds_nothing_to_change(applied: Applied) -> None:
    # When
    planned = applied.terraform("plan", "-detailed-exitcode", "-input=false")

    # Then
    assert planned.returncode == NO_CHANGES, planned.stdout + planned.stderr


@pytest.mark.proves("N7")
def test_flow_logs_go_to_their_log_group(applied: Applied) -> None:
    # When
    found = applied.engine.client("ec2").describe_flow_logs()["FlowLogs"]

    # Then
    (log,) = [each for each in found if each["ResourceId"] == applied.vpc]
    assert log["LogDestination"].endswith(f":log-group:/aws/vpc/{applied.prefix}-flow")
    assert log["DeliverLogsPermissionArn"].endswith(f":role/{applied.prefix}-flow-logs")
    assert log["TrafficType"] == "ALL"


@pytest.mark.proves("M3")
def test_the_dashboard_has_every_alarm(applied: Applied) -> None:
    # Given
    cloudwatch = applied.engine.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=applied.prefix)["MetricAlarms"]

    # When
    body = cloudwatch.get_dashboard(DashboardName=applied.prefix)["DashboardBody"]

    # Then
    (widget,) = [each for each in json.loads(body)["widgets"] if each["type"] == "alarm"]
    assert alarms
    assert set(widget["properties"]["alarms"]) == {alarm["AlarmArn"] for alarm in alarms}


@pytest.mark.proves("M2", "I5")
def test_an_alarm_is_heard_when_it_begins_and_when_it_is_over(applied: Applied) -> None:
    # Given an alarm on metric math, which the emulator does not evaluate
    name = f"{applied.prefix}-api-errors"
    cloudwatch = applied.engine.client("cloudwatch")

    heard: list[tuple[str, str, str]] = []
    for state in ("ALARM", "OK"):
        # When it changes
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="for the test")

        # Then the subscriber has one message, which says where to look
        (message,) = eventually(lambda: applied.heard(name), bool)
        heard.append((message["AlarmName"], message["NewStateValue"], message["AlarmDescription"]))
    assert [(alarm, state) for alarm, state, _ in heard] == [(name, "ALARM"), (name, "OK")]
    assert all("Look first at the log group " in text for *_, text in heard)
