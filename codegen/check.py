"""`baton check`: every side of the hand-off against every other, with no credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from codegen.contract import mocks, reads
from codegen.errors import BatonError, SettingsError
from codegen.problems import Kind, Problem, unique
from codegen.rendering import ReleaseContext, render
from codegen.settings import load_all, load_environment
from codegen.settings.environment import Environment
from codegen.settings.loading import environment_names
from codegen.sides import Sides, settings_lines
from codegen.terraform.outputs import declared_outputs
from codegen.terraform.units import Mocks, load_mocks, load_units

T = TypeVar("T")


def check(root: Path, template: Path, releases: Sequence[ReleaseContext]) -> list[Problem]:
    """Check templates, modules, units, mocks, SAM template and settings against each other.

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

    Returns
    -------
    list
        Every problem there is, by file and line; a file that cannot be read is one of them.
    """
    problems: list[Problem] = []
    declared = declared_outputs(root / "modules")
    units = _or_problem(problems, lambda: load_units(root)) or []
    mocked = _or_problem(problems, lambda: load_mocks(root))
    settings = settings_lines(root)
    problems += reads.unit_problems(units, declared, settings)
    if mocked is not None:
        problems += mocks.mock_problems(mocked, declared)
    environments = list(_environments(root / "live", problems))
    sides = _or_problem(problems, lambda: Sides.load(root, template))
    if sides is not None:
        problems += sides.problems
        problems += reads.unread_problems(sides.sources, units, settings)
        for release in releases:
            problems += _rendered(sides, environments, mocked, release)
    return unique(problems)


def _rendered(
    sides: Sides, environments: Sequence[Environment], mocked: Mocks | None, release: ReleaseContext
) -> Iterator[Problem]:
    values: Mapping[str, Mapping[str, object]] = mocked.values if mocked else {}
    for environment in environments:
        try:
            yield from render(sides, environment, values, release)[1]
        except BatonError as error:
            yield _unreadable(error)


def _environments(live: Path, problems: list[Problem]) -> Iterator[Environment]:
    """Those environments whose settings can be read, each by itself, then all together."""
    names = environment_names(live)
    found = [_or_problem(problems, lambda: load_environment(live, name)) for name in names]  # noqa: B023
    if all(found):  # what is wrong between environments can only be told of right ones
        _or_problem(problems, lambda: load_all(live))
    return (environment for environment in found if environment is not None)


def _or_problem(problems: list[Problem], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except BatonError as error:
        problems.append(_unreadable(error))
        return None


def _unreadable(error: BatonError) -> Problem:
    kind = Kind.SETTING_INVALID if isinstance(error, SettingsError) else Kind.UNREADABLE
    return Problem(kind, None, error.message, remedy=error.remedy)
