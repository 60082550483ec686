"""The folder of broken inputs (broken/README.md): read, and applied to a copy of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from codegen import strict_yaml
from codegen.sources.state import StateOutputs
from tests.codegen.builders import environment, output_values, project, replace, state_outputs

FOLDER = Path(__file__).parent / "broken"
CASES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
ENV = environment("dev")
Outputs = dict[str, dict[str, Any]]


class Change(BaseModel):
    """One text of one file, and what is there in its place."""

    model_config = ConfigDict(extra="forbid")

    file: str
    old: str = Field(alias="from")
    new: str = Field(alias="to")


class Broken(BaseModel):
    """One broken input, and the kinds of problem that must be found in it."""

    model_config = ConfigDict(extra="forbid")

    change: Change | None = None
    outputs: Outputs = {}
    without: list[str] = []
    sensitive: dict[str, list[str]] = {}
    render: list[str]
    check: list[str]

    def lay_out(self, folder: Path) -> Path:
        """Copy the project, with the change made."""
        root = project(folder)
        if self.change:
            replace(root / self.change.file, self.change.old, self.change.new)
        return root

    def state(self) -> StateOutputs:
        """Dev's outputs, with the wrong ones among them."""
        values = output_values(ENV)
        for unit, outputs in self.outputs.items():
            values[unit] |= outputs
        for path in self.without:
            unit, _, name = path.partition(".")
            del (values[unit] if name else values)[name or unit]
        return state_outputs(values, self.sensitive)


def read(case: str) -> Broken:
    """Read one file of the folder."""
    text = (FOLDER / f"{case}.yaml").read_text("utf-8")
    return Broken.model_validate(strict_yaml.load(text, strict_yaml.SettingsLoader))
