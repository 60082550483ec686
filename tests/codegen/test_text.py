"""Any text, from an output to the file SAM reads, and back: unchanged."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from codegen.errors import BatonError
from codegen.jinja import quoting
from codegen.jinja.filters import FilterError, comment_filter, toml_filter, yaml_filter
from codegen.jinja.templates import parse_source
from codegen.sam.parameters_file import key_lines, read_parameters

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# what shells, YAML, TOML and SAM's own quoting are known to lose
TRICKY = st.text(st.sampled_from("\"'\\ ,=:#{}[]&*!|>%@`\n\r\t\0\x7f\x85\u2028\ufeffé😀${}"))


@given(TEXT | TRICKY)
@example("")
@example('"')
@example("'quoted'")
@example('"a\\"')
@example("cron(0 6 * * ? *)")
@example('{"a": "b=c, d"}')
@example("\x85\u2028\ufeff\ud7ff\ue000\ufffe\U0001f600")
def test_text_survives_a_parameters_file(text: str) -> None:
    # Given any text
    # When it is written, and read by the YAML parser SAM uses
    line = f"Name: {yaml_filter(text)}\n"
    line.encode("ascii")
    written = YAML().load(line)["Name"]

    # Then what SAM makes of it is the text, and what we read back as well
    assert quoting.decode(written) == text
    assert read_parameters(line, "t") == {"Name": text}


@given(TEXT | TRICKY)
@example("\x7f\ufffe\U0001f600")
def test_text_survives_toml(text: str) -> None:
    # Given any text
    # When it is written as TOML
    line = f"value = {toml_filter(text)}\n"
    line.encode("ascii")

    # Then it is read back unchanged
    assert tomllib.loads(line) == {"value": text}


VALUES = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT


@given(VALUES | st.lists(VALUES))
def test_values_keep_their_type_in_toml(value: object) -> None:
    # Given any value, when it is written as TOML, then it is read back unchanged
    assert tomllib.loads(f"value = {toml_filter(value)}\n") == {"value": value}


@given(TEXT | TRICKY)
def test_a_comment_stays_one_line(text: str) -> None:
    # Given any text, when it is put in a comment, then it cannot end it
    comment = comment_filter(text)
    assert comment.isascii()
    assert comment == "" or comment.isprintable()


@pytest.mark.parametrize("write", [yaml_filter, toml_filter])
def test_half_a_surrogate_pair_is_refused(write: object) -> None:
    # Given what JSON can say and UTF-8 cannot, when it is written, then it is refused
    assert callable(write)
    with pytest.raises(FilterError, match="not Unicode text"):
        write("\ud800")


@given(st.dictionaries(st.from_regex(r"[A-Za-z0-9]+", fullmatch=True), TEXT, min_size=1))
def test_rendering_twice_is_identical(values: dict[str, str]) -> None:
    # Given a template and any outputs
    names = "".join(f"{name}: {{{{ outputs.u['{name}'] | yaml }}}}\n" for name in values)
    source = parse_source(names, "t")

    # When it is rendered twice
    once, twice = (source.render({"outputs": {"u": values}}) for _ in range(2))

    # Then it is the same, and holds the outputs
    assert once == twice
    assert read_parameters(once, "t") == values


@pytest.mark.parametrize("text", ["- a\n", "a b: x\n", "A: 1\n", "A: [a]\n", "A: x\nA: x\n", ": ["])
def test_a_file_that_sam_would_read_otherwise_is_refused(text: str) -> None:
    # Given a file that is not alphanumeric names and quoted texts
    # When it is read back, then it is refused
    with pytest.raises(BatonError):
        read_parameters(text, "t")


def test_the_lines_of_a_templates_parameters_are_known() -> None:
    # Given a template with a comment, a block and two parameters
    template = "# Comment: no\n{% if x %}\nOne: {{ x }}\n{% endif %}\nTwo: 2\n"

    # When the lines are asked for, then they are the template's own
    assert key_lines(template) == {"One": 3, "Two": 5}
