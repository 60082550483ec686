"""Any text and any list of texts, from an output to what SAM would deploy: unchanged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codegen.handoff import Rendering, prepare, write
from codegen.values.origins import MOCK_MARKER
from tests.codegen import sam
from tests.codegen.builders import environment, output_values, release, state_outputs

pytestmark = pytest.mark.engine
ENV = environment("dev")
TEXTS, LISTS = 24, 6

# One for each way in which shells, YAML, TOML or SAM lose text.
TRICKY = [
    "",
    " ",
    "cron(0 6 * * ? *)",
    '{"a": "b=c, d", "e": [1]}',
    '"quoted"',
    "'quoted'",
    '"',
    "it's",
    '\\"',
    "\\' \\ \\\\",
    '"a\\"',
    "a=b,c=d ParameterKey=X,ParameterValue=Y",
    "two\nlines\r\n",
    "\ttab",
    "é 😀 \u2028 \x85 \ufeff",
    "yes",
    "0123",
    "1e3",
    "null",
    "~",
    "# no comment",
    "file://parameters/dev.yaml",
    "{{ x }} ${x} %x%",
    "%%?%%",
]
TRICKY_LISTS = [
    ['"a"', "'b'"],
    ['"'],
    ["a b", "\\"],
    ["a=b", "c: d", "#e"],
    ["0123", "1e3", "null", "yes"],
    ["é", "😀", "\\'"],
]
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "\"'\\ ,=:#{}[]&*!\n\r\t\0~"
)
# a mocked value is refused, which is another matter
ANY_TEXT = st.text(CHARACTERS, max_size=60).filter(lambda text: not MOCK_MARKER.search(text))
ITEMS = ANY_TEXT.map(lambda text: text.replace(",", ";").strip() or "x")
MANY_TEXTS = st.lists(ANY_TEXT, min_size=TEXTS, max_size=TEXTS)
MANY_LISTS = st.lists(st.lists(ITEMS, min_size=1, max_size=4), min_size=LISTS, max_size=LISTS)


@dataclass(frozen=True)
class World:
    """A project that hands over texts and lists, and the SAM that reads what was rendered."""

    root: Path
    folder: Path
    sam: sam.Sam

    def render(self, texts: list[str], lists: list[list[str]]) -> Rendering:
        """Prepare the environment's files for these outputs, and write them."""
        values: dict[str, dict[str, Any]] = output_values(ENV)
        values["texts"] = {f"text{number}": text for number, text in enumerate(texts)}
        values["texts"] |= {f"list{number}": items for number, items in enumerate(lists)}
        context = release(self.root / "template.yaml", template_file="template.yaml")
        rendering = prepare(self.root, ENV, state_outputs(values), context)
        write([rendering], self.folder)
        return rendering


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = sam.project_of_texts(tmp_path_factory.mktemp("root"), TEXTS, LISTS)
    folder = tmp_path_factory.mktemp("sam")
    shutil.copy(root / "template.yaml", folder)
    with sam.started(folder, [ENV.aws_profile]) as started:
        yield World(root, folder, started)


@settings(max_examples=60)
@given(texts=MANY_TEXTS, lists=MANY_LISTS)
@example(texts=TRICKY, lists=TRICKY_LISTS)
def test_what_is_put_out_is_what_sam_would_deploy(
    texts: list[str], lists: list[list[str]], world: World
) -> None:
    # Given outputs of any texts, and of lists of any texts
    # When they are rendered and written, and SAM's own code reads the files
    rendering = world.render(texts, lists)
    overrides = world.sam.overrides(world.folder, ENV.name)

    # Then it would deploy each of them unchanged, and of all others what was checked
    assert [overrides[f"Text{number}"] for number in range(TEXTS)] == texts
    assert [overrides[f"List{number}"].split(",") for number in range(LISTS)] == lists
    assert overrides == rendering.parameters


@settings(max_examples=10)
@given(texts=MANY_TEXTS, lists=MANY_LISTS)
def test_the_same_outputs_render_to_the_same_bytes(
    texts: list[str], lists: list[list[str]], world: World
) -> None:
    # Given files rendered from any outputs
    once = world.render(texts, lists)
    files = {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}

    # When the same are rendered into the same folder again
    twice = world.render(texts, lists)

    # Then nothing differs, to the byte
    assert twice == once
    assert {path: path.read_bytes() for path in files} == files
