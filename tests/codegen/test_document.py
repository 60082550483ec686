"""Outputs from a JSON document: what is taken, and where exactly it is wrong."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from codegen.errors import UsageError
from codegen.sources.document import outputs_from_document, parse_document


class _Input(io.StringIO):
    """Standard input with these bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.buffer = io.BytesIO(content)


def test_a_document_stands_in_for_the_states(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given outputs as a document, in a file and on standard input
    document = b'{"data": {"table_name": "t", "zones": ["a", "b"]}, "network": {}}'
    file = tmp_path / "outputs.json"
    file.write_bytes(document)
    monkeypatch.setattr("sys.stdin", _Input(document))

    # When they are taken from either
    outputs = outputs_from_document(str(file))

    # Then they are the same, and of no state
    assert outputs.values == {"data": {"table_name": "t", "zones": ["a", "b"]}, "network": {}}
    assert (outputs.serials, outputs.lineages, outputs.empty) == ({}, {}, frozenset())
    assert outputs_from_document("-") == outputs


def test_what_terraform_output_prints_is_taken_as_it_is() -> None:
    # Given a unit as `terraform output -json` prints it, and one written by hand
    text = """{"data": {"name": {"sensitive": false, "type": "string", "value": "t"},
        "token": {"sensitive": true, "type": "string", "value": "a secret"}},
        "network": {"map": {"value": "a map of its own", "type": "x"}}}"""

    # When it is read
    outputs = parse_document(text, "o.json")

    # Then values are values, and a sensitive one is known as such and left out
    assert outputs.values["data"] == {"name": "t"}
    assert outputs.sensitive == {"data": ["token"], "network": []}
    assert "a secret" not in repr(outputs)
    assert outputs.values["network"] == {"map": {"value": "a map of its own", "type": "x"}}


BROKEN = {
    "nothing": "",
    "cut off": '{"data": {',
    "a list": " []",
    "unit is text": '{\n  "network": {},\n  "data": "t"\n}',
    "unit twice": '{"data": {},\n "data": {}}',
    "output twice": '{"data": {"a": 1,\n          "b": 2, "a": 3}}',
    "key twice inside": '{"data": {"a": 1,\n "b": {"x": [{"y": 1, "y": 2}]}}}',
    "NaN": '{"data": {"a": [NaN]}}',
    "infinity": '{"data": {"a": 1,\n "b": -Infinity}}',
    "1e999": '{"data": {"a": {"b": 1e999}}}',
    "5,000 digits": '{"data": {"a": ' + "9" * 5000 + "}}",
    "a trailing comma": '{"data": {"a": 1,}}',
    "single quotes": "{'data': {}}",
    "two documents": '{"data": {}}\n{"network": {}}',
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_document_of_another_shape_is_refused_with_its_place(
    case: str, snapshot: SnapshotAssertion
) -> None:
    # Given a text that is not {unit: {output: value}}
    text = BROKEN[case]

    # When it is read
    with pytest.raises(UsageError) as caught:
        parse_document(text, "o.json")

    # Then the message says where it is wrong, and the remedy shows the shape
    assert caught.value.message == snapshot
    assert '{"data": {"table_name"' in caught.value.remedy


def test_a_mark_in_front_is_no_part_of_the_document(tmp_path: Path) -> None:
    # Given a file as PowerShell writes it
    file = tmp_path / "o.json"
    file.write_bytes(b'\xef\xbb\xbf{"data": {"a": 1}}')

    # When it is read, then its outputs are there
    assert outputs_from_document(str(file)).values == {"data": {"a": 1}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"data": "\xff"}', "byte 10 is not UTF-8"),
        (b'{"data": {"a": ' + b"[" * 100_000, "too many brackets"),
    ],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    # Given a file
    file = tmp_path / "o.json"
    file.write_bytes(content)

    # When it is read, then it is wrong usage and no traceback
    with pytest.raises(UsageError, match=said):
        outputs_from_document(str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    # Given no file, When it is read, then the message names it
    with pytest.raises(UsageError, match=r"missing.json: cannot be read: No such file"):
        outputs_from_document(str(tmp_path / "missing.json"))
    with pytest.raises(UsageError, match="Is a directory"):
        outputs_from_document(str(tmp_path))


def test_a_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a process without standard input
    monkeypatch.setattr("sys.stdin", None)

    # When outputs are taken from it, then it is wrong usage
    with pytest.raises(UsageError, match="standard input is closed"):
        outputs_from_document("-")
