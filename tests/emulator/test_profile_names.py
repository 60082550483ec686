"""Profiles with names as SSO tools make them: every tool finds them in Baton's files."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import boto3
import pytest

from codegen.handoff import render_checked
from codegen.sam.samconfig import put_environments
from codegen.settings import load_environment
from codegen.sides import Sides
from pipeline.target.local.profiles import config_sections
from tests.codegen.builders import (
    CHECKOUT,
    PACKAGED,
    environment,
    output_values,
    release,
    state_outputs,
)
from tests.codegen.live import copy_of_live, say
from tests.terraform_engine import ENGINE, copy_lock

from .conftest import Engine

pytestmark = pytest.mark.engine
NAMES = [
    "desk-dev",
    "111111111111:AdministratorAccess",
    "Acme Corp/ReadOnly (prod)",
    "me@corp.example",
    "team=a+b,c&d",
]


@pytest.fixture
def variables(patched: Engine, tmp_path: Path) -> dict[str, str]:
    """A shell that knows these profiles, each of which leads to the emulator."""
    keys = patched.session.get_credentials()
    settings = f"region = us-east-1\nendpoint_url = {patched.endpoint}\n"
    config = [each for name in NAMES for each in config_sections(name, settings)]
    (tmp_path / "config").write_text("\n".join(config))
    (tmp_path / "credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {keys.access_key}\n"
            f"aws_secret_access_key = {keys.secret_key}\n"
            for name in NAMES
        )
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_CLI_CONFIG_FILE": str(CHECKOUT / ".tools" / "terraform.rc"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_boto3_and_the_cli_find_a_profile_of_any_name(
    name: str, variables: dict[str, str], patched: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a shell as `baton env` leaves it
    line = f"export AWS_PROFILE={shlex.quote(name)}"

    # When boto3 and the AWS CLI ask who they are
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    by_boto = boto3.Session(profile_name=name).client("sts").get_caller_identity()["Account"]
    by_cli = subprocess.run(
        ["bash", "-c", f"{line}; aws sts get-caller-identity --query Account --output text"],
        env=variables | {"AWS_PAGER": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    # Then both are the profile's
    assert by_boto == by_cli.stdout.strip() == patched.environment.account_id


def test_terraform_finds_profiles_of_any_name(
    variables: dict[str, str], tmp_path: Path, patched: Engine
) -> None:
    # Given a provider for each profile, as terragrunt.hcl writes it
    copy_lock(tmp_path)
    versions = (CHECKOUT / "modules/network/versions.tf").read_text()
    providers = "".join(
        f'provider "aws" {{\n  alias   = "p{number}"\n  region  = "us-east-1"\n'
        f'  profile = "{name}"\n}}\n'
        f'data "aws_caller_identity" "p{number}" {{\n  provider = aws.p{number}\n}}\n'
        f'output "p{number}" {{\n  value = data.aws_caller_identity.p{number}.account_id\n}}\n'
        for number, name in enumerate(NAMES)
    )
    (tmp_path / "main.tf").write_text(versions + providers)

    # When Terraform reads through each
    for command in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        subprocess.run([ENGINE.command, *command], cwd=tmp_path, env=variables, check=True)
    done = subprocess.run(
        [ENGINE.command, "output", "-json"],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        check=True,
    )

    # Then each leads to the emulator's account
    values = [each["value"] for each in json.loads(done.stdout).values()]
    assert values == [patched.environment.account_id] * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_sam_finds_a_profile_of_any_name(
    name: str, variables: dict[str, str], tmp_path: Path
) -> None:
    # Given a samconfig.toml as it is rendered for an environment with that profile
    live = copy_of_live(tmp_path / "project")
    say(live, "dev", {"aws_profile": name})
    dev = load_environment(live, "dev")
    sides = Sides.load(CHECKOUT, PACKAGED)
    outputs = state_outputs(output_values(environment("dev")))
    rendering = render_checked(sides, dev, outputs, release(template_file="template.yaml"))
    config = put_environments(None, {"dev": rendering.samconfig_table}, tmp_path / "samconfig.toml")
    (tmp_path / "samconfig.toml").write_bytes(config)
    (tmp_path / "template.yaml").write_text(PACKAGED.read_text())

    # When SAM looks for the stack that is not there
    done = subprocess.run(
        ["sam", "list", "stack-outputs", "--config-env", "dev"],
        cwd=tmp_path,
        env=variables | {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    # Then it has asked by that profile, and found no stack
    assert "desk-dev" in done.stderr
    assert "does not exist" in done.stderr, done.stderr
