"""The release-reader: how what was promoted below is read, with no more rights than that needs.

The role is the environment's below (modules/delivery), and trusts the account of the one above. So
whoever promotes needs no profile of the environment below, and can do nothing in it but read
releases and records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.credentials import ReadOnlyCredentials as Keys
from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.aws import DENIED, check_account, code_of, explained
from pipeline.adapters.store import ArtifactStore

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.target import Target

SESSION_S = 3600  # longest where a role is taken with a role's credentials


def store_below(target: Target, below: Environment, above: Environment) -> ArtifactStore:
    """The artifact bucket of the environment below, as its release-reader sees it.

    Parameters
    ----------
    target:
        The role is taken with the credentials of `above`. Locally each account is an emulator of
        its own, so that of `below` has to be asked.
    below, above:
        The environment that is read, and the one that is promoted to.

    Raises
    ------
    BatonError
        The role is not there, or may not be taken; or it is another account's than env.yaml says.
    """
    # leads to the emulator; on AWS there may be no such profile where this runs
    profile = below.aws_profile if target.name == "local" else None
    asking = target.session(above)
    own = asking.get_credentials()
    if profile and own:
        asking = target.guarded(_as(own.get_frozen_credentials(), below, profile), below)
    sts = asking.client("sts")
    # whose emulator, or whose profile, it is that can fail here
    with explained(below if profile else above, f"take the role {below.release_reader_arn}"):
        try:
            answer = sts.assume_role(
                RoleArn=below.release_reader_arn,
                RoleSessionName=f"{above.prefix}-promotion",
                DurationSeconds=SESSION_S,
            )
        except ClientError as error:
            if code_of(error) not in DENIED | {"NoSuchEntity"}:
                raise
            raise BatonError(
                f"{above.name} may not read the releases of {below.name}: the role "
                f"{below.release_reader_arn} is not there, or the profile "
                f"{above.aws_profile!r} may not take it",
                f"./baton build && ./baton promote {below.name} makes the role"
                + ("" if profile else "; then allow that profile sts:AssumeRole with it"),
            ) from error
    taken = answer["Credentials"]
    keys = Keys(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    session = target.guarded(_as(keys, below, profile), below)
    check_account(session, below)
    return ArtifactStore(session, below, sees_prefixes=True)


def _as(keys: Keys, environment: Environment, profile: str | None) -> boto3.Session:
    """A session with these credentials, in an environment's region."""
    return boto3.Session(
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        region_name=environment.region,
        profile_name=profile,
    )
