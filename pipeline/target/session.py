"""A boto3 session for an environment: the one place where a profile's credentials are resolved."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound

from codegen.errors import BatonError
from codegen.sources import credentials

if TYPE_CHECKING:
    from codegen.settings import Environment

# A call that is throttled, or finds a fault, is made again; one that hangs ends in two minutes.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 25,
    "retries": {"mode": "standard", "total_max_attempts": 5},
}


class _Session(boto3.Session):
    """A session whose clients say which profile keeps them from being made."""

    def client(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().client(*args, **kwargs)
        # an endpoint_url that is no URL, a retry_mode that does not exist
        except (BotoCoreError, ValueError, OSError) as error:
            raise credentials.refused(self.profile_name, error) from error


def open_session(environment: Environment) -> boto3.Session:
    """Open the session of an environment's profile, with its credentials.

    They are resolved here, and not by the first call, so that whatever is wrong with a profile is
    explained in one way in every command.

    Raises
    ------
    CredentialsError
        The profile gives none: says why, as far as anybody has said.
    """
    profile = environment.aws_profile
    try:
        session = _opened(environment)
        found = session.get_credentials()
        if found is not None:
            found.get_frozen_credentials()
    except BatonError:
        raise
    except ProfileNotFound as error:
        missing = credentials.refused(profile, error)
        raise credentials.CredentialsError(
            f"live/{environment.name}/env.yaml: {missing.message}", missing.remedy
        ) from error
    except Exception as error:  # botocore lets through whatever a helper or a file makes of it
        raise credentials.refused(profile, error) from error
    if found is None:
        raise credentials.none_found(profile)
    return session


def _opened(environment: Environment) -> boto3.Session:
    core = botocore.session.Session()
    core.set_default_client_config(Config(**PATIENCE))
    core.register_component("data_loader", _models())
    profile = environment.aws_profile
    session = _Session(profile_name=profile, region_name=environment.region, botocore_session=core)
    core.get_scoped_config()  # raises where there is no such profile
    credentials.require_unquoted(profile, core.get_config_variable("config_file"))
    serial = credentials.mfa_serial(profile, core.full_config.get("profiles", {}))
    if serial is not None and not credentials.has_terminal():
        raise credentials.no_terminal(profile, serial)
    return session


@functools.cache
def _models() -> Any:
    """The models of AWS's services, which all sessions read once: S3's takes longer than a call."""
    from botocore.loaders import create_loader

    return create_loader(os.environ.get("AWS_DATA_PATH"))
