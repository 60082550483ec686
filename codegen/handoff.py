"""The hand-off: from an environment's outputs and settings to the files that SAM deploys from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codegen.contract.outputs import output_problems
from codegen.files import FileChange, locked, read_if_there, write_all
from codegen.problems import ContractError, blocking, unique
from codegen.rendering import ReleaseContext, Rendering, render
from codegen.sam.samconfig import put_environments
from codegen.settings.environment import Environment
from codegen.sides import Sides
from codegen.sources.state import StateOutputs

__all__ = ["ReleaseContext", "Rendering", "prepare", "render_checked", "would_change", "write"]


def prepare(
    root: Path, environment: Environment, outputs: StateOutputs, release: ReleaseContext
) -> Rendering:
    """Check the contract from every side and render an environment's files.

    Parameters
    ----------
    root:
        The checkout or unpacked release: has modules/ and codegen/templates/.
    environment:
        Its settings.
    outputs:
        Its units' outputs.
    release:
        What will be deployed.

    Raises
    ------
    ContractError
        Something does not fit; carries every problem there is.
    TemplateError, TemplateSourceError
        The SAM template or a Jinja2 template cannot be read at all.
    """
    return render_checked(Sides.load(root, release.template), environment, outputs, release)


def render_checked(
    sides: Sides, environment: Environment, outputs: StateOutputs, release: ReleaseContext
) -> Rendering:
    """Do as `prepare`, with what is the same for every environment read already."""
    problems = [
        *sides.problems,
        *output_problems(sides.sources, sides.declared, outputs, environment),
    ]
    rendering, more = render(sides, environment, outputs.values, release)
    if found := unique(blocking([*problems, *more])):
        raise ContractError(found, f"nothing was written for {environment.name}")
    return rendering


def would_change(renderings: Sequence[Rendering], folder: Path) -> list[FileChange]:
    """What `write` would do to the files in `folder`. Writes nothing."""
    changes = []
    for rendering in renderings:
        parameters = folder / "parameters" / f"{rendering.environment}.yaml"
        changes.append(FileChange(parameters, read_if_there(parameters), rendering.parameters_file))
    samconfig = folder / "samconfig.toml"
    existing = read_if_there(samconfig)
    tables = {rendering.environment: rendering.samconfig_table for rendering in renderings}
    merged = put_environments(existing, tables, samconfig)
    return [*changes, FileChange(samconfig, existing, merged)]


def write(renderings: Sequence[Rendering], folder: Path) -> list[FileChange]:
    """Write parameters/<env>.yaml and the tables of samconfig.toml of some environments.

    Parameters
    ----------
    renderings:
        What `prepare` gave, an environment each.
    folder:
        Where `sam` will be started.

    Raises
    ------
    SamconfigError
        The samconfig.toml that is there cannot be kept.
    """
    with locked(folder):
        changes = would_change(renderings, folder)
        write_all(changes)
    return changes
