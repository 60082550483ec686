"""The settings' JSON schemas: what an editor completes, explains and underlines while one types.

They are made from the models. What only shows in several keys or several files (combinations.py)
no schema can say; it is refused when the settings are read.
"""

from __future__ import annotations

from typing import Any

from codegen.settings.environment import Environment
from codegen.settings.loading import NOT_IN_DEFAULTS, PROJECT_KEYS
from codegen.settings.problems import NOT_IN_ENV, sections
from codegen.settings.setting import About, about, nested

# The draft that editors' YAML servers know best.
DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]


def environment_schema(defaults: dict[str, dict[str, Any]]) -> Schema:
    """The schema of live/<env>/env.yaml.

    Parameters
    ----------
    defaults:
        The project's, by section and key; what a key is when the file does not say it.
    """
    properties = _properties(defaults)
    for name in NOT_IN_ENV:
        del properties[name]
    for name in sections():
        section = properties[name]
        section["required"] = sorted(key for owner, key in NOT_IN_DEFAULTS if owner == name)
        if not section["required"]:  # a section without keys is null in YAML
            section["type"] = ["object", "null"]
            del section["required"]
    required = [
        name
        for name, field in Environment.model_fields.items()
        if name in properties
        and (field.is_required() if nested(field) is None else "required" in properties[name])
        and name != "region"  # the project's, unless said otherwise
    ]
    return _document("An environment's settings", properties, required)


def project_schema() -> Schema:
    """The schema of live/project.yaml, which says every key of every section."""
    properties = _properties({})
    for owner, key in NOT_IN_DEFAULTS:
        del properties[owner]["properties"][key]
    for name in sections():
        properties[name]["required"] = list(properties[name]["properties"])
    region = {**properties["region"], "description": "The region of every environment."}
    own = {
        "name": properties["project"],
        "region": region,
        "defaults": {
            "description": "What an environment has unless its env.yaml says otherwise.",
            "type": "object",
            "properties": {name: properties[name] for name in sections()},
            "required": list(sections()),
            "additionalProperties": False,
        },
    }
    return _document("The project's settings", own, sorted(PROJECT_KEYS))


def _document(title: str, properties: Schema, required: list[str]) -> Schema:
    return {
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _properties(defaults: dict[str, dict[str, Any]]) -> dict[str, Schema]:
    raw = Environment.model_json_schema()
    plain: Schema = _plain(raw["properties"], raw["$defs"])
    for name, model in sections().items():
        for key, field in model.model_fields.items():
            described = plain[name]["properties"][key]
            described["description"] = _told(about(field))
            if key in defaults.get(name, {}):
                described["default"] = defaults[name][key]
    for name, field in Environment.model_fields.items():
        if name not in sections():
            plain[name]["description"] = _told(about(field))
    return plain


def _told(facts: About) -> str:
    allowed = f" Allowed: {facts.allowed}." if facts.allowed else ""
    cost = f" USD: {facts.cost}." if facts.cost else ""
    return f"{facts.does}{allowed}{cost}"


def _plain(node: Any, definitions: Schema) -> Any:
    """Without references, titles and our own marks, which editors do not read or show."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[1]] | {
            key: value for key, value in node.items() if key != "$ref"
        }
    return {
        key: _plain(value, definitions)
        for key, value in node.items()
        if not key.startswith("x-") and not (key == "title" and isinstance(value, str))
    }
