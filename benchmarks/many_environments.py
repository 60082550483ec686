"""`python -m benchmarks.many_environments ENVIRONMENTS OUTPUTS`: many hand-offs in one process.

Prints JSON: the seconds that checking, rendering and writing them took, and those of plain Jinja2.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment as Jinja
from jinja2 import StrictUndefined

from codegen.handoff import ReleaseContext, render_checked, write
from codegen.settings import Environment, load_all
from codegen.sides import Sides
from codegen.sources.state import StateOutputs

CHECKOUT = Path(__file__).parents[1]
UNITS = 8
PARAMETERS = "codegen/templates/parameters.yaml.j2"
SAMCONFIG = """\
version = 0.1
[{{ environment.name | comment }}.deploy.parameters]
template_file = {{ release.template_file | toml }}
stack_name = {{ environment.stack_name | toml }}
s3_bucket = {{ environment.artifact_bucket | toml }}
role_arn = {{ ("arn:aws:iam::" ~ environment.account_id ~ ":role/deployment") | toml }}
parameter_overrides = {{ ("file://parameters/" ~ environment.name ~ ".yaml") | toml }}
"""
FUNCTION = """\
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/function.zip
      Handler: handler.handle
      Environment:
        Variables:
"""


@dataclass(frozen=True)
class Project:
    """A project made for it: as many outputs as asked for, each handed over as one parameter."""

    root: Path
    names: Sequence[tuple[str, str]]  # units and outputs

    @classmethod
    def make(cls, root: Path, outputs: int) -> Project:
        """Write units, modules, hand-off templates and SAM template into a folder."""
        project = cls(root, [(f"unit{each % UNITS}", f"output{each}") for each in range(outputs)])
        project._write(PARAMETERS, project._hand_off())
        project._write("codegen/templates/samconfig.toml.j2", SAMCONFIG)
        project._write("template.yaml", project._template())
        for unit in {unit for unit, _ in project.names}:
            named = (name for owner, name in project.names if owner == unit)
            blocks = "".join(f'output "{name}" {{\n}}\n' for name in named)
            project._write(f"modules/{unit}/outputs.tf", blocks)
            project._write(f"units/{unit}.hcl", "")
        return project

    def release(self) -> ReleaseContext:
        """A release of the SAM template."""
        template = self.root / "template.yaml"
        return ReleaseContext(template, template.name, "aws", "python3.13", "arm64", "0" * 64)

    def outputs(self, environment: Environment) -> StateOutputs:
        """What an environment's states would put out: a name, an ARN, a name, …"""
        arn = f"arn:aws:sqs:{environment.region}:{environment.account_id}:"
        values: dict[str, dict[str, str]] = {}
        for place, (unit, name) in enumerate(self.names):
            start = arn if place % 2 else ""
            values.setdefault(unit, {})[name] = f"{start}{environment.prefix}-{name}"
        return StateOutputs(values, {}, {}, {})

    def _hand_off(self) -> str:
        lines = (f"P{name}: {{{{ outputs.{unit}.{name} | yaml }}}}\n" for unit, name in self.names)
        return "".join(lines)

    def _template(self) -> str:
        parameters = (
            f"  P{name}: {{Type: String, AllowedPattern: '[!-~]+', MaxLength: 100}}\n"
            for _, name in self.names
        )
        variables = (f"          {name}: !Ref P{name}\n" for _, name in self.names)
        return "".join(["Parameters:\n", *parameters, FUNCTION, *variables])

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def environments(count: int) -> list[Environment]:
    """The first of the checkout's environments, so many times, each with a name of its own."""
    first = load_all(CHECKOUT / "live")[0]
    numbered = ((f"env{each}", f"{100_000_000_000 + each}") for each in range(count))
    return [
        first.model_copy(update={"name": name, "account_id": account}) for name, account in numbered
    ]


def hand_off(project: Project, given: Mapping[str, tuple[Environment, StateOutputs]]) -> float:
    """Check and render each environment, and write them into one folder; seconds."""
    release = project.release()
    started = time.monotonic()
    sides = Sides.load(project.root, release.template)
    renderings = [
        render_checked(sides, environment, outputs, release)
        for environment, outputs in given.values()
    ]
    write(renderings, project.root / "sam-app")
    return time.monotonic() - started


def plain(project: Project, given: Mapping[str, tuple[Environment, StateOutputs]]) -> float:
    """Render and write the same parameters with Jinja2 alone, whatever they say; seconds."""
    jinja = Jinja(undefined=StrictUndefined, autoescape=False)
    jinja.filters["yaml"] = json.dumps
    folder = project.root / "plain"
    folder.mkdir()
    started = time.monotonic()
    template = jinja.from_string((project.root / PARAMETERS).read_text())
    for name, (environment, outputs) in given.items():
        text = template.render(environment=environment, outputs=outputs.values)
        (folder / f"{name}.yaml").write_text(text)
    return time.monotonic() - started


def main(count: int, outputs: int) -> None:
    """Measure both on the same environments."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        project = Project.make(Path(folder), outputs)
        given = {each.name: (each, project.outputs(each)) for each in environments(count)}
        ours, bare = hand_off(project, given), plain(project, given)
    print(json.dumps({"hand_off": ours, "plain": bare}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
