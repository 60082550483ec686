"""Opens an environment: a session in the right account, its artifact bucket and its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.adapters.aws import check_account
from pipeline.adapters.store import ArtifactStore
from pipeline.records.history import read_history
from pipeline.records.record import Record

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.target import Target


@dataclass(frozen=True)
class OpenedEnvironment:
    """An environment that can be read."""

    session: boto3.Session
    store: ArtifactStore
    records: Sequence[Record]


def open_environment(target: Target, environment: Environment) -> OpenedEnvironment:
    """Open an environment, and list its promotion records.

    Raises
    ------
    BatonError
        There are no credentials, they are another account's than env.yaml says, or the records
        cannot be read.
    """
    session = target.session(environment)
    check_account(session, environment)
    store = ArtifactStore(session, environment)
    return OpenedEnvironment(session, store, read_history(store))
