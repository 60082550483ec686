"""The project's own live/, copied, to be changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.codegen.builders import CHECKOUT


def copy_of_live(folder: Path) -> Path:
    """A live/ of its own in a folder: the settings, and nothing else."""
    for file in [CHECKOUT / "live/project.yaml", *CHECKOUT.glob("live/*/env.yaml")]:
        copy = folder / file.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return folder / "live"


def say(live: Path, environment: str, settings: dict[str, Any]) -> None:
    """Let an environment say some settings, by dotted key, besides its own."""
    file = live / environment / "env.yaml"
    document = yaml.safe_load(file.read_text())
    for key, value in settings.items():
        *sections, last = key.split(".")
        holder = document
        for section in sections:
            holder = holder.setdefault(section, {})
        holder[last] = value
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
