"""The JSON schemas of what Baton stores, in docs/schemas: from the models and their docstrings.

`python -m pipeline.records.schemas [--check]`, or `make docs`.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from codegen.files import FileChange, read_if_there, write_all
from pipeline.records.record import Record
from pipeline.release.manifest import Release

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
SCHEMAS: Mapping[str, type[BaseModel]] = {
    "promotion.schema.json": Record,
    "release.schema.json": Release,
}
# A section of a docstring as numpydoc has it, and an entry of one: names, and what is said of them.
SECTION = re.compile(r"^(?P<name>[A-Z]\w+)\n-{3,}\n", re.MULTILINE)
ENTRY = re.compile(
    r"^(?P<names>[a-z]\w*(?:, [a-z]\w*)*):\n(?P<text>(?:[ ]{4}.*\n?|\n)+)", re.MULTILINE
)


def main() -> int:
    """Write the schemas, or with `--check` answer 1 where one is not what the models say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    files = {FOLDER / name: text for name, text in texts().items()}
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if check:
            print(f"{path.name} is not what the models say; run make docs")
        else:
            write_all([FileChange(path, read_if_there(path), files[path].encode())])
            print(path.relative_to(FOLDER.parents[2]), file=sys.stderr)
    return 1 if check and stale else 0


def texts() -> dict[str, str]:
    """File name → what the models say that it holds."""
    return {
        name: json.dumps(schema(name, model), indent=2, ensure_ascii=False) + "\n"
        for name, model in SCHEMAS.items()
    }


def schema(file: str, model: type[BaseModel]) -> dict[str, Any]:
    """The schema of one stored document.

    Parameters
    ----------
    file:
        The schema's own name: `<what>.schema.json`.
    model:
        What reads the document, those of older versions of Baton included.

    Raises
    ------
    ValueError
        A field is described nowhere, or something is described that is no field.
    """
    what = file.removesuffix(".schema.json")
    made = model.model_json_schema(schema_generator=_Described)
    own = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:baton:schema:{what}",
        "title": f"Baton: {what}",
    }
    return own | {key: value for key, value in made.items() if key not in own}


class _Described(GenerateJsonSchema):
    """Says of every field what its model's docstring says of it."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """As pydantic makes it, with the descriptions."""
        model = schema["cls"]
        made = super().model_schema(schema)
        about, fields = described(inspect.getdoc(model) or "")
        made["description"] = about
        if differing := fields.keys() ^ made["properties"].keys():
            raise ValueError(f"{model.__name__}: described or a field, not both: {differing}")
        for name, text in fields.items():
            made["properties"][name]["description"] = text
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No: it would be the field's name once more."""
        return False


def described(docstring: str) -> tuple[str, dict[str, str]]:
    """What a class's docstring says of it, and of each of its parameters (pure)."""
    about, *sections = SECTION.split(docstring + "\n")
    parameters = dict(zip(sections[::2], sections[1::2], strict=True)).get("Parameters", "")
    fields = {
        name: " ".join(entry["text"].split())
        for entry in ENTRY.finditer(parameters)
        for name in entry["names"].split(", ")
    }
    return " ".join(about.split()), fields


if __name__ == "__main__":
    sys.exit(main())
