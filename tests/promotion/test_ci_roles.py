"""What the roles of CI and of the next environment may do, and what is refused to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.promotion.standin import calls
from tests.promotion.standin.calls import Call
from tests.promotion.standin.delivery import (
    ABOVE,
    BELOW,
    HERE,
    PREFIX,
    RECORD,
    REPOSITORY,
    STATE,
    Place,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("ci_roles"), pytest.mark.proves("I3")]

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
FUNCTION = {"FunctionName": f"{PREFIX}-api"}
SWEEP = {
    "FunctionName": f"arn:aws:lambda:us-east-1:{HERE}:function:{PREFIX}-scheduled:live",
    "Payload": b"{}",
}
LOG = {"logGroupName": f"/aws/lambda/{PREFIX}-api"}
LOCK = "live/staging/*/terraform.tfstate.tflock"
READS: dict[str, Call] = {
    "reads a state": calls.get_object("state", STATE),
    "lists the states": calls.list_bucket("state"),
    "reads a release": calls.get_object("artifact", "releases/r/release.json"),
    "reads a record": calls.get_object("artifact", RECORD),
    "lists the records": calls.list_bucket("artifact", Prefix="promotions/"),
    "looks for changed records": calls.list_bucket(
        "artifact", "list_object_versions", Prefix="promotions/"
    ),
    "describes a table": calls.table("describe_table"),
    "looks at a role": calls.call("iam", "get_role", RoleName=f"{PREFIX}-api"),
    "reads Terraform's own secret": calls.get_secret("page-token"),
    "looks at the stack": calls.call("cloudformation", "describe_stacks", StackName=PREFIX),
    "looks at a function": calls.call("lambda", "get_function_configuration", **FUNCTION),
    "reads below": calls.assume_below("release-reader"),
}
MAY: dict[str, dict[str, Call]] = {
    "plan": READS,
    "deploy": READS
    | {
        "takes Terraform's lock": calls.put_object("state", LOCK, IfNoneMatch="*"),
        "gives Terraform's lock back": calls.delete_object("state", LOCK),
        "writes a state": calls.put_object("state", STATE),
        "uploads SAM's template": calls.put_object("artifact", "sam/*"),
        "stores a release": calls.put_object("artifact", "releases/*", Tagging="baton=unrecorded"),
        "creates a record": calls.put_object("artifact", "promotions/*", IfNoneMatch="*"),
        "takes the lease": calls.put_object("artifact", "locks/dev.json"),
        "gives the lease back": calls.delete_object("artifact", "locks/*"),
        "makes a change set": calls.make_change_set,
        "makes a table": calls.make_table(PREFIX),
        "makes a role within the boundary": calls.make_role(PREFIX),
        "gives a role rights": calls.give_rights("spare"),
        "lets API Gateway write logs": calls.attach("spare", calls.GATEWAY_LOGS),
        "invokes the scheduled function": calls.call("lambda", "invoke", **SWEEP),
        "looks for a ticket's items": calls.query("TICKET#1"),
        "looks for its own team's tickets": calls.query("TEAM#smoke-1#new", "gsi2"),
        "deletes its own ticket": calls.table("delete_item", Key=calls.key("TICKET#1", "META")),
        "reads why a function failed": calls.call("logs", "filter_log_events", **LOG),
    },
    "release-reader": {
        "reads a release": calls.get_object("artifact", "releases/r/release.json"),
        "reads an artifact": calls.get_object("artifact", "artifacts/a.zip"),
        "reads a record": calls.get_object("artifact", RECORD),
        "lists the records": calls.list_bucket("artifact", Prefix="promotions/"),
        "looks for changed records": calls.list_bucket(
            "artifact", "list_object_versions", Prefix="promotions/"
        ),
    },
}
NOBODY: dict[str, Call] = {
    "reads what the service has archived": calls.get_object("data", "archive/a.json"),
    "archives": calls.put_object("data", "archive/*"),
    "deletes a state": calls.delete_object("state", "*/terraform.tfstate"),
    "deletes a record": calls.delete_object("artifact", "promotions/*.json"),
    "reads the webhook's secret": calls.get_secret("webhook"),
    "reads a function's code": calls.call("lambda", "get_function", **FUNCTION),
    "makes a role of another environment": calls.make_role("desk-prod"),
    "makes a table of another environment": calls.make_table("desk-prod"),
    "gives the deploy role rights": calls.give_rights("deploy"),
    "gives the plan role rights": calls.attach("plan", "plan-states"),
    "gives the release-reader rights": calls.give_rights("release-reader"),
    "reads another environment's log": calls.call(
        "logs", "filter_log_events", logGroupName="/aws/lambda/desk-prod-api"
    ),
    "takes another role below": calls.assume_below("other"),
}
ONLY_DEPLOY = {what: MAY["deploy"][what] for what in MAY["deploy"].keys() - READS.keys()}
MAY_NOT: dict[str, dict[str, Call]] = {
    "deploy": NOBODY,
    "plan": NOBODY | ONLY_DEPLOY,
    "release-reader": NOBODY
    | ONLY_DEPLOY
    | {what: READS[what] for what in READS.keys() - MAY["release-reader"].keys()}
    | {
        "lists all that is stored": calls.list_bucket("artifact"),
        "reads a lease": calls.get_object("artifact", "locks/other.json"),
        "reads what SAM has uploaded": calls.get_object("artifact", "sam/t"),
    },
}


def _cases(table: dict[str, dict[str, Call]]) -> list[Any]:
    return [
        pytest.param(role, call, id=f"{role} {what}")
        for role, tried in table.items()
        for what, call in sorted(tried.items())
    ]


@pytest.mark.parametrize(("role", "call"), _cases(MAY))
def test_what_a_role_is_there_for_it_may(place: Place, role: str, call: Call) -> None:
    call(place.roles[role], place)


@pytest.mark.parametrize(("role", "call"), _cases(MAY_NOT))
def test_what_a_role_is_not_there_for_is_refused(place: Place, role: str, call: Call) -> None:
    # Given a call that is good: the account's own root may make it
    call(place.admin, place)
    # When the role makes it / Then it is refused
    _refused(lambda: call(place.roles[role], place))


@pytest.mark.parametrize("role", ["deploy", "made by deploy"])
def test_a_bucket_s_policy_lets_nobody_in_who_is_denied(place: Place, role: str) -> None:
    # Given buckets whose policies let the role do everything, and its very session
    client = place.made_by_deploy if role == "made by deploy" else place.roles[role]
    session = client("sts").get_caller_identity()["Arn"]
    buckets = {kind: place.bucket(kind) for kind in ("artifact", "data")}
    before = {
        kind: place.admin("s3").get_bucket_policy(Bucket=bucket)["Policy"]
        for kind, bucket in buckets.items()
    }
    for bucket in buckets.values():
        everything = {
            "Effect": "Allow",
            "Principal": {"AWS": session},
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
        place.admin("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    try:
        # When it reads what is archived, or removes or writes over a record / Then it is refused
        for call in (
            calls.get_object("data", "archive/a.json"),
            calls.delete_object("artifact", "promotions/*.json"),
            calls.put_object("artifact", RECORD),
        ):
            _refused(lambda call=call: call(client, place))
    finally:
        for kind, bucket in buckets.items():
            place.admin("s3").put_bucket_policy(Bucket=bucket, Policy=before[kind])


@pytest.mark.proves("S1")
@pytest.mark.parametrize("key", [RECORD, "promotions/*.json"], ids=["there", "new"])
def test_a_record_is_never_written_without_a_condition(place: Place, key: str) -> None:
    # Given who may do everything, and creates records
    calls.put_object("artifact", "promotions/*.json", IfNoneMatch="*")(place.administrator, place)
    calls.put_object("artifact", key.replace("promotions", "releases"))(place.administrator, place)
    # When a record is put without saying that none may be there / Then the bucket refuses it
    for client in (place.administrator, place.roles["deploy"]):
        _refused(lambda client=client: calls.put_object("artifact", key)(client, place))


@pytest.mark.proves("S1")
def test_a_record_that_is_there_is_not_written_over(place: Place) -> None:
    there = {"Bucket": place.bucket("artifact"), "Key": RECORD}
    before = place.admin("s3").head_object(**there)["VersionId"]
    for client in (place.administrator, place.roles["deploy"]):
        with pytest.raises(ClientError) as raised:
            calls.put_object("artifact", RECORD, IfNoneMatch="*")(client, place)
        assert raised.value.response["Error"]["Code"] == "PreconditionFailed"
    assert place.admin("s3").head_object(**there)["VersionId"] == before


TRUSTED = {
    "plan": ("pull_request", "ref:refs/heads/develop", "ref:refs/heads/main"),
    "deploy": ("environment:staging",),
}
NOT_TRUSTED = {
    "plan": ("ref:refs/heads/other", "environment:staging", "ref:refs/tags/main"),
    "deploy": ("environment:prod", "pull_request", "ref:refs/heads/main"),
}


@pytest.mark.parametrize("role", TRUSTED)
def test_a_role_is_for_the_jobs_it_is_named_for(place: Place, role: str) -> None:
    for job in TRUSTED[role]:
        place.by_github(role, f"repo:{REPOSITORY}:{job}")


@pytest.mark.parametrize(("role", "job"), [(r, job) for r in TRUSTED for job in NOT_TRUSTED[r]])
def test_another_job_does_not_get_in(place: Place, role: str, job: str) -> None:
    _refused(lambda: place.by_github(role, f"repo:{REPOSITORY}:{job}"))


@pytest.mark.parametrize("role", TRUSTED)
def test_another_repository_and_another_audience_do_not_get_in(place: Place, role: str) -> None:
    job = TRUSTED[role][0]
    _refused(lambda: place.by_github(role, f"repo:example/other:{job}"))
    _refused(lambda: place.by_github(role, f"repo:{REPOSITORY}:{job}", audience="other"))


@pytest.mark.proves("S1")
def test_only_the_next_environment_may_read_releases(place: Place) -> None:
    reader = place.role("release-reader")
    place.assumed(reader, place.root_of(ABOVE))
    for other in (place.root_of(BELOW), place.roles["plan"], place.roles["deploy"]):
        _refused(lambda other=other: place.assumed(reader, other))


def _refused(call: Callable[[], object]) -> None:
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] in DENIED
