"""A project as small as it can be: one unit, one function, and all of Baton's own machinery.

What is real: Terraform, Terragrunt, SAM, CloudFormation, the stores and the run of `verify`, which
looks at what it is given only. What is not: the gate on policy is answered by a checkov that has
looked at one thing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import yaml

from pipeline.checkout import Checkout
from tests.codegen.builders import write_executable
from tests.terraform_engine import ENGINE

ROOT = Path(__file__).resolve().parents[3]

MODULE = """
variable "artifact_bucket_name" { type = string }
variable "name_prefix" { type = string }

resource "aws_s3_bucket" "this" {
  bucket = var.artifact_bucket_name
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration { status = "Enabled" }
}

resource "aws_iam_role" "this" {
  for_each = toset(["cloudformation", "lambda"])

  name = "${var.name_prefix}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "${each.key}.amazonaws.com" }
    }]
  })
}

# the last of all: what it waits for is there when it is made
resource "aws_ssm_parameter" "note" {
  name  = "/${var.name_prefix}/note"
  type  = "String"
  value = "1"

  depends_on = [aws_s3_bucket_versioning.this, aws_iam_role.this]
}
"""
OUTPUTS = """
output "artifact_bucket_name" {
  description = "The bucket."
  value       = aws_s3_bucket.this.bucket
}

output "deployment_role_arn" {
  description = "CloudFormation's role."
  value       = aws_iam_role.this["cloudformation"].arn
}

output "function_role_arn" {
  description = "The function's role."
  value       = aws_iam_role.this["lambda"].arn
}

output "note_name" {
  description = "The note."
  value       = aws_ssm_parameter.note.name
}
"""
# Baton's own settings, of which the project reads next to none, must all be read by somebody.
UNIT = """
locals {
  settings = read_terragrunt_config("${get_repo_root()}/terragrunt.hcl").locals.settings
  read     = [SETTINGS]
}

terraform { source = "${get_repo_root()}/modules//base" }
"""
MOCKS = """
base:
  artifact_bucket_name: mock0000-artifacts
  deployment_role_arn: arn:aws:iam::000000000000:role/mock0000-cloudformation
  function_role_arn: arn:aws:iam::000000000000:role/mock0000-lambda
  note_name: /mock0000/note
"""
PARAMETERS = """\
ArtifactBucket: {{ outputs.base.artifact_bucket_name | yaml }}
RoleArn: {{ outputs.base.function_role_arn | yaml }}
FunctionName: {{ (environment.prefix ~ "-hello") | yaml }}
TableName: {{ outputs.base.note_name | yaml }}
HelloRevision: {{ revisions.hello | yaml }}
"""
SAMCONFIG = """\
version = 0.1

[{{ environment.name | comment }}.deploy.parameters]
profile = {{ environment.aws_profile | toml }}
region = {{ environment.region | toml }}
stack_name = {{ environment.stack_name | toml }}
template_file = {{ release.template_file | toml }}
s3_bucket = {{ outputs.base.artifact_bucket_name | toml }}
s3_prefix = "sam"
role_arn = {{ outputs.base.deployment_role_arn | toml }}
capabilities = ["CAPABILITY_AUTO_EXPAND"]
parameter_overrides = {{ ("file://parameters/" ~ environment.name ~ ".yaml") | toml }}
confirm_changeset = false
fail_on_empty_changeset = false
"""
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  ArtifactBucket:
    Type: String
  RoleArn:
    Type: String
  FunctionName:
    Type: String
  TableName:
    Type: String
  HelloRevision:
    Type: String
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Ref FunctionName
      Role: !Ref RoleArn
      CodeUri: functions/hello/
      Handler: hello.handler
      Runtime: python3.13
      Environment:
        Variables:
          TABLE_NAME: !Ref TableName
      AutoPublishAlias: live
      AutoPublishCodeSha256: !Ref HelloRevision
      VersionDescription: !Ref HelloRevision
      VersionDeletionPolicy: Delete
  Queue:
    Type: AWS::SQS::Queue
"""
HANDLER = """\
def handler(event, context):
    return "hello"
"""
# what it is given says that the stack is deployed, and has what was rendered
VERIFY = """\
#!/usr/bin/env python3
import json, pathlib, sys
given = json.loads(pathlib.Path(sys.argv[1]).read_text())
ok = given["parameters"]["FunctionName"] == "desk-dev-hello"
print(json.dumps({"check": "the function has its name", "ok": ok}))
sys.exit(not ok)
"""
CHECKOV = """\
#!/bin/sh
echo '{"results": {"failed_checks": []}, "summary": {"passed": 1}}'
"""


def lay_out(root: Path) -> Checkout:
    """A checkout of the stand-in project, with dev's settings as they are."""
    for name in ("terragrunt.hcl", ".terragrunt-filters", "live/project.yaml", "live/dev/env.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    _unit(root)
    for name, content in {
        "units/mocks.yaml": MOCKS,
        "codegen/templates/parameters.yaml.j2": PARAMETERS,
        "codegen/templates/samconfig.toml.j2": SAMCONFIG,
        "sam-app/template.yaml": TEMPLATE,
        "sam-app/functions/hello/hello.py": HANDLER,
        "policies/not-adopted.yaml": "[]\n",
        ".gitignore": ".baton/\n.tools/\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    write_executable(root / "sam-app/verify", VERIFY)
    _tools(root)
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return Checkout(root, root / ".baton")


def _unit(root: Path) -> None:
    defaults = yaml.safe_load((root / "live" / "project.yaml").read_text())["defaults"]
    names = [f"{section}.{key}" for section in defaults for key in defaults[section]]
    read = ", ".join(f"local.settings.{name}" for name in ["network.cidr", *names])
    write_unit(root, "base", UNIT.replace("SETTINGS", read), MODULE, OUTPUTS)


def write_unit(root: Path, name: str, unit: str, module: str, outputs: str) -> None:
    """Write a unit of dev's, new or anew: its settings, its module, and the module's outputs."""
    folder, place = root / "modules" / name, root / "live" / "dev" / name
    for each in (folder, place, root / "units"):
        each.mkdir(parents=True, exist_ok=True)
    (root / "units" / f"{name}.hcl").write_text(unit)
    (folder / "main.tf").write_text(module)
    (folder / "outputs.tf").write_text(outputs)
    shutil.copy(ROOT / "modules" / "storage" / "versions.tf", folder)
    shutil.copy(ROOT / ENGINE.lock, root / "modules")
    shutil.copy(ROOT / "live/dev/network/terragrunt.hcl", place)


def remove_unit(root: Path, name: str) -> None:
    """Take a unit out, and all that is said of it."""
    for folder in (root / "modules" / name, root / "live" / "dev" / name):
        shutil.rmtree(folder)
    (root / "units" / f"{name}.hcl").unlink()


def write_mocks(root: Path, **more: dict[str, str]) -> None:
    """Mock outputs beside those of base, by unit and output; further ones of base too."""
    mocks = yaml.safe_load(MOCKS)
    for unit, outputs in more.items():
        mocks[unit] = mocks.get(unit, {}) | outputs
    (root / "units" / "mocks.yaml").write_text(yaml.safe_dump(mocks))


def _tools(root: Path) -> None:
    """The tools as they are, but for checkov."""
    (root / ".tools" / "bin").mkdir(parents=True)
    for tool in (ROOT / ".tools").iterdir():
        if tool.name != "bin":
            (root / ".tools" / tool.name).symlink_to(tool)
    for tool in (ROOT / ".tools" / "bin").iterdir():
        if tool.name != "checkov":
            (root / ".tools" / "bin" / tool.name).symlink_to(tool)
    (root / ".tools" / "bin" / "checkov").write_text(CHECKOV)
    (root / ".tools" / "bin" / "checkov").chmod(0o755)
