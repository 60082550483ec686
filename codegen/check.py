"""`baton check`: every side of the hand-off against every other, with no credentials."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ParamSpec, TypeVar

from codegen.contract import mocks, reads
from codegen.contract.code import code_problems
from codegen.contract.units import dependency_problems, environment_problems, input_problems
from codegen.contract.verification import executable_problems, need_problems
from codegen.errors import BatonError, SettingsError
from codegen.jinja.templates import Source
from codegen.place import Place
from codegen.problems import Kind, Problem, unique
from codegen.project import load_project_file
from codegen.rendering import ReleaseContext, render
from codegen.sam.fixed import PLATFORM, fixed_values
from codegen.sam.template import SamTemplate
from codegen.sam.tree import load_tree
from codegen.settings import load_all, load_environment
from codegen.settings.environment import Environment
from codegen.settings.loading import environment_names
from codegen.sides import PARAMETERS, SAMCONFIG, Sides, load_jinja, load_sam, settings_lines
from codegen.terraform.layout import load_live, load_root
from codegen.terraform.outputs import declared_outputs
from codegen.terraform.units import Mocks, UnitFile, load_mocks, load_units
from codegen.terraform.variables import module_variables

T = TypeVar("T")
P = ParamSpec("P")
_PLACE = re.compile(r"(?P<file>[\w./-]+\.\w+)(?::(?P<line>\d+)(?::|(?= ))|:) ?")


def check(
    root: Path,
    template: Path,
    releases: Sequence[ReleaseContext],
    also: Sequence[Callable[[Path], object]] = (),
) -> list[Problem]:
    """Check templates, modules, units, mocks, SAM template, code and settings against each other.

    Every environment is rendered once for each release, on the mocks of its outputs: so what a
    setting becomes is judged as a deployment would judge it.

    Parameters
    ----------
    root:
        The checkout or unpacked release: has live/, units/, modules/ and codegen/templates/.
    template:
        The SAM template.
    releases:
        What it may be deployed as: one for each platform.
    also:
        What else must be readable in the root: each raises a BatonError where it is not.

    Returns
    -------
    list
        Every problem there is, by file and line; a file that cannot be read is one of them.
    """
    found = _Found(root)
    declared = found.attempt(declared_outputs, root)
    units = found.attempt(load_units, root)
    mocked = found.attempt(load_mocks, root)
    parameters = found.attempt(load_jinja, root, PARAMETERS)
    samconfig = found.attempt(load_jinja, root, SAMCONFIG)
    sam = found.attempt(load_sam, root, template)
    environments = _environments(root / "live", found)
    settings = settings_lines(root)
    project = found.attempt(load_project_file, root)
    for load in also:
        found.attempt(load, root)
    problems = found.problems
    problems += [misuse for unit in units or () for misuse in unit.misuses]
    problems += executable_problems(root)
    problems += _unit_problems(root, units, mocked, (parameters, samconfig), found)
    if declared is not None:  # what cannot be read is no reason to miss what is in it
        problems += reads.unit_problems(units or (), declared, settings)
        if mocked is not None:
            problems += mocks.mock_problems(mocked, declared)
    if parameters and samconfig and units is not None:
        problems += reads.unread_problems((parameters, samconfig), units, settings)
    if sam:
        problems += need_problems(sam, project.verify) if project else ()
        packing = partial(_packing_problems, root, template, sam, parameters)
        problems += chain.from_iterable(found.attempt(packing, each) or () for each in releases)
    if parameters and samconfig and sam and declared is not None:
        sides = Sides(parameters, samconfig, declared, sam, settings)
        problems += sides.problems
        for release in releases:
            _render(sides, environments, mocked, release, found)
    return unique(problems)


class _Found:
    """The problems so far; what cannot be read becomes one of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def attempt(self, load: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What `load` gives; None where it fails."""
        try:
            return load(*args, **kwargs)
        except BatonError as error:
            parts = error.parts if isinstance(error, SettingsError) else [error]
            self.problems += [self._unreadable(part) for part in parts]
            return None

    def _unreadable(self, error: BatonError) -> Problem:
        kind = Kind.SETTING_INVALID if isinstance(error, SettingsError) else Kind.UNREADABLE
        what = error.message.replace(f"{self.root}/", "")
        # most messages begin with their place
        said = _PLACE.match(what)
        where = Place(said["file"], int(said["line"] or 1)) if said else None
        if error.where:
            where = Place(error.where.file.removeprefix(f"{self.root}/"), error.where.line)
        if said and where and said["file"] == where.file:
            what = what[said.end() :]
        elif where:
            what = what.removeprefix(f"{where.file} ")
        return Problem(kind, where, what, remedy=error.remedy.replace(f"{self.root}/", ""))


def _packing_problems(
    root: Path, template: Path, sam: SamTemplate, parameters: Source | None, release: ReleaseContext
) -> list[Problem]:
    """What `build` would refuse for one platform."""
    values = fixed_values(sam, parameters, {name: getattr(release, name) for name in PLATFORM})
    return [*code_problems(load_tree(template, sam, root, values), root)]


def _render(
    sides: Sides,
    environments: Sequence[Environment],
    mocked: Mocks | None,
    release: ReleaseContext,
    found: _Found,
) -> None:
    values: Mapping[str, Mapping[str, object]] = mocked.values if mocked else {}
    for environment in environments:
        rendered = found.attempt(render, sides, environment, values, release, on_mocks=True)
        found.problems += rendered[1] if rendered else []


def _unit_problems(
    root: Path,
    units: Sequence[UnitFile] | None,
    mocked: Mocks | None,
    templates: Sequence[Source | None],
    found: _Found,
) -> list[Problem]:
    """What is wrong with the units: their files, inputs and dependencies, in each environment."""
    shared, live = found.attempt(load_root, root), found.attempt(load_live, root)
    problems = [*shared.misuses] if shared else []
    if units is None:
        return problems
    problems += dependency_problems(units)
    if live is not None:
        sources = [source for source in templates if source]
        problems += environment_problems(live, units, sources)
    variables = found.attempt(module_variables, root, [unit.unit for unit in units])
    if variables is not None:
        inputs = shared.inputs if shared else None
        problems += input_problems(units, inputs, variables, mocked.values if mocked else {})
    return problems


def _environments(live: Path, found: _Found) -> list[Environment]:
    """Those environments whose settings can be read, each by itself, then all together."""
    loaded = []
    for name in environment_names(live):
        environment = found.attempt(load_environment, live, name)
        if environment is not None:
            loaded.append(environment)
    found.attempt(load_all, live)  # the layout of live/, and what is wrong between environments
    return loaded
