"""A template's text: read as SAM reads it, and written so that any parser reads the same."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from samtranslator.yaml_helper import yaml_parse

from codegen.sam.document import TemplateError, differences, read_document, write_document

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    # what YAML parsers take for something else, by their version
    st.sampled_from(
        ["on", "No", "~", "null", "1_000", "0o14", "012", "0x1f", "1:30", "2026-01-31", "1e3", ".5"]
    ),
    st.sampled_from(
        ["=", "<<", "- a", "a: b", "a #b", "{a}", "!Ref A", "*a", "&a", "%a", "@a", " a "]
    ),
    st.sampled_from(
        ["a\nb", "a\n", "\na", "a\n\n", " a\n b", "a \nb", "\t", "a\r\nb", "a\x85b", ""]
    ),
)
scalars = st.one_of(
    texts,
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(documents)
def test_what_is_written_is_read_as_the_same_by_every_parser(document: Any) -> None:
    # Given any document / When it is written
    text = write_document(document)
    # Then we, SAM, and a parser of YAML 1.2 read what it was
    for read in (lambda t: read_document(t, "t")[0], yaml_parse, YAML(typ="safe").load):
        assert not list(differences(document, read(text)))


@given(documents, documents)
def test_two_documents_differ_nowhere_only_if_they_are_the_same(one: Any, two: Any) -> None:
    # Given two documents / When they are compared / Then JSON agrees, in which 1 is not true
    same = json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)
    assert (not list(differences(one, two))) == same


@pytest.mark.parametrize(
    ("one", "two", "paths"),
    [
        ({"a": 1}, {"a": True}, [("a",)]),
        ({"a": 1}, {"a": 1.0}, [("a",)]),
        ({"a": "1"}, {"a": 1}, [("a",)]),
        ({"a": None}, {}, [("a",)]),
        ({}, {"a": None}, [("a",)]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a", 0), ("a", 1)]),
        ({"a": [1]}, {"a": [1, 2]}, [("a",)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a", "b")]),
    ],
)
def test_every_difference_is_named_by_its_path(one: Any, two: Any, paths: list[Any]) -> None:
    assert list(differences(one, two)) == paths


SAME = {
    "tabs, as some editors write JSON": '{\n\t"A": {"Ref": "B"},\n\t"C": "\\ud83d\\ude00 \\/"\n}',
    "anchors and merged keys": "X: &x {A: 1, B: 2}\nC: {<<: *x, B: 3}\nD: *x\n",
    "short tags": "A: !Sub '${B}'\nC: !GetAtt D.E.F\nG: !If [H, !Ref I, !Ref AWS::NoValue]\n",
    "folded text": "A: >-\n  one\n  two # no comment\n# a comment\nB: |\n  three\n",
    "numbers": "A: 012\nB: 0123456789\nC: 1_000\nD: 1e3\nE: 0x1f\nF: on\nG: 1:30\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_it_is_read_as_sam_reads_it(text: str) -> None:
    # Given a text that YAML parsers disagree on / When it is read / Then SAM's own reading counts
    theirs = json.loads(text) if text.startswith("{") else yaml_parse(text)
    assert read_document(text, "template.yaml")[0] == theirs


def test_keys_and_dates_are_text_as_in_json() -> None:
    found = read_document("200: {description: ok}\nVersion: 2012-10-17\n", "t")[0]
    assert found == {"200": {"description": "ok"}, "Version": "2012-10-17"}


def test_json_has_lines_too() -> None:
    _, lines = read_document('{\n\t"Resources": {\n\t\t"Api": {}\n\t}\n}', "t.json")
    assert lines["Resources", "Api"] == 3


# Each line is eight times the one above.
ALIASES = "a: &a [1]\n" + "".join(
    f"{two}: &{two} [{', '.join([f'*{one}'] * 8)}]\n" for one, two in pairwise("abcdefg")
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A: 1\nA: 2\n", r"t\.yaml:2: key 'A' is there twice"),
        ('{"A": 1, "A": 2}', r"t\.yaml: key 'A' is there twice"),
        ("A: &a [*a]\n", "contains itself"),
        ("A: !!binary aGk=\n", "is a bytes, which CloudFormation has not"),
        ("A: !!set {a, b}\n", "is a set, which CloudFormation has not"),
        ("{A: [}", "expected the node content"),
        (ALIASES, "its aliases make more than"),
        ("[" * 5000, "t.yaml"),
    ],
)
def test_what_is_no_template_is_named(text: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        read_document(text, "t.yaml")
