"""What an environment's outputs are held against; the same for every environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from codegen.contract import parameters, reads, resources
from codegen.errors import SettingsError
from codegen.jinja.templates import Source, load_source
from codegen.problems import Problem
from codegen.sam.parameters_file import key_lines
from codegen.sam.revisions import revision_keys
from codegen.sam.template import SamTemplate, load_template
from codegen.settings import file as settings
from codegen.strict_yaml import Key
from codegen.terraform.outputs import Declared, declared_outputs

TEMPLATES = Path("codegen/templates")
PARAMETERS, SAMCONFIG = "parameters.yaml.j2", "samconfig.toml.j2"
RELEASE_NAMES = ("template_file", "target", "runtime", "architecture", "id")


@dataclass(frozen=True)
class Sides:
    """The Jinja2 templates, the modules' outputs and the SAM template, parsed.

    Parameters
    ----------
    parameters, samconfig:
        The two Jinja2 templates.
    declared:
        What modules/*/outputs.tf declare.
    template:
        The SAM template.
    settings:
        The lines of live/project.yaml; none where it cannot be read.
    """

    parameters: Source
    samconfig: Source
    declared: Declared
    template: SamTemplate
    settings: Mapping[Key, int]

    @classmethod
    def load(cls, root: Path, template: Path) -> Sides:
        """Read them.

        Parameters
        ----------
        root:
            The checkout or unpacked release: has modules/, codegen/templates/ and live/.
        template:
            The SAM template, packaged or not.

        Raises
        ------
        TemplateError, TemplateSourceError
            The SAM template or a Jinja2 template cannot be read.
        """
        return cls(
            load_jinja(root, PARAMETERS),
            load_jinja(root, SAMCONFIG),
            declared_outputs(root),
            load_sam(root, template),
            settings_lines(root),
        )

    @property
    def sources(self) -> tuple[Source, Source]:
        """Both Jinja2 templates."""
        return self.parameters, self.samconfig

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """Parameter → the line of parameters.yaml.j2 that renders it."""
        return key_lines(self.parameters.text)

    @cached_property
    def names(self) -> Mapping[str, Sequence[str]]:
        """What the templates may read besides outputs and settings: root → names."""
        return {
            "release": RELEASE_NAMES,
            "revisions": revision_keys(self.template),
            "templates": ("parameters", "samconfig"),
        }

    @cached_property
    def problems(self) -> Sequence[Problem]:
        """Everything in which they do not fit each other, whatever the environment."""
        template, source, lines = self.template, self.parameters, self.lines
        return [
            *reads.template_problems(self.sources, self.declared, self.names, self.settings),
            *resources.type_problems(template),
            *resources.bucket_problems(template),
            *parameters.declaration_problems(template),
            *parameters.name_problems(template, lines, source.file),
            *parameters.list_problems(template, lines, source),
        ]


def load_jinja(root: Path, name: str) -> Source:
    """Read one of the two Jinja2 templates."""
    return load_source(root / TEMPLATES / name, f"{TEMPLATES}/{name}")


def load_sam(root: Path, template: Path) -> SamTemplate:
    """Read the SAM template; messages call it by its path in the root, where it is in there."""
    inside = template.is_relative_to(root)
    return load_template(
        template,
        str(template.relative_to(root)) if inside else str(template),
        root if inside else None,
    )


def settings_lines(root: Path) -> Mapping[Key, int]:
    """Where live/project.yaml says what; nowhere, where it cannot be read."""
    try:
        return settings.read(root / reads.SETTINGS).lines
    except SettingsError:
        return {}
