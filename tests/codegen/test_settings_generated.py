"""The JSON schemas and the document that are made from the settings' models."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import ValidationError

from codegen import docs
from codegen.docs import generated
from codegen.settings import load_project
from codegen.settings.environment import Environment
from codegen.settings.loading import _merge
from codegen.strict_yaml import TemplateLoader, load
from tests.codegen.builders import CHECKOUT
from tests.codegen.settings_samples import BAD, BEYOND_A_SCHEMA, GOOD, all_keys, fitting

REQUIRED = {"account_id": "111111111111", "aws_profile": "p", "network.cidr": "10.0.0.0/16"}
FILES = [CHECKOUT / "live/project.yaml", *sorted(CHECKOUT.glob("live/*/env.yaml"))]


def schema_of(file: Path) -> Path:
    """The schema that a file names in its first line, as an editor finds it."""
    first = file.read_text().split("\n")[0]
    mark = "# yaml-language-server: $schema="
    assert first.startswith(mark), f"{file} names no schema"
    return file.parent / first.removeprefix(mark)


def validator(name: str = "env") -> Draft7Validator:
    schema = json.loads((CHECKOUT / f"live/{name}.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def document(said: dict[str, Any]) -> dict[str, Any]:
    """An env.yaml that says these settings, by dotted key, and what it must."""
    whole: dict[str, Any] = {}
    for key, value in (REQUIRED | said).items():
        *sections, last = key.split(".")
        holder = whole
        for section in sections:
            holder = holder.setdefault(section, {})
        holder[last] = value
    return whole


GENERATED = [
    "live/env.schema.json",
    "live/project.schema.json",
    "docs/settings.md",
    "docs/hand-off.md",
]


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_is_fresh(name: str) -> None:
    # When
    texts = generated(CHECKOUT)

    # Then
    assert (CHECKOUT / name).read_text() == texts.pop(Path(name)), (
        "python -m codegen.docs writes it anew"
    )
    assert len(texts) == len(GENERATED) - 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_each_file_satisfies_the_schema_it_names(file: Path) -> None:
    # Given
    schema = json.loads(schema_of(file).read_text())

    # When
    errors = list(Draft7Validator(schema).iter_errors(yaml.safe_load(file.read_text())))

    # Then
    assert errors == []


@pytest.mark.parametrize("key", BAD)
def test_what_is_refused_is_underlined_too(key: str) -> None:
    # Given values that are refused for themselves
    values = [value for value in BAD[key] if (key, value) not in BEYOND_A_SCHEMA]

    # When
    let_through = [value for value in values if validator().is_valid(document({key: value}))]

    # Then
    assert let_through == []


@given(said=st.fixed_dictionaries({}, optional=GOOD).map(fitting))
def test_what_is_read_is_not_underlined(said: dict[str, Any]) -> None:
    assert list(validator().iter_errors(document(said))) == []


# Settings that are patterns, and what a slip of the keyboard makes of them: also digits, letters
# and spaces that only Unicode takes for such.
PATTERNS = ["region", "account_id", "aws_profile", "network.cidr", "functions.sweep_schedule"]
PATTERNS += ["functions.insights_layer_arn", "access.permissions_boundary_arn"]
SLIPS = st.sampled_from(["", *"019.-/:,?*#LWyx_ e@", "٣", "é", "\u00a0", "-cn", "99", "(", ")"])


def is_read(key: str, value: Any, project: dict[str, Any]) -> bool:
    """Whether the models take a value for a key."""
    try:
        Environment.model_validate(_merge("dev", project, document({key: value})))
    except ValidationError:
        return False
    return True


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_models_and_schema_refuse_the_same(data: st.DataObject) -> None:
    # Given a value that is nearly right
    key = data.draw(st.sampled_from([*PATTERNS, "observability.alarm_subscribers"]))
    good = data.draw(GOOD[key].filter(bool))
    text = good if isinstance(good, str) else good[0]
    place = data.draw(st.integers(0, len(text)))
    slipped = text[:place] + data.draw(SLIPS) + text[place + data.draw(st.integers(0, 1)) :]
    value = slipped if isinstance(good, str) else [slipped]

    # When both judge it
    read = is_read(key, value, load_project(CHECKOUT / "live").values)
    drawn = validator().is_valid(document({key: value}))

    # Then they agree, but for the host bits of a range, which only arithmetic shows
    assert read == drawn or (key == "network.cidr" and drawn)


@pytest.mark.parametrize("name", ["api", "processor", "scheduled"])
def test_what_is_read_is_taken_by_the_template(name: str) -> None:
    # Given what the template takes for a reserved concurrency
    template = load((CHECKOUT / "sam-app/template.yaml").read_text(), TemplateLoader)
    parameter = template["Parameters"][f"{name.title()}ReservedConcurrency"]

    # When the schema's highest is written
    schema = json.loads((CHECKOUT / "live/env.schema.json").read_text())["properties"]
    options = schema["functions"]["properties"][f"{name}_reserved_concurrency"]["anyOf"]
    highest = next(option["maximum"] for option in options if "maximum" in option)

    # Then it is taken, and no higher one would be
    assert re.fullmatch(parameter["AllowedPattern"], str(highest))
    assert not re.fullmatch(parameter["AllowedPattern"], str(highest + 1))


@pytest.mark.parametrize("key", ["regoin", "network.cdir", "data.read_capacity.maks", "logs.x"])
def test_an_unknown_key_is_underlined(key: str) -> None:
    # When
    errors = list(validator().iter_errors(document({key: 1})))

    # Then
    assert errors


@pytest.mark.parametrize("key", REQUIRED)
def test_what_each_environment_must_say_is_required(key: str) -> None:
    # Given
    whole = document({})
    *sections, last = key.split(".")
    del (whole[sections[0]] if sections else whole)[last]

    # Then
    assert not validator().is_valid(whole)


def test_every_default_is_that_of_the_project() -> None:
    # Given
    defaults = yaml.safe_load((CHECKOUT / "live/project.yaml").read_text())["defaults"]
    schema = json.loads((CHECKOUT / "live/env.schema.json").read_text())

    # When
    told = {
        name: {
            key: value["default"]
            for key, value in schema["properties"][name]["properties"].items()
            if "default" in value
        }
        for name in defaults
    }

    # Then
    assert told == defaults


def test_every_setting_is_explained_in_schema_and_document() -> None:
    # Given
    properties = json.loads((CHECKOUT / "live/env.schema.json").read_text())["properties"]
    text = (CHECKOUT / "docs/settings.md").read_text()

    for key in all_keys():
        # When
        section, _, name = key.rpartition(".")
        where = properties[section]["properties"] if section else properties

        # Then
        assert "Allowed: " in where[name or key]["description"], key
        assert f"| `{name or key}` |" in text, key


@pytest.mark.parametrize("missing", ["name", "region", "defaults"])
def test_the_project_says_everything(missing: str) -> None:
    # Given
    project = yaml.safe_load((CHECKOUT / "live/project.yaml").read_text())
    del project[missing]

    # Then
    assert not validator("project").is_valid(project)


def test_a_document_is_replaced_not_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a generated document, and a copy that shares it by a hard link
    monkeypatch.setattr(docs, "generated", lambda root: {Path("text/a.md"): "new"})
    document = tmp_path / "text" / "a.md"
    document.parent.mkdir()
    document.write_text("old")
    (tmp_path / "copy").hardlink_to(document)

    # When it is written again
    docs.main(tmp_path)

    # Then the copy is what it was
    assert document.read_text() == "new"
    assert (tmp_path / "copy").read_text() == "old"
