"""The AWS profiles of the local target: what lets any AWS tool reach an environment's emulator.

Terraform, Terragrunt, SAM, the AWS CLI and boto3 all read `endpoint_url` from a profile, so that no
configuration of theirs needs to know of an emulator.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from codegen.files import write_private
from codegen.settings import Environment
from pipeline.target.local.home import LOOPBACK, LocalHome, Named
from pipeline.target.local.ministack.keys import root_secret_key

# The first port of all, on which nothing listens.
NOWHERE = f"http://{LOOPBACK}:1"

# Each of these would win over the profile, or lead past it.
OVERRIDING = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_DEFAULT_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_ENDPOINT_URL",
    }
)
OVERRIDING_PREFIX = "AWS_ENDPOINT_URL_"  # one for each service


def write_profiles(home: LocalHome) -> None:
    """Write the configuration and credentials files, a profile for each environment.

    That of an environment whose emulator does not run leads nowhere: what has its port by now may
    be another checkout's.
    """
    config, credentials = [], []
    home.make(home.aws_config.parent)
    secret = home.secret_file.read_text()
    for environment in home.environments:
        reached_at = home.endpoint(environment) if home.runs(environment) else NOWHERE
        config += config_sections(
            environment.aws_profile,
            f"region = {environment.region}\n"
            f"endpoint_url = {reached_at}\n"
            "output = json\n"
            "cli_pager =\n",
        )
        # an access key of 12 digits is that account's root
        credentials.append(
            f"[{environment.aws_profile}]\n"
            f"aws_access_key_id = {environment.account_id}\n"
            f"aws_secret_access_key = {root_secret_key(secret, environment.account_id)}\n"
        )
    write_private(home.aws_config, "\n".join(config).encode())
    write_private(home.aws_credentials, "\n".join(credentials).encode())


def config_sections(profile: str, settings: str) -> list[str]:
    """The sections of an AWS configuration file that make a profile known to every tool.

    Of a name with a space boto3, SAM and the AWS CLI want quotes around it, and AWS's SDK for Go,
    which Terraform uses, wants none; each ignores the other's form.
    """
    names = [profile] if " " not in profile else [f'"{profile}"', profile]
    return [f"[profile {name}]\n{settings}" for name in names]


def lead_nowhere(environments: Iterable[Named], home: LocalHome) -> None:
    """Let some environments' profiles lead nowhere, and leave the others as they are.

    For emulators that are about to end, or have: it asks nothing of the settings, which may be
    unreadable, and goes by the address.
    """
    try:
        text = before = home.aws_config.read_text()
    except FileNotFoundError:
        return
    for environment in environments:
        if home.readable(environment):  # else no profile leads to it
            line = f"endpoint_url = {home.endpoint(environment)}\n"
            text = text.replace(line, f"endpoint_url = {NOWHERE}\n")
    if text != before:
        write_private(home.aws_config, text.encode())


def environment_variables(
    environment: Environment, home: LocalHome, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What to set for a process that is to work in an environment.

    Parameters
    ----------
    environment, home:
        Which environment, and where its emulator lives.
    environ:
        The variables there are: where a proxy is among them, the emulator is excepted from it.
    """
    variables = {
        "AWS_CONFIG_FILE": str(home.aws_config),
        "AWS_SHARED_CREDENTIALS_FILE": str(home.aws_credentials),
        "AWS_PROFILE": environment.aws_profile,
        "AWS_REGION": environment.region,
        "AWS_DEFAULT_REGION": environment.region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for proxy, exception in (("HTTP_PROXY", "NO_PROXY"), ("http_proxy", "no_proxy")):
        excepted = environ.get(exception, "")
        if environ.get(proxy) and LOOPBACK not in excepted.split(","):
            variables[exception] = ",".join(filter(None, [excepted, LOOPBACK]))
    return variables


def variables_to_unset(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Which of the variables there are would lead a tool away from the profile, sorted."""
    return sorted(
        name for name in environ if name in OVERRIDING or name.startswith(OVERRIDING_PREFIX)
    )
