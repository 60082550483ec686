"""The settings of the project and its environments: live/project.yaml and live/<env>/env.yaml.

The same merge happens in terragrunt.hcl: the project's `defaults`, section by section, then what
the environment says. Reading is strict: an unknown key, a wrong type or an impossible value is
refused here, before any tool is started.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from codegen.errors import SettingsError, UsageError

# CloudWatch Logs accepts these and no others (PutRetentionPolicy, retentionInDays).
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
# EventBridge: rate(<value> <unit>), singular for 1; or cron(<six fields>).
SCHEDULE = r"^(rate\((1 (minute|hour|day)|[1-9]\d* (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _vpc_cidr(value: str) -> str:
    network = ipaddress.IPv4Network(value)
    if not 16 <= network.prefixlen <= 20:
        raise ValueError("a VPC is a /16 to /20 here: four subnets of at least /24 must fit")
    return value


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs knows only {', '.join(map(str, RETENTION_DAYS))} days")
    return value


class Network(Section):
    cidr: Annotated[str, AfterValidator(_vpc_cidr)]
    zones: Annotated[list[str], Field(min_length=2, max_length=4)]
    nat: Literal["none", "single", "per_az"]


class Data(Section):
    point_in_time_recovery: bool
    deletion_protection: bool


class Logs(Section):
    retention_days: Annotated[int, AfterValidator(_retention)]


class Api(Section):
    auth: Literal["api_key"]
    throttle_rate: Annotated[int, Field(ge=1, le=10_000)]
    throttle_burst: Annotated[int, Field(ge=1, le=5_000)]


Memory = Annotated[int, Field(ge=128, le=10_240)]
Timeout = Annotated[int, Field(ge=1, le=900)]


class Functions(Section):
    tracing: bool
    sweep_schedule: Annotated[str, Field(pattern=SCHEDULE)]
    api_memory_mb: Memory
    api_timeout_s: Annotated[int, Field(ge=1, le=29)]  # API Gateway ends a request after 29 s
    processor_memory_mb: Memory
    processor_timeout_s: Timeout
    scheduled_memory_mb: Memory
    scheduled_timeout_s: Timeout


class Environment(Section):
    """One environment, complete: what env.yaml says over the project's defaults."""

    name: str
    project: str
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    account_id: Annotated[str, Field(pattern=r"^\d{12}$")]
    aws_profile: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    promoted_from: str | None = None
    protected: bool = False
    network: Network
    data: Data
    logs: Logs
    api: Api
    functions: Functions

    @property
    def prefix(self) -> str:
        """What every name begins with: `<project>-<env>`."""
        return f"{self.project}-{self.name}"

    @property
    def stack_name(self) -> str:
        """The CloudFormation stack that holds the application."""
        return self.prefix

    @property
    def state_bucket(self) -> str:
        """Where Terraform's state is: the same expression as in terragrunt.hcl."""
        return f"{self.prefix}-{self.account_id}-tfstate"

    @property
    def artifact_bucket(self) -> str:
        """Where releases and records are: the same expression as in terragrunt.hcl."""
        return f"{self.prefix}-{self.account_id}-artifacts"

    @field_validator("name", "project")
    @classmethod
    def _short_name(cls, value: str) -> str:
        # the longest derived name is a bucket's: 63 characters, of which 22 are ours
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,15}", value):
            raise ValueError("2 to 16 of a-z, 0-9 and -, beginning with a letter")
        return value


def environment_names(live: Path) -> list[str]:
    """The environments there are, each a folder of `live` with an env.yaml, sorted by name."""
    return sorted(file.parent.name for file in live.glob("*/env.yaml"))


def load_environment(live: Path, name: str) -> Environment:
    """Read one environment.

    Parameters
    ----------
    live:
        The folder that holds project.yaml and the environments' folders.
    name:
        The environment, which is the name of its folder.

    Raises
    ------
    UsageError
        There is no such environment; names those there are, the nearest first.
    SettingsError
        A file is missing, no YAML, or says something that is not allowed.
    """
    names = environment_names(live)
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
        raise UsageError(f"there is no environment {name!r} in {live}", hint)
    project = _read(live / "project.yaml")
    file = live / name / "env.yaml"
    own = _read(file)
    defaults = project.get("defaults") or {}
    merged = {
        **own,
        **{section: {**values, **(own.get(section) or {})} for section, values in defaults.items()},
        "name": name,
        "project": project.get("name"),
        "region": own.get("region", project.get("region")),
    }
    try:
        environment = Environment.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_explain(file, error), "see docs/settings.md") from error
    if environment.promoted_from is not None and environment.promoted_from not in names:
        raise SettingsError(
            f"{file}: promoted_from names no environment: {environment.promoted_from!r}",
            f"there are: {', '.join(names)}",
        )
    return environment


def load_all(live: Path) -> list[Environment]:
    """Read every environment, in the order in which a release reaches them.

    Raises
    ------
    SettingsError
        As `load_environment`; also where `promoted_from` goes in a circle, or two environments
        share an account or a profile.
    """
    found = {name: load_environment(live, name) for name in environment_names(live)}
    for fact in ("account_id", "aws_profile"):
        seen: dict[str, str] = {}
        for name, environment in found.items():
            value = getattr(environment, fact)
            if value in seen:
                raise SettingsError(
                    f"live/{name}/env.yaml and live/{seen[value]}/env.yaml both say "
                    f"{fact}: {value}",
                    "each environment has an account and a profile of its own",
                )
            seen[value] = name
    return [found[name] for name in _promotion_order(found)]


def _promotion_order(found: dict[str, Environment]) -> list[str]:
    depth: dict[str, int] = {}
    for name in found:
        chain = [name]
        while (below := found[chain[-1]].promoted_from) is not None:
            if below in chain:
                raise SettingsError(f"promoted_from goes in a circle: {' → '.join(chain)} → {below}")
            chain.append(below)
        depth[name] = len(chain)
    return sorted(found, key=lambda name: (depth[name], name))


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text())
    except FileNotFoundError as error:
        raise SettingsError(f"{file} is missing") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise SettingsError(f"{file} holds no mapping of settings")
    return document


def _explain(file: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key{_nearest(problem['loc'])}")
        elif problem["type"] == "missing":
            lines.append(f"{where}: missing")
        else:
            lines.append(f"{where}: {problem['msg']}, not {problem['input']!r}")
    return f"{file}:\n" + "\n".join(f"  - {line}" for line in lines)


def _nearest(location: tuple[int | str, ...]) -> str:
    model: Any = Environment
    for part in location[:-1]:
        model = model.model_fields[part].annotation
    close = difflib.get_close_matches(str(location[-1]), list(model.model_fields), n=1)
    return f"; did you mean {close[0]}?" if close else ""
