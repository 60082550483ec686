"""The value that page tokens are signed with is made by applying, and kept by nobody."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import boto3
import pytest

from tests.terraform_engine import ENGINE, copy_lock

from . import moto_server

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("page_token"),
    pytest.mark.proves("D5"),
]

Run = Callable[..., CompletedProcess[str]]

ROOT_MODULE = """
provider "aws" {
  region              = "%(region)s"
  profile             = "%(profile)s"
  allowed_account_ids = ["%(account)s"]
}

variable "page_token_version" {
  type = number
}

module "application" {
  source = "%(source)s"

  name_prefix        = "desk-test"
  account_id         = "%(account)s"
  region             = "%(region)s"
  log_retention_days = 7
  customer_key       = false
  insights           = false
  page_token_version = var.page_token_version

  user_pool                     = false
  user_pool_deletion_protection = false
}
"""


@dataclass(frozen=True)
class Workspace:
    """The module in an AWS of its own."""

    folder: Path
    terraform: Run

    def plan(self, version: int) -> list[str]:
        """Plan, and say which resources would be changed."""
        self._call("plan", f"-var=page_token_version={version}", "-out=tfplan")
        plan = json.loads(self._call("show", "-json", "tfplan"))
        return [
            change["address"]
            for change in plan["resource_changes"]
            if change["change"]["actions"] != ["no-op"]
        ]

    def apply(self, version: int) -> None:
        """Plan, and apply exactly that plan."""
        self.plan(version)
        self._call("apply", "tfplan")

    def value(self) -> str:
        """What Secrets Manager has."""
        client = boto3.client("secretsmanager", region_name=moto_server.REGION)
        (secret,) = client.list_secrets(
            Filters=[{"Key": "name", "Values": ["desk-test/page-token-"]}]
        )["SecretList"]
        return client.get_secret_value(SecretId=secret["ARN"])["SecretString"]

    def written(self) -> list[bytes]:
        """All that Terraform keeps: the state, the one before, and the saved plan's parts."""
        with zipfile.ZipFile(self.folder / "tfplan") as plan:
            parts = [plan.read(name) for name in plan.namelist()]
        return parts + [file.read_bytes() for file in self.folder.glob("terraform.tfstate*")]

    def _call(self, *arguments: str) -> str:
        done = self.terraform(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def applied(run: Run, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The module, applied with the secret's first value."""
    folder = tmp_path_factory.mktemp("page_token")
    (folder / "main.tf").write_text(
        ROOT_MODULE
        % {
            "region": moto_server.REGION,
            "profile": moto_server.PROFILE,
            "account": moto_server.ACCOUNT_ID,
            # the module is in a package with the one that it calls, as units have it
            "source": f"{root}/modules//application",
        }
    )
    copy_lock(folder)
    with moto_server.serve(folder) as variables:

        def terraform(*arguments: str) -> CompletedProcess[str]:
            return run(ENGINE.command, *arguments, cwd=folder, **variables)

        done = terraform("init", "-input=false", "-lockfile=readonly")
        assert done.returncode == 0, done.stdout + done.stderr
        workspace = Workspace(folder, terraform)
        workspace.apply(1)
        yield workspace


def test_the_value_is_in_secrets_manager_and_nowhere_else(applied: Workspace) -> None:
    # When
    value = applied.value()

    # Then
    assert re.fullmatch(r"[0-9a-f]{64}", value)
    assert len(applied.written()) >= 3
    assert not any(value.encode() in part for part in applied.written())


def test_the_value_stays_until_a_new_one_is_asked_for(applied: Workspace) -> None:
    # Given
    first = applied.value()

    # When the next version is asked for
    unasked, asked = applied.plan(1), applied.plan(2)
    applied.apply(2)

    # Then
    assert unasked == []
    assert asked == ["module.application.aws_secretsmanager_secret_version.page_token"]
    assert re.fullmatch(r"[0-9a-f]{64}", applied.value())
    assert applied.value() != first
