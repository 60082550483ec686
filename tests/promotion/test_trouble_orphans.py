"""What a killed apply has left is told by name, with what takes it into the state."""

from __future__ import annotations

import json
import shlex
import subprocess
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from codegen.errors import BatonError
from pipeline.adapters import tagging
from pipeline.adapters.states import Lock, lock_of
from pipeline.adapters.tagging import tagged
from pipeline.adapters.terragrunt import UnitsFailedError
from pipeline.promotion import recovery as trouble
from pipeline.promotion.orphans import Taken, said, taken, untracked
from tests.pipeline.builders import environment

DEV = environment()
ONES = "1" * 12


def _error(what: str, address: str) -> str:
    """An error as Terraform prints it, frame and colours and all."""
    return (
        "\x1b[31m╷\x1b[0m\x1b[0m\n"
        f"\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0m\x1b[0m\x1b[1m{what}\x1b[0m\n"
        "\x1b[31m│\x1b[0m \x1b[0m\n"
        f"\x1b[31m│\x1b[0m \x1b[0m\x1b[0m  with {address},\n"
        '\x1b[31m│\x1b[0m \x1b[0m  on main.tf line 1, in resource "x" "y":\n'
        '\x1b[31m│\x1b[0m \x1b[0m   1: resource "x" "y" \x1b[4m{\x1b[0m\x1b[0m\n'
        "\x1b[31m╵\x1b[0m\n"
    )


def _call(api: str, code: str) -> str:
    return f"operation error {api}, https response error StatusCode: 409, RequestID: 1, {code}"


ROLE = _error(
    f"creating IAM Role (desk-dev-api): {_call('IAM: CreateRole', 'EntityAlreadyExists: Role')}",
    'aws_iam_role.function["api"]',
)
PROVIDER = _error(
    f"creating IAM OIDC Provider: {_call('IAM: Create', 'EntityAlreadyExists: Provider with url')}",
    "aws_iam_openid_connect_provider.this[0]",
)


@pytest.mark.parametrize(
    ("what", "code", "address", "imported_as"),
    [
        ("S3 Bucket (b)", "BucketAlreadyOwnedByYou:", "aws_s3_bucket.this", "b"),
        ("S3 Bucket (b)", "BucketAlreadyExists:", "aws_s3_bucket.this", "b"),
        (
            "CloudWatch Logs Log Group (/a/b)",
            "ResourceAlreadyExistsException: The specified log group already exists",
            "aws_cloudwatch_log_group.this",
            "/a/b",
        ),
        (
            "SQS Queue (q)",
            "QueueAlreadyExists: A queue already exists",
            "aws_sqs_queue.this",
            f"https://sqs.us-east-1.amazonaws.com/{ONES}/q",
        ),
        (
            "IAM Policy (p)",
            "EntityAlreadyExists: A policy called p already exists.",
            "aws_iam_policy.this",
            f"arn:aws:iam::{ONES}:policy/p",
        ),
        (
            "AWS DynamoDB Table (t)",
            "ResourceInUseException: Table already exists: t",
            'module.tables.aws_dynamodb_table.this["x.y"]',
            "t",
        ),
        (
            "Secrets Manager Secret (s)",
            "ResourceExistsException: The operation failed because the secret s already exists.",
            "aws_secretsmanager_secret.this",
            '"$(aws secretsmanager describe-secret --secret-id s --query ARN --output text)"',
        ),
        ("SSM Parameter (/a)", "ParameterAlreadyExists:", "aws_ssm_parameter.this", "/a"),
        ("Security Group (g)", "InvalidGroup.Duplicate: The", "aws_security_group.this", "ID"),
    ],
)
def test_a_name_that_is_taken_comes_with_the_command_for_its_type(
    what: str, code: str, address: str, imported_as: str
) -> None:
    cause = _error(f"creating {what}: {_call('Some: Create', code)}", address)

    (found,) = taken([{"Name": "live/dev/data", "Result": "failed", "Cause": cause}])

    assert (found.unit, found.address) == ("data", address)
    assert found.command(DEV) == (
        f"cd live/dev/data && terragrunt import {shlex.quote(address)} {imported_as}"
    )


def test_all_that_are_taken_are_found_and_other_errors_are_none() -> None:
    other = _error("creating IAM Role (x): AccessDenied: no", "aws_iam_role.other")
    report = [
        {"Name": "data", "Result": "succeeded"},
        {"Name": "access", "Result": "failed", "Cause": ROLE + other + PROVIDER},
    ]

    assert taken(report) == [
        Taken("access", 'aws_iam_role.function["api"]', "desk-dev-api"),
        Taken("access", "aws_iam_openid_connect_provider.this[0]", ""),
    ]
    assert taken(report)[1].command(DEV).endswith("openid_connect_provider.this[0]' ID")


def _state(*attributes: dict[str, Any]) -> bytes:
    instances = [{"attributes": each} for each in attributes]
    return json.dumps({"version": 4, "resources": [{"instances": instances}]}).encode()


def test_what_no_state_names_is_found() -> None:
    group = f"arn:aws:logs:us-east-1:{ONES}:log-group:/a"
    subnet = f"arn:aws:ec2:us-east-1:{ONES}:subnet/subnet-1"
    states = [
        _state({"arn": "arn:aws:s3:::known", "id": "known"}),
        _state({"arn": f"{group}:*"}, {"id": "subnet-1"}, {"list": [{"arn": "arn:aws:sns:::in"}]}),
    ]
    known = ["arn:aws:s3:::known", "arn:aws:s3:::known:*", group, subnet, "arn:aws:sns:::in"]
    orphans = ["arn:aws:events:::event-bus/known", "arn:aws:s3:::orphan"]
    tagged_ = [*known, *orphans]

    assert untracked(tagged_, states) == orphans
    assert untracked(tagged_, []) == sorted(tagged_)
    assert untracked([], states) == []


def test_an_output_that_names_it_is_no_state_that_has_it() -> None:
    state = json.dumps({"outputs": {"x": {"value": "arn:aws:s3:::b"}}, "resources": []}).encode()

    assert untracked(["arn:aws:s3:::b"], [state]) == ["arn:aws:s3:::b"]


def test_a_lock_is_told_with_holder_time_and_the_command_that_takes_it_away() -> None:
    lock = Lock("data", "s3://b/k", "0b1e", "me@here", "2026-01-01 10:00:00")

    assert said(DEV, [], [], [lock]) == [
        "the state of data is locked by me@here, since 2026-01-01 10:00:00; if that run has ended: "
        "cd live/dev/data && terragrunt force-unlock -force 0b1e"
    ]


def test_a_lock_without_an_id_is_removed_as_the_object_that_it_is() -> None:
    # Given what an empty object says of its holder / Then there is no id to unlock by
    (line,) = said(DEV, [], [], [lock_of("data", "s3://b/k.tflock", b"")])
    assert line.endswith(
        'if that run has ended: eval "$(./baton env dev)" && aws s3 rm s3://b/k.tflock'
    )


@pytest.mark.parametrize("name", ["it's", "a b", "$(rm -r /)", "`x`", 'a"b'])
@pytest.mark.parametrize("kind", ["aws_s3_bucket", "aws_secretsmanager_secret"])
def test_a_name_from_an_error_stays_one_argument(kind: str, name: str) -> None:
    # Given a name that a shell would take for more, When the command is pasted
    command = Taken("data", f'{kind}.this["a b"]', name).command(DEV)
    stand_ins = 'cd() { :; }; terragrunt() { printf "<%s>" "$@"; }; aws() { printf "%s" "$4"; }'
    done = subprocess.run(
        ["bash", "-c", f"{stand_ins}\n{command}"], capture_output=True, text=True, check=True
    )

    # Then address and name are one argument each
    assert done.stdout == f'<import><{kind}.this["a b"]><{name}>'


def test_where_tags_cannot_be_asked_for_that_is_told() -> None:
    assert "tag:GetResources" in said(DEV, [], None, [])[0]
    assert said(DEV, [], [], []) == []


def _tagged_queue(session: boto3.Session, name: str, **tags: str) -> None:
    session.client("sqs").create_queue(QueueName=name, tags=tags)


def test_only_what_terraform_made_for_this_environment_is_looked_for(
    session: boto3.Session,
) -> None:
    own = {"project": "desk", "environment": "dev", "managed-by": "terraform"}
    _tagged_queue(session, "mine", **own)
    _tagged_queue(session, "other", **own | {"environment": "staging"})
    _tagged_queue(session, "by-hand", **own | {"managed-by": "me"})

    found = tagged(session, DEV)

    assert found is not None
    assert [arn.rpartition(":")[2] for arn in found] == ["mine"]


class _Terraform:
    """A step that ends as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def __call__(self, run: Any) -> Any:
        if self.error:
            raise self.error
        return "done"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """A run of an environment in which one resource is in no state."""
    store = SimpleNamespace(read_all=dict, locks=list)
    monkeypatch.setattr(trouble, "StateStore", lambda *_: store)
    monkeypatch.setattr(trouble, "tagged", lambda *_: ["arn:aws:s3:::orphan"])
    lines: list[str] = []
    return SimpleNamespace(
        died=None,
        place=DEV.name,
        session=None,
        environment=DEV,
        say=lines.append,
        lines=lines,
        checkout=SimpleNamespace(log=lambda _, name: tmp_path / f"{name}.log"),
        folder=tmp_path,
    )


def test_nothing_is_told_of_a_run_that_has_no_trouble(run: Any) -> None:
    assert trouble.telling(_Terraform(), "plan")(run) == "done"  # type: ignore[arg-type]

    assert run.lines == []


def test_after_a_run_that_was_killed_the_next_plan_tells_what_it_has_left(run: Any) -> None:
    run.died = "`baton promote dev` of me"

    assert trouble.telling(_Terraform(), "plan")(run) == "done"  # type: ignore[arg-type]

    assert "did not end in order: `baton promote dev` of me" in run.lines[0]
    assert "arn:aws:s3:::orphan" in run.lines[1]


def test_a_failed_apply_tells_what_is_there_already_and_keeps_its_own_words(run: Any) -> None:
    report = [{"Name": "access", "Result": "failed", "Cause": ROLE}]
    (run.folder / "terragrunt-apply.json").write_text(json.dumps(report))
    step = trouble.telling(_Terraform(UnitsFailedError("1 unit failed", "the log")), "apply")  # type: ignore[arg-type]

    with pytest.raises(UnitsFailedError) as raised:
        step(run)

    assert raised.value.message.startswith("1 unit failed\nwhat may be left")
    assert "terragrunt import 'aws_iam_role.function[\"api\"]' desk-dev-api" in raised.value.message
    assert "arn:aws:s3:::orphan" in raised.value.message
    assert raised.value.remedy == "the log"


def test_what_cannot_be_looked_at_hides_no_failure(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any) -> Any:
        raise BatonError("dev does not answer")

    monkeypatch.setattr(trouble, "tagged", silent)
    step = trouble.telling(_Terraform(UnitsFailedError("1 unit failed")), "apply")  # type: ignore[arg-type]

    with pytest.raises(UnitsFailedError, match="1 unit failed") as raised:
        step(run)

    assert "dev does not answer" in raised.value.message


def test_who_may_not_ask_for_tags_is_not_stopped(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(params: Any, **_: Any) -> None:
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetResources")

    session.events.register("before-call.resource-groups-tagging-api", refuse)

    assert tagging.tagged(session, DEV) is None


@pytest.mark.parametrize("state", [b"<html>", b"[]", b"{", b"null", b'{"version": 4}'])
def test_a_state_that_cannot_be_read_names_nothing_and_hides_no_other(state: bytes) -> None:
    other = json.dumps({"resources": [{"instances": [{"attributes": {"arn": "arn:a"}}]}]})

    assert untracked(["arn:a", "arn:b"], [state, other.encode()]) == ["arn:b"]
