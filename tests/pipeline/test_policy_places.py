"""A finding is shown once, where a person wrote what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.adapters.checkov import Finding
from pipeline.promotion.gates.exceptions import NotAdopted, bare
from pipeline.promotion.gates.findings import each_once, written

MAIN = """\
# the buckets
resource "aws_s3_bucket" "this" {
  for_each = toset(["a"])
}

module "pool" {
  source = "../user_pool"
}
"""
POOL = '\n\nresource "aws_cognito_user_pool" "this" {}\n'
TEMPLATE = """\
Parameters:
  ArtifactBucket: {Type: String}
Resources:
  Api:
    Type: AWS::Serverless::Api
  ApiFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/api
      MemorySize: 128
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release's modules and packaged template, and the checkout's template."""
    for module, text in {"storage": MAIN, "user_pool": POOL}.items():
        (tmp_path / "modules" / module).mkdir(parents=True)
        (tmp_path / "modules" / module / "main.tf").write_text(text)
    packed = TEMPLATE.replace("functions/api", "{Bucket: !Ref ArtifactBucket, Key: a}")
    (tmp_path / "template.yaml").write_text(packed.replace("Parameters:", "\n\nParameters:"))
    (tmp_path / "sam-app").mkdir()
    (tmp_path / "sam-app" / "template.yaml").write_text(TEMPLATE)
    return tmp_path


def located(root: Path, file: str, resource: str) -> str:
    places = written(root, root / "template.yaml", root / "sam-app" / "template.yaml")
    found = places.located(Finding("CKV_AWS_1", "title", resource, file, 77))
    return f"{found.file}:{found.line}"


@pytest.mark.parametrize(
    ("file", "resource", "place"),
    [
        ("modules/storage/main.tf", "aws_s3_bucket.this", "modules/storage/main.tf:77"),
        ("plans/storage.json", 'aws_s3_bucket.this["a.b"]', "modules/storage/main.tf:2"),
        (
            "plans/storage.json",
            "module.pool[0].aws_cognito_user_pool.this",
            "modules/user_pool/main.tf:3",
        ),
        ("plans/storage.json", "aws_s3_bucket.gone", "modules/storage:1"),
        ("template.json", "AWS::Lambda::Function.ApiFunction", "sam-app/template.yaml:6"),
        ("template.json", "AWS::Lambda::Alias.ApiFunctionAliaslive", "sam-app/template.yaml:6"),
        ("template.json", "AWS::ApiGateway::Stage.ApiStage", "sam-app/template.yaml:4"),
        ("template.json", "AWS::ApiGateway::RestApi.Other", "template.yaml of the release:1"),
    ],
)
def test_a_finding_is_at_the_line_that_a_person_wrote(
    file: str, resource: str, place: str, release: Path
) -> None:
    assert located(release, file, resource) == place


def test_where_the_checkout_has_another_template_the_releases_is_named(release: Path) -> None:
    # Given a checkout whose function has changed since the release was built
    own = release / "sam-app" / "template.yaml"
    own.write_text(f"# one more line\n{TEMPLATE.replace('128', '256')}")

    # Then the line is that of the release, and of what is still the same the checkout's
    function, api = "AWS::Lambda::Function.ApiFunction", "AWS::ApiGateway::RestApi.Api"
    assert located(release, "template.json", function) == "template.yaml of the release:8"
    assert located(release, "template.json", api) == "sam-app/template.yaml:5"
    # and where there is none, all are the release's
    own.unlink()
    assert located(release, "template.json", api) == "template.yaml of the release:6"


def test_one_resource_is_one_row_however_often_checkov_has_seen_it(release: Path) -> None:
    # Given a bucket in its source, and two instances of it in the plan
    seen = [
        ("modules/storage/main.tf", "aws_s3_bucket.this", 2),
        ("plans/storage.json", 'aws_s3_bucket.this["a"]', 900),
        ("plans/storage.json", 'aws_s3_bucket.this["b"]', 950),
    ]
    places = written(release, release / "template.yaml", release / "none.yaml")
    findings = [
        Finding(check, "title", resource, file, line)
        for check in ("CKV_AWS_2", "CKV_AWS_1")
        for file, resource, line in seen
    ]

    # When they are shown, Then each check has one row, with a place to go to
    rows = list(map(str, each_once(map(places.located, findings))))
    assert rows == [
        "modules/storage/main.tf:2: CKV_AWS_1 aws_s3_bucket.this: title",
        "modules/storage/main.tf:2: CKV_AWS_2 aws_s3_bucket.this: title",
    ]


def test_an_exception_for_what_the_row_shows_covers_every_instance() -> None:
    # Given what checkov has seen in a plan, and the address that its row has
    finding = Finding("CKV_AWS_1", "t", 'module.a.aws_s3_bucket.this["x"]', "plans/a.json", 1)
    reason = "a reason of more than twenty characters"

    # When that is excepted, Then the finding is; and an instance of another name is not
    resources = [bare(finding.resource), 'module.a.aws_s3_bucket.this?"x"]', "aws_s3_bucket.that"]
    covered = [
        NotAdopted(check="CKV_AWS_1", reason=reason, resources=[each]).covers(finding)
        for each in resources
    ]
    assert covered == [True, True, False]


def test_an_address_without_modules_and_instance() -> None:
    assert bare('module.a["x"].module.b.aws_vpc.this[0]') == "aws_vpc.this"
    assert bare("AWS::SQS::Queue.Dlq") == "AWS::SQS::Queue.Dlq"
