"""What Terraform plans for a unit; no account, no state, no network.

Terragrunt says what the unit gives the module, and Terraform plans the module with it. What a plan
of `units/data.hcl` says of the tables is in `tables.json`; `tables.py` makes tables of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.terraform_engine import ENGINE, copy_lock

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("tables.json")
Inputs = dict[str, Any]
Values = dict[str, Any]

# A table of the tests has it as planned …
KEPT = frozenset(
    {
        *("attribute", "billing_mode", "global_secondary_index", "hash_key", "range_key"),
        *("stream_enabled", "stream_view_type", "ttl"),
    }
)
KEPT_OF_INDEXES = frozenset(
    {"name", "hash_key", "range_key", "projection_type", "non_key_attributes"}
)
# … or it is nothing that a program can tell by reading and writing.
LEFT_OUT = frozenset(
    {
        *("name", "tags", "tags_all", "deletion_protection_enabled"),
        *("point_in_time_recovery", "server_side_encryption"),
    }
)
# The plan of tables that do not exist asks AWS nothing, so nothing has to be true of this.
PROVIDER = """
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""
# How capacity is paid for is the environment's own, no store sees it, and AWS would be asked for
# what is provisioned now.
ON_DEMAND = {"billing": "on_demand", "read_capacity": None, "write_capacity": None}


def tables() -> dict[str, Values]:
    """What Terraform plans now, by the resource's name: what `tables.json` has to hold."""
    with tempfile.TemporaryDirectory() as folder:
        return extract(plan("data", inputs_of("dev") | ON_DEMAND, Path(folder)))


def inputs_of(environment: str, unit: str = "data") -> Inputs:
    """What a unit gives its module in this environment, on mocks of what other units give it."""
    folder = ROOT / "live" / environment / unit
    rendered = json.loads(
        _run("terragrunt", "render", "--json", "--log-level", "error", folder=folder)
    )
    found: Inputs = rendered["inputs"]
    return found


def plan(name: str, inputs: Inputs, folder: Path, told: Mapping[str, str] | None = None) -> Values:
    """Plan a module with these inputs in an empty folder; the plan as Terraform shows it.

    Parameters
    ----------
    told:
        Outputs beside the module's own, by name: expressions of what else a test has to know.
    """
    module = ROOT / "modules" / name
    for file in module.glob("*.tf"):
        shutil.copy(file, folder)
    copy_lock(folder)
    outputs = [
        f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in (told or {}).items()
    ]
    (folder / "provider.tf").write_text("\n".join([PROVIDER, *outputs]))
    # a file: a variable of the process cannot be null. Those that the module has not only warn
    (folder / "given.auto.tfvars.json").write_text(json.dumps(inputs))
    _run(ENGINE.command, "init", "-input=false", "-lockfile=readonly", folder=folder)
    _run(ENGINE.command, "plan", "-input=false", "-out=plan", folder=folder)
    shown: Values = json.loads(_run(ENGINE.command, "show", "-json", "plan", folder=folder))
    return shown


def extract(planned: Values) -> dict[str, Values]:
    """What a plan says of the tables, by the resource's name.

    Raises
    ------
    ValueError
        It says something that is not known here: tables of the tests would go without.
    """
    resources = planned["planned_values"]["root_module"]["resources"]
    return {
        resource["name"]: _table(resource["values"])
        for resource in resources
        if resource["type"] == "aws_dynamodb_table"
    }


def _table(values: Values) -> Values:
    kept = _known(values, KEPT, LEFT_OUT)
    for kind, known in (
        ("attribute", {"name", "type"}),
        ("global_secondary_index", KEPT_OF_INDEXES),
    ):
        # sets: what order they come in means nothing
        parts = sorted(kept.get(kind, []), key=lambda part: part["name"])
        kept[kind] = [_known(part, frozenset(known)) for part in parts]
    return kept


def _known(values: Values, kept: frozenset[str], left_out: frozenset[str] = frozenset()) -> Values:
    said = {name: value for name, value in values.items() if value not in (None, [], {})}
    if unknown := said.keys() - kept - left_out:
        raise ValueError(
            f"tests/service/tables.py makes no table with {', '.join(sorted(unknown))}"
        )
    return {name: said[name] for name in sorted(said.keys() & kept)}


def text(planned: dict[str, Values]) -> str:
    """What the file is to hold."""
    return json.dumps(planned, indent=2, sort_keys=True) + "\n"


def _run(*command: str, folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    settings = {
        "PATH": f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TF_CLI_CONFIG_FILE": str(ROOT / ".tools" / "terraform.rc"),
        "TF_IN_AUTOMATION": "1",
        "TG_NON_INTERACTIVE": "true",
        "TG_STRICT_MODE": "true",
        "TG_NO_AUTO_PROVIDER_CACHE_DIR": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
