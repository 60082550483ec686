"""An environment's outputs, from its state objects in S3.

`terragrunt output` needs an init per unit, seconds each; one GetObject per unit needs none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.settings.environment import Environment
from codegen.sources.deadline import all_within
from codegen.sources.failures import of_answer, of_exception, shared_lineage, silent, together
from codegen.sources.state import (
    Owner,
    StateError,
    StateOutputs,
    UnitState,
    check_owner,
    combine,
    copies,
    parse_state,
    state_key,
)

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client

CONNECT_TIMEOUT_S = 3  # a dead endpoint is known at once; a slow one is not worth waiting for
READ_TIMEOUT_S = 15  # between two bytes
ATTEMPTS = 3
AT_ONCE = 8
TOTAL_S = 60  # for all units: one that sends a byte now and then meets no other limit


def units_of(live: Path, env: str) -> list[str]:
    """The units an environment has: the folders of live/<env> with a terragrunt.hcl, sorted."""
    return sorted(file.parent.name for file in (live / env).glob("*/terragrunt.hcl"))


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
        no state. Says of each unit that failed the object, and what to do.
    WrongStateError
        A state is another environment's or another unit's.
    """
    client = _client(session, environment, len(units))
    found = all_within(
        TOTAL_S, units, lambda unit: _read_unit(client, environment, unit), at_once=AT_ONCE
    )
    states = {unit: state for unit, state in found.items() if isinstance(state, UnitState)}
    failures = {unit: state for unit, state in found.items() if isinstance(state, StateError)}
    late = [unit for unit in units if unit not in found]
    failures |= dict.fromkeys(late, silent(environment, TOTAL_S))
    failures |= _copied(environment, states)
    if failures:
        raise together(environment, failures)
    return combine(states)


def _client(session: boto3.Session, environment: Environment, units: int) -> S3Client:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        return session.client(
            "s3",
            region_name=environment.region,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                max_pool_connections=min(units, AT_ONCE) or 1,
            ),
        )
    # a profile that is half written, a credential_process that is not there or prints no JSON, an
    # endpoint_url that is none
    except (BotoCoreError, OSError, ValueError) as error:
        failure = of_exception(environment, error)
        raise StateError(
            f"environment {environment.name}: {failure.message}", failure.remedy
        ) from error


def _read_unit(client: S3Client, environment: Environment, unit: str) -> UnitState | StateError:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    key = state_key(environment.name, unit)
    try:
        content = client.get_object(Bucket=environment.state_bucket, Key=key)["Body"].read()
        state = parse_state(content)
        check_owner(state.owners, Owner(environment.project, environment.name))
    except StateError as error:
        return error
    except ClientError as error:
        return of_answer(environment, unit, error.response)
    except (BotoCoreError, ResponseParserError, HTTPError, OSError) as error:
        return of_exception(environment, error)
    return state


def _copied(environment: Environment, states: Mapping[str, UnitState]) -> dict[str, StateError]:
    return {
        unit: shared_lineage(environment, units, states[unit].lineage)
        for units in copies(states)
        for unit in units
    }
