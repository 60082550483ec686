"""The functions' settings: one model each, read once from the environment when it starts.

Plain dataclasses: a validation library would be a third of the processor's cold start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar

Model = TypeVar("Model", bound="Settings")

ARN = "arn:aws[a-z-]*:{service}:[a-z0-9-]+:[0-9]{{12}}:{resource}"


class SettingsError(Exception):
    """The function's variables are not what it needs: what is wrong with which."""


def _variable(pattern: str) -> str:
    described: str = field(metadata={"pattern": pattern})
    return described


NAME = r"[A-Za-z0-9_.-]{1,255}"
TOPIC = ARN.format(service="sns", resource="[A-Za-z0-9_-]{1,256}")
SECRET = ARN.format(service="secretsmanager", resource="secret:[A-Za-z0-9/_+=.@-]{1,519}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every function is told; each field is the variable of its name in capitals."""

    environment: str = _variable("[a-z][a-z0-9-]{1,15}")
    table_name: str = _variable(NAME)
    tracing: str = _variable("Active|PassThrough")


@dataclass(frozen=True, kw_only=True)
class ApiSettings(Settings):
    """What the API function is told."""

    idempotency_table_name: str = _variable(NAME)
    revision: str = _variable("[0-9a-f]{64}")
    page_token_secret_arn: str = _variable(SECRET)


@dataclass(frozen=True, kw_only=True)
class ProcessorSettings(Settings):
    """What the stream's processor is told."""

    notifications_topic_arn: str = _variable(TOPIC)
    event_bus_name: str = _variable(NAME)
    data_bucket_name: str = _variable(NAME)


@dataclass(frozen=True, kw_only=True)
class ScheduledSettings(Settings):
    """What the scheduled function is told; without a `webhook_url` nobody outside is."""

    data_bucket_name: str = _variable(NAME)
    webhook_url: str = _variable(r"|https://\S+")
    webhook_secret_arn: str = _variable(SECRET)
    sweep_rule_name: str = _variable(NAME)
    nightly_rule_name: str = _variable(NAME)


def read(model: type[Model], environ: Mapping[str, str]) -> Model:
    """Read a function's settings.

    Raises
    ------
    SettingsError
        Variables are missing, or their values are not allowed: all of them are named. Raised as
        the function starts, so a wrong deployment fails at once and not at some request.
    """
    values: dict[str, str] = {}
    wrong = []
    for each in fields(model):
        name, pattern = each.name.upper(), each.metadata["pattern"]
        if name not in environ:
            wrong.append(f"{name} is missing")
        # never its value: an address may hold a token, and the error goes to the log
        elif re.fullmatch(pattern, environ[name]) is None:
            wrong.append(f"{name} does not match {pattern}")
        else:
            values[each.name] = environ[name]
    if wrong:
        raise SettingsError("; ".join(wrong))
    return model(**values)
