"""A secret that is replaced now and then, read through Powertools' cache."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from desk.runtime.aws_errors import code_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHED_SECONDS = 300
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


class Secret:
    """A secret of Secrets Manager; what was read is used for five minutes.

    Parameters
    ----------
    client:
        Gives the client, when the secret is first read.
    arn:
        The secret.
    monotonic:
        Seconds since some moment.
    """

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        arn: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._arn = arn
        self._monotonic = monotonic
        self._providers: dict[str, SecretsProvider] = {}
        self._no_previous_until = float("-inf")

    def current(self) -> str:
        """What the secret is.

        Raises
        ------
        GetParameterError
            It cannot be read.
        """
        return self._read(CURRENT)

    def valid(self) -> tuple[str, ...]:
        """What the secret is, and what it was before if there was anything.

        Raises
        ------
        GetParameterError
            It cannot be read.
        """
        previous = self._previous()
        return (self.current(),) if previous is None else (self.current(), previous)

    def forget(self) -> None:
        """Read the secret anew next time."""
        self._no_previous_until = float("-inf")
        for provider in self._providers.values():
            provider.clear_cache()  # type: ignore[no-untyped-call]

    def _previous(self) -> str | None:
        # Powertools keeps what it found, not that it found nothing
        if self._monotonic() < self._no_previous_until:
            return None
        try:
            return self._read(PREVIOUS)
        except Exception as error:
            if not _is_missing(error):
                raise
            self._no_previous_until = self._monotonic() + CACHED_SECONDS
            return None

    def _read(self, stage: str) -> str:
        return str(self._provider(stage).get(self._arn, max_age=CACHED_SECONDS, VersionStage=stage))

    def _provider(self, stage: str) -> SecretsProvider:
        # one for each stage: a provider's cache knows the secret's name only
        if stage not in self._providers:
            # imported here: the package brings the clients of three other services
            from aws_lambda_powertools.utilities.parameters import SecretsProvider

            self._providers[stage] = SecretsProvider(boto3_client=self._client())
        return self._providers[stage]


def _is_missing(error: Exception) -> bool:
    # Powertools' own error says in words what went wrong, and holds what did as its context
    cause = error.__context__
    return isinstance(cause, ClientError) and code_of(cause) == "ResourceNotFoundException"
