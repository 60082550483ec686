"""The AWS CLI as it is published, but that a configured endpoint is kept for every service.

Its first generation sends sqs, emr, rds, docdb, neptune and health to host names of the time before
SNI, whatever `endpoint_url` a profile or a variable has (awscli/customizations/
overridesslcommonname.py): meant for an emulator, `aws sqs` would ask AWS. Run with the interpreter
of the CLI's own environment.
"""

from __future__ import annotations

import sys
from typing import Any

from awscli import clidriver  # type: ignore[import-not-found]
from awscli.customizations import overridesslcommonname  # type: ignore[import-not-found]
from botocore.configprovider import ConfiguredEndpointProvider

_update_endpoint_url = overridesslcommonname.update_endpoint_url


def update_endpoint_url(session: Any, parsed_globals: Any, **rest: Any) -> None:
    """Choose the old host name of a service that has one, unless an endpoint is configured."""
    if parsed_globals.command not in overridesslcommonname.SSL_COMMON_NAMES:
        return  # `aws configure`, for one, is there for profiles that are not there yet
    configured = ConfiguredEndpointProvider(
        session.full_config, session.get_scoped_config(), parsed_globals.command
    )
    if configured.provide() is None:
        _update_endpoint_url(session, parsed_globals, **rest)


if __name__ == "__main__":
    overridesslcommonname.update_endpoint_url = update_endpoint_url
    sys.exit(clidriver.main())
