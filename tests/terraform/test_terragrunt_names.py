"""What Baton takes for Terragrunt's own names is what the pinned Terragrunt takes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.terraform.terragrunt import ANY, FILE, Body

LABELLED = {
    *("include", "dependency", "generate", "feature", "extra_arguments", "before_hook"),
    *("after_hook", "error_hook", "retry", "ignore"),
}


def names(body: Body, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Each attribute and block by its path, and whether it is a block."""
    for name in sorted(body.attributes - {ANY}):
        yield (*path, name), False
    for name, inner in sorted(body.blocks.items()):
        yield (*path, name), True
        if ANY not in inner.attributes:
            yield from names(inner, (*path, name))


def written(path: tuple[str, ...], is_block: bool) -> str:
    """A file with that name alone, in the blocks around it."""
    *around, name = path
    text = opened(name) + " {}" if is_block else f"{name} = null"
    for block in reversed(around):
        text = f"{opened(block)} {{\n{text}\n}}"
    return text + "\n"


def opened(block: str) -> str:
    return f'{block} "x"' if block in LABELLED else block


def unknown_to_terragrunt(folder: Path, files: list[str]) -> set[int]:
    """The numbers of the files in which Terragrunt does not know a name."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    for number, text in enumerate(files):
        (folder / f"{number}").mkdir()
        (folder / f"{number}" / "terragrunt.hcl").write_text(text)
    done = subprocess.run(
        ["terragrunt", "hcl", "validate", "--json", "--no-color"],
        cwd=folder,
        env=os.environ | {"TG_TF_PATH": "terraform"},
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        int(Path(each["range"]["filename"]).parent.name)
        for each in json.loads(done.stdout or "[]")
        if each["summary"] in ("Unsupported argument", "Unsupported block type")
    }


@pytest.mark.engine
def test_terragrunt_takes_every_name_that_baton_takes(tmp_path: Path) -> None:
    # Given a file for each name, When Terragrunt reads them all
    known = list(names(FILE))
    unknown = unknown_to_terragrunt(tmp_path, [written(*each) for each in known])

    # Then it knows each
    assert [known[number] for number in sorted(unknown)] == []
    assert len(known) > 80


@pytest.mark.engine
def test_terragrunt_refuses_a_name_that_baton_refuses(tmp_path: Path) -> None:
    # Given a misspelled name in each block, When Terragrunt reads them
    places = sorted({path[:-1] for path, is_block in names(FILE) if not is_block})
    files = [written((*place, "misspelled"), False) for place in places]

    # Then it refuses each, so that it is right to do so before
    assert unknown_to_terragrunt(tmp_path, files) == set(range(len(places)))
