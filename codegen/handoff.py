"""The hand-off: from an environment's outputs and settings to the files that SAM deploys from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen import contract
from codegen.contract import Problem
from codegen.errors import ContractError
from codegen.files import FileChange, locked, read_if_there, write_all
from codegen.filters import UNAVAILABLE, FilterError
from codegen.module_outputs import declared_outputs
from codegen.parameters_file import key_lines, read_parameters
from codegen.rendering import Source, TemplateSourceError, load_source
from codegen.revisions import UNSET, compute_revisions, revision_keys
from codegen.sam_template import SamTemplate, load_template
from codegen.samconfig import put_environment
from codegen.settings.environment import Environment
from codegen.state import StateOutputs

TEMPLATES = Path("codegen/templates")
RELEASE_NAMES = ("template_file", "target", "runtime", "architecture", "id")


@dataclass(frozen=True)
class ReleaseContext:
    """What rendering needs to know of the release it renders for.

    Attributes
    ----------
    template:
        The packaged template; code and layers are named in it by their SHA-256.
    template_file:
        Where samconfig.toml says the template is, as seen from samconfig.toml's folder.
    target:
        The target the release was built for, "local" or "aws".
    runtime, architecture:
        The platform the release was built for, as Lambda names it.
    id:
        The release, for people to read.
    """

    template: Path
    template_file: str
    target: str
    runtime: str
    architecture: str
    id: str


@dataclass(frozen=True)
class Rendering:
    """An environment's files, checked, and not written yet.

    Attributes
    ----------
    parameters:
        Every template parameter → the text CloudFormation gets, revisions included.
    revisions:
        What templates call a function → its revision.
    parameters_file:
        The content of parameters/<env>.yaml.
    samconfig_table:
        A samconfig.toml with this environment's tables alone.
    """

    environment: str
    parameters: Mapping[str, str]
    revisions: Mapping[str, str]
    parameters_file: bytes
    samconfig_table: bytes


@dataclass(frozen=True)
class _Sources:
    parameters: Source
    samconfig: Source

    @property
    def both(self) -> tuple[Source, Source]:
        return self.parameters, self.samconfig


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
    template = load_template(release.template)
    sources = _load_sources(root)
    problems = [
        *_static_problems(root, sources, template),
        *contract.output_problems(
            sources.both, declared_outputs(root / "modules"), outputs, environment
        ),
    ]
    context = _context(environment, sources, outputs, release)
    try:
        text, parameters, revisions = _render_parameters(template, sources, context, environment)
        samconfig = sources.samconfig.render({**context, "revisions": revisions})
    except TemplateSourceError as error:
        if problems and isinstance(error.__cause__, FilterError):
            problems.append(Problem("", error.message, ""))
        _refuse(problems, environment)  # the problems known before explain it better
        raise
    problems += contract.parameter_problems(
        template, parameters, key_lines(sources.parameters.text), sources.parameters.file
    )
    _refuse(problems, environment)
    _accept_samconfig(samconfig, sources.samconfig.file, environment.name)
    return Rendering(
        environment=environment.name,
        parameters=parameters,
        revisions=revisions,
        parameters_file=text.encode(),
        samconfig_table=samconfig.encode(),
    )


def check(root: Path, template: Path) -> list[Problem]:
    """Check what needs neither environment nor credentials: templates, modules, SAM template."""
    return [*_static_problems(root, _load_sources(root), load_template(template))]


def would_change(rendering: Rendering, folder: Path) -> list[FileChange]:
    """What `write` would do to the files in `folder`. Writes nothing."""
    parameters = folder / "parameters" / f"{rendering.environment}.yaml"
    samconfig = folder / "samconfig.toml"
    existing = read_if_there(samconfig)
    merged = put_environment(existing, rendering.samconfig_table, rendering.environment, samconfig)
    return [
        FileChange(parameters, read_if_there(parameters), rendering.parameters_file),
        FileChange(samconfig, existing, merged),
    ]


def write(rendering: Rendering, folder: Path) -> list[FileChange]:
    """Write parameters/<env>.yaml and this environment's tables of samconfig.toml.

    Parameters
    ----------
    rendering:
        What `prepare` gave.
    folder:
        Where `sam` will be started.

    Raises
    ------
    SamconfigError
        The samconfig.toml that is there cannot be kept.
    """
    with locked(folder):
        changes = would_change(rendering, folder)
        write_all(changes)
    return changes


def _load_sources(root: Path) -> _Sources:
    return _Sources(
        *(
            load_source(root / TEMPLATES / name, str(TEMPLATES / name))
            for name in ("parameters.yaml.j2", "samconfig.toml.j2")
        )
    )


def _static_problems(root: Path, sources: _Sources, template: SamTemplate) -> Iterator[Problem]:
    names = {
        "release": RELEASE_NAMES,
        "revisions": revision_keys(template),
        "templates": ("parameters", "samconfig"),
    }
    yield from contract.source_problems(sources.both, declared_outputs(root / "modules"), names)
    yield from contract.template_problems(template)


def _context(
    environment: Environment, sources: _Sources, outputs: StateOutputs, release: ReleaseContext
) -> dict[str, Any]:
    """What the templates see. An output that cannot be had is a mark that no check looks into."""
    readable: dict[str, dict[str, Any]] = {}
    for read in (read for source in sources.both for read in source.reads):
        if read.path[0] == "outputs":
            _, unit, name = read.path[:3]
            value = outputs.values.get(unit, {}).get(name)
            readable.setdefault(unit, {})[name] = UNAVAILABLE if contract.is_empty(value) else value
    return {
        "outputs": readable,
        "environment": environment,
        "release": {name: getattr(release, name) for name in RELEASE_NAMES},
        "templates": {
            "parameters": sources.parameters.digest,
            "samconfig": sources.samconfig.digest,
        },
    }


def _render_parameters(
    template: SamTemplate, sources: _Sources, context: Mapping[str, Any], environment: Environment
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Render twice: the revisions are digests of the parameters of the first time."""
    source = sources.parameters
    unset = {**context, "revisions": dict.fromkeys(revision_keys(template), UNSET)}
    first = read_parameters(source.render(unset), source.file)
    pseudo = {
        "AWS::AccountId": environment.account_id,
        "AWS::Region": environment.region,
        "AWS::StackName": environment.stack_name,
    }
    revisions = compute_revisions(template, first, pseudo)
    text = source.render({**context, "revisions": revisions})
    return text, read_parameters(text, source.file), revisions


def _refuse(problems: list[Problem], environment: Environment) -> None:
    if problems:
        raise ContractError(
            [str(problem) for problem in problems],
            f"nothing was written for {environment.name}; docs/hand-off.md explains each problem",
        )


def _accept_samconfig(text: str, file: str, env: str) -> None:
    """Read the rendered samconfig.toml back before it is taken for one."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateSourceError(f"{file}: renders no TOML: {error}") from error
    if set(document) != {"version", env}:
        raise TemplateSourceError(
            f"{file}: renders {', '.join(sorted(document))}, but only version and the tables of "
            f"{env} belong in it"
        )
