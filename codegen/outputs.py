"""Where outputs come from: an environment's state objects in S3, or a JSON document.

`terragrunt output` needs an init per unit, seconds each; one GetObject per unit needs none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.errors import UsageError
from codegen.settings.environment import Environment
from codegen.state import StateError, StateOutputs, UnitState, combine, parse_state

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client

__all__ = ["StateError", "StateOutputs", "outputs_from_document", "read_outputs", "units_of"]

CONNECT_TIMEOUT_S = 3  # a dead endpoint is known at once; a slow one is not worth waiting for
READ_TIMEOUT_S = 15


def units_of(live: Path, env: str) -> list[str]:
    """The units an environment has: the folders of live/<env> with a terragrunt.hcl, sorted."""
    return sorted(file.parent.name for file in (live / env).glob("*/terragrunt.hcl"))


def state_key(env: str, unit: str) -> str:
    """The key of a unit's state object: the same expression as in terragrunt.hcl."""
    return f"live/{env}/{unit}/terraform.tfstate"


def read_outputs(
    session: boto3.Session, environment: Environment, units: Sequence[str]
) -> StateOutputs:
    """Read the outputs of an environment's units from its state bucket, all at once.

    Parameters
    ----------
    session:
        Has the environment's profile and region.
    environment:
        Names the bucket and the keys.
    units:
        The units to read, as `units_of` finds them.

    Raises
    ------
    StateError
        A bucket or state is missing, access is denied, S3 does not answer, or what it gives is
        no state. Says the unit, the object and what to do.
    """
    from botocore.config import Config

    client = session.client(
        "s3",
        region_name=environment.region,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=max(len(units), 1),
        ),
    )
    with ThreadPoolExecutor(max_workers=min(len(units), 8) or 1) as pool:
        states = pool.map(lambda unit: _read_unit(client, environment, unit), units)
        return combine(dict(zip(units, states, strict=True)))


def _read_unit(client: S3Client, environment: Environment, unit: str) -> UnitState:
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, key = environment.state_bucket, state_key(environment.name, unit)
    where = f"environment {environment.name}, unit {unit} (s3://{bucket}/{key})"
    try:
        content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise _refused(where, environment, error.response) from error
    except BotoCoreError as error:  # no credentials, no connection, a broken download
        raise StateError(
            f"{where}: S3 was not reached with profile {environment.aws_profile}: {error}",
            'run `eval "$(./baton env ' + environment.name + ')"`; on the local target, '
            "`./baton local status` says whether the environment is up",
        ) from error
    return parse_state(content, where)


def _refused(where: str, environment: Environment, response: Any) -> StateError:
    code = str(response.get("Error", {}).get("Code", "unknown"))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", "no status")
    apply = f"make apply ENV={environment.name}"
    if code == "NoSuchBucket":
        return StateError(f"{where}: the state bucket does not exist", apply)
    if code in ("NoSuchKey", "404"):
        return StateError(f"{where}: there is no state: the unit was never applied", apply)
    if status in (401, 403):
        return StateError(
            f"{where}: access denied ({code}) to profile {environment.aws_profile}",
            f"aws sts get-caller-identity --profile {environment.aws_profile} must say account "
            f"{environment.account_id}, and its role needs s3:GetObject on the state",
        )
    return StateError(f"{where}: S3 answered {status} {code}", "try again")


def outputs_from_document(source: str) -> StateOutputs:
    """Take outputs from a JSON document `{unit: {output: value}}` instead of the states.

    Parameters
    ----------
    source:
        A file's path, or `-` for standard input.

    Raises
    ------
    UsageError
        There is no such file, or it holds something else.
    """
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"outputs from {source} cannot be read: {error}", _SHAPE) from error
    if not isinstance(document, dict) or not all(isinstance(v, dict) for v in document.values()):
        raise UsageError(f"outputs from {source} are not one mapping per unit", _SHAPE)
    return StateOutputs(
        values=document, sensitive={unit: [] for unit in document}, serials={}, lineages={}
    )


_SHAPE = 'give a JSON document: {"data": {"table_name": "desk-dev-tickets", …}, …}'
