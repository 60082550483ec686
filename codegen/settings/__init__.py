"""The settings of the project and its environments: live/project.yaml and live/<env>/env.yaml."""

from codegen.settings.environment import Environment
from codegen.settings.loading import (
    environment_names,
    load_all,
    load_environment,
    load_project,
)
from codegen.settings.released import load_released

__all__ = [
    "Environment",
    "environment_names",
    "load_all",
    "load_environment",
    "load_project",
    "load_released",
]
