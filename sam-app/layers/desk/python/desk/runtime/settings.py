"""The functions' settings: one model each, read once from the environment when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

TOPIC_ARN = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
Name = Field(min_length=3, max_length=255)
Model = TypeVar("Model", bound="Settings")


class Settings(BaseModel):
    """What every function is told."""

    model_config = ConfigDict(frozen=True)

    environment: str = Field(min_length=1)
    table_name: str = Name
    tracing: Literal["Active", "PassThrough"]


class ApiSettings(Settings):
    """What the API function is told."""

    idempotency_table_name: str = Name
    revision: str = Field(min_length=1)


class ProcessorSettings(Settings):
    """What the stream's processor is told."""

    notifications_topic_arn: str = Field(pattern=TOPIC_ARN)


class ScheduledSettings(Settings):
    """What the scheduled function is told."""


def read(model: type[Model], environ: Mapping[str, str]) -> Model:
    """Read a function's settings: each field is the variable of its name in capitals.

    Raises
    ------
    pydantic.ValidationError
        A variable is missing or its value is not allowed. Raised as the function starts, so a
        wrong deployment fails at once and not at some request.
    """
    names = model.model_fields
    return model.model_validate(
        {name: environ[name.upper()] for name in names if name.upper() in environ}
    )
