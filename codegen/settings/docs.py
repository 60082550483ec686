"""What is generated from the settings' models: docs/settings.md and the JSON schemas."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.markdown import cell, markdown
from codegen.settings.combinations import PAIR_RULES, RULES
from codegen.settings.environment import Environment
from codegen.settings.loading import load_all, load_project
from codegen.settings.problems import NOT_IN_ENV, sections
from codegen.settings.schema import environment_schema, project_schema
from codegen.settings.setting import About, Section, about

TEMPLATE = Path("docs/settings.md.j2")
LONGEST = 32  # characters of a value in a table; a longer one is told as set


@dataclass(frozen=True)
class Row:
    """A key, as the table tells it."""

    key: str
    about: About
    default: str
    differs: str


@dataclass(frozen=True)
class Table:
    """A section, as the document tells it."""

    name: str
    about: str
    rows: Sequence[Row]


def generated(root: Path) -> dict[Path, str]:
    """The generated files of a checkout, by path, as they should be.

    Parameters
    ----------
    root:
        The checkout; has live/ and docs/settings.md.j2.

    Raises
    ------
    SettingsError
        live/ is not as it should be itself.
    """
    defaults = load_project(root / "live").values["defaults"]
    return {
        Path("live/env.schema.json"): _json(environment_schema(defaults)),
        Path("live/project.schema.json"): _json(project_schema()),
        Path("docs/settings.md"): _document(
            (root / TEMPLATE).read_text("utf-8"), defaults, load_all(root / "live")
        ),
    }


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _document(template: str, defaults: dict[str, Any], environments: list[Environment]) -> str:
    return markdown(
        template,
        own=_own_rows(),
        tables=[
            _table(name, model, defaults[name], environments) for name, model in sections().items()
        ],
        rules=[inspect.getdoc(rule) for rule in (*RULES, *PAIR_RULES)],
    )


def _own_rows() -> list[Row]:
    return [
        Row(key, _cell(about(field)), "", "")
        for key, field in Environment.model_fields.items()
        if key not in sections() and key not in NOT_IN_ENV
    ]


def _table(
    name: str, model: type[Section], defaults: dict[str, Any], environments: list[Environment]
) -> Table:
    rows = [
        Row(
            key,
            _cell(about(field)),
            _value(defaults[key]) if key in defaults else "none",
            _differs(name, key, defaults.get(key), environments),
        )
        for key, field in model.model_fields.items()
    ]
    return Table(name, inspect.getdoc(model) or "", rows)


def _differs(name: str, key: str, default: Any, environments: Iterable[Environment]) -> str:
    said = {each.name: getattr(getattr(each, name), key) for each in environments}
    return ", ".join(f"{env}: {_value(value)}" for env, value in said.items() if value != default)


def _value(value: Any) -> str:
    text = json.dumps(value).replace('"', "")
    return f"`{text}`" if len(text) <= LONGEST else "set"


def _cell(facts: About) -> About:
    """With what Markdown would take for the end of a cell escaped."""
    texts = (facts.does, facts.allowed, facts.cost)
    return About(*map(cell, texts))
