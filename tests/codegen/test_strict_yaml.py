"""Two parsers of YAML, libyaml for speed and PyYAML for its words: one must not show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from codegen import strict_yaml
from codegen.strict_yaml import SettingsLoader, TemplateLoader, explain, load_with_lines

FILE = Path("env.yaml")
# What YAML gives a meaning to, and the characters that parsers have disagreed about.
PIECES = [
    *("a", "b: ", "c:", "- ", "? ", "\n", "\n  ", "\n    ", " ", ": ", ":", ",", "#", " # x"),
    *("[", "]", "{", "}", "'", '"', "&x ", "*x", "<<: ", "!Ref ", "!!str ", "|\n", ">-\n", "|2\n"),
    *("---\n", "...\n", "%YAML 1.1\n", "@", "`", "0123", "1:30", "on", "~", '\\"', '"\\q"', "''"),
    *('"\\ud800"', "\t", "\r\n", "\x85", "\u2028", "\ufeff", "\x01", "\x7f", "\ud800", "ü", "😀"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def outcome(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except yaml.YAMLError as error:
        return explain(FILE, error)


@pytest.mark.parametrize("loader", [SettingsLoader, TemplateLoader])
@given(text=TEXTS)
@example(text="\n\ufeff")
@example(text="a: b\t# c")
@example(text="\ud800")
def test_whatever_a_text_is_it_reads_as_by_pyyaml_alone(
    loader: type[SettingsLoader | TemplateLoader], text: str
) -> None:
    # Given any text, and what PyYAML's own scanner makes of it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        expected = outcome(lambda: load_with_lines(text, loader))

    # When it is read, Then values, lines and messages are the same
    assert repr(outcome(lambda: load_with_lines(text, loader))) == repr(expected)


def test_a_right_text_is_read_by_libyaml_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a PyYAML that may not scan
    def scan(*_: object) -> bool:
        raise AssertionError("PyYAML's scanner was asked")

    monkeypatch.setattr(yaml.scanner.Scanner, "check_token", scan)

    # When a template is read
    text = "Parameters:\n  Name: {Type: String}\nResources:\n  A: !Ref Name\n"
    document, lines = load_with_lines(text, TemplateLoader)

    # Then it is read, and its keys have their lines
    assert document["Resources"] == {"A": {"Ref": "Name"}}
    assert lines["Resources", "A"] == 4


@pytest.mark.parametrize("text", ["a: b\t# c\n", "a:\tb\n"])
def test_a_tab_that_sam_does_not_take_is_refused(text: str) -> None:
    # Given a text that libyaml reads and SAM's parser, PyYAML, does not
    assert yaml.load(text, yaml.CSafeLoader) == {"a": "b"}

    # When it is read, Then it is refused, and the tab is named
    said = outcome(lambda: strict_yaml.load(text, SettingsLoader))
    assert said == "env.yaml:1: found character '\\t' that cannot start any token"
