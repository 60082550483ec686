"""The published schemas of what is stored are the models', and fit what was stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from pipeline.records import schemas
from pipeline.records.schemas import FOLDER, SCHEMAS, described, schema, texts
from pipeline.release.manifest import Release
from tests.pipeline.builders import record

STORED = sorted((Path(__file__).parent / "stored").glob("*.json"))
PROMOTION, RELEASE = "promotion.schema.json", "release.schema.json"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_what_the_model_says(name: str) -> None:
    assert (FOLDER / name).read_text() == texts()[name], "run make docs"


def test_no_other_schema_is_published() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described_once_and_only_fields_are(name: str) -> None:
    made = schema(name, SCHEMAS[name])

    for part in (made, *made.get("$defs", {}).values()):
        fields = part.get("properties", {}).values()
        assert all(field["description"].endswith(".") for field in fields)
    assert made["$id"].startswith("urn:baton:schema:")
    assert made["description"]
    jsonschema.validators.validator_for(made).check_schema(made)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_records_that_an_older_baton_stored_fit(path: Path) -> None:
    valid(json.loads(path.read_text()))


def test_records_of_today_fit_and_others_do_not() -> None:
    rollback = record(2, "a", kind="rollback", withdraws="b", previous="c")
    stored = json.loads(rollback.to_bytes())
    valid(stored)

    for wrong in ({"kind": "else"}, {"number": "2"}, {"unknown": 1}, {"steps": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            valid(stored | wrong)


def test_a_manifest_fits_and_others_do_not() -> None:
    digest = "a" * 64
    release = Release(
        target="local", runtime="python3.13", architecture="arm64", files={"source.tar": digest}
    )
    stored = json.loads(release.to_bytes())
    valid(stored, RELEASE)

    strange = ({"other.txt": digest}, {"source.tar": "a"}, {"artifacts/../x.zip": digest})
    for wrong in ({"target": "else"}, {"unknown": 1}, *({"files": each} for each in strange)):
        with pytest.raises(jsonschema.ValidationError):
            valid(stored | wrong, RELEASE)


def valid(document: Any, schema: str = PROMOTION) -> None:
    jsonschema.validate(document, json.loads((FOLDER / schema).read_text()))


def test_a_field_that_nobody_describes_is_refused() -> None:
    class Silent(BaseModel):
        """A model."""

        field: int

    with pytest.raises(ValueError, match=r"Silent: described or a field, not both: \{'field'\}"):
        schema("silent.schema.json", Silent)


def test_a_docstring_is_read_as_numpydoc_has_it() -> None:
    text = """What it is,
in two lines.

Parameters
----------
one, two:
    Both of
    them.
three:
    With a list: this.

    And more.

Raises
------
error:
    No field.
"""

    assert described(text) == (
        "What it is, in two lines.",
        {"one": "Both of them.", "two": "Both of them.", "three": "With a list: this. And more."},
    )


def test_a_stale_schema_is_told_and_then_mended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a checkout without schemas
    monkeypatch.setattr(schemas, "FOLDER", tmp_path / "docs" / "schemas")
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("sys.argv", ["schemas", "--check"])

    # When they are checked, Then that is told, and nothing is written
    assert schemas.main() == 1
    assert PROMOTION in capsys.readouterr().out
    assert not schemas.FOLDER.exists()

    # When they are written, Then they are in order
    monkeypatch.setattr("sys.argv", ["schemas"])
    assert schemas.main() == 0
    monkeypatch.setattr("sys.argv", ["schemas", "--check"])
    assert schemas.main() == 0
