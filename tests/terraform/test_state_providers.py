"""A state brings no provider: what names one is data that others can write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

pytestmark = pytest.mark.engine

Run = Callable[..., CompletedProcess[str]]

# `hashicorp/null` is in the registry, and in no module's lock file
FOREIGN = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 1,
    "lineage": "f",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "null_resource",
            "name": "this",
            "provider": 'provider["registry.terraform.io/hashicorp/null"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "1"}}],
        }
    ],
}
PROVIDERS = Path(__file__).parents[2] / ".tools/providers/registry.terraform.io/hashicorp"
LOCAL_STATE = """
remote_state {
  backend = "local"

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }

  config = {
    path = "${get_terragrunt_dir()}/none.tfstate"
  }
}
"""


def test_a_state_brings_no_provider_that_is_not_locked(
    run: Run, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Given a state that somebody has written: it names a provider of no module, which is to be had
    unit = tree / "live" / "dev" / "storage"
    (unit / "none.tfstate").write_text(json.dumps(FOREIGN))
    with (unit / "terragrunt.hcl").open("a") as file:
        file.write(LOCAL_STATE)
    mirror = tmp_path_factory.mktemp("mirror")
    (package,) = PROVIDERS.glob("aws/*/*")
    version, machine = package.parts[-2:]
    hashicorp = mirror / "registry.terraform.io/hashicorp"
    (hashicorp / "aws" / version).mkdir(parents=True)
    (hashicorp / "aws" / version / machine).symlink_to(package.resolve())
    null = hashicorp / "null/3.2.4" / machine
    null.mkdir(parents=True)
    (null / "terraform-provider-null_v3.2.4").write_text("#!/bin/sh\nexit 1\n")
    configuration = tmp_path_factory.mktemp("rc") / "terraform.rc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n'
    )

    # When the unit is planned
    done = run(
        *("terragrunt", "plan", "-no-color"), cwd=unit, TF_CLI_CONFIG_FILE=str(configuration)
    )

    # Then it is not begun
    assert done.returncode != 0
    assert "Provider dependency changes detected" in done.stderr
