"""What tools, records and settings say gives no orders to a terminal, a workflow or Markdown."""

from __future__ import annotations

import ast
import json
import re
import shlex
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import BatonError
from codegen.markdown import code
from codegen.shown import command, printable
from pipeline.github import drift_issue, summary
from pipeline.records.record import Record
from pipeline.runs import console
from tests.pipeline.builders import record

PIPELINE = Path(__file__).parents[2] / "pipeline"
# Texts as a hostile tool, record or resource name would have them.
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "a\rb",
    "a\x08\x08b",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u200b",
    "\x00",
    "\ud800",
    "::set-env name=PATH::/evil",
    "  ::add-mask::x",
    "ok\n::set-output name=x::y",
    "ok\r\n::error::no",
    "##[add-path]/evil",
    "see ##[set-env name=a]b",
]
TEXTS = st.text(st.characters() | st.sampled_from("\x1b[]0;m\x07:#\n\r\t"), max_size=60)
ANY_TEXT = st.sampled_from(HOSTILE) | TEXTS
# What GitHub's runner takes for a command: at a line's beginning; the old form anywhere in it.
WORKFLOW_COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


def harmless(text: str) -> bool:
    """Whether a terminal and a workflow only show a text."""
    ordered = [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    return set(ordered) <= {"\n", "\t"} and not WORKFLOW_COMMAND.search(text)


@given(text=ANY_TEXT)
def test_a_cleaned_text_gives_no_orders(text: str) -> None:
    cleaned = printable(text)

    assert harmless(cleaned)
    assert printable(cleaned) == cleaned


@given(
    text=st.text(
        st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from(" \n\t"), max_size=60
    )
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    ordinary = text.replace("::", ":").replace("##[", "#[")

    assert printable(ordinary) == ordinary


@given(text=ANY_TEXT)
def test_every_way_to_the_terminal_is_cleaned(text: str) -> None:
    # Given a text from elsewhere, When it is printed in each of the ways there are
    ways = [
        lambda: console.say(text),
        lambda: console.show(text),
        lambda: console.explain(BatonError(text, text)),
        lambda: console.print_table(("a", "b"), [(text, "x")]),
        lambda: progress(text),
    ]

    # Then none of them lets an order through
    for way in ways:
        with pytest.MonkeyPatch.context() as patch:
            printed = Printed()
            patch.setattr("sys.stdout", printed)
            patch.setattr("sys.stderr", printed)
            way()
        assert harmless(printed.text), repr(printed.text)


class Printed:
    """A stream that keeps what is written, as UTF-8 would carry it."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        text.encode()
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Everything is written already."""

    def isatty(self) -> bool:
        return False


def progress(text: str) -> None:
    shown = console.Progress(text)
    with shown.step("plan"):
        shown.say(text)
    shown.end("plan", "failed", 1.0, text)


@given(
    document=st.recursive(
        ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)
    )
)
def test_json_means_exactly_what_it_did_and_shows_no_orders(document: object) -> None:
    text = console.as_json(document)

    assert json.loads(text) == document
    assert {c for c in text if not c.isprintable()} <= {"\n"}
    text.encode()


def test_json_keeps_letters_of_every_language_readable() -> None:
    assert console.as_json({"é": "日本 🚀"}) == '{\n  "é": "日本 🚀"\n}'


OWN = {"console.py", "demo.py"}  # demo.py prints its own words, by the console's means
ALLOWED = {
    ("commands/env.py", "click.echo"),  # lines for a shell, quoted for it
    ("github/comment.py", "print"),  # Markdown for a file, made of escaped parts
    ("github/drift_issue.py", "print"),
    ("github/summary.py", "print"),
    ("records/schemas.py", "print"),
    ("adapters/process.py", "print"),
}
WRITERS = {
    "print",
    "click.echo",
    "click.secho",
    "sys.stdout.write",
    "sys.stderr.write",
    "json.dump",
}


def test_nothing_else_writes_to_the_terminal() -> None:
    # Given every call in the pipeline, When those that write to a stream are looked for
    found = {
        (path.relative_to(PIPELINE).as_posix(), ast.unparse(node.func))
        for path in PIPELINE.rglob("*.py")
        if path.name not in OWN and "ministack" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITERS
    }

    # Then all but these go through the console
    assert found == ALLOWED


MARK = "HOSTILE"
IN_MARKDOWN = [
    f"{MARK} <img src=x onerror=y>",
    f"` {MARK} [link](http://evil.example) `",
    f"| {MARK} | cell |",
    f"ok\n\n# {MARK}\n::set-output name={MARK}::x",
    f"```\n{MARK}\n```",
    f"@{MARK}/team #1",
    f"-->{MARK}<!--",
    f"\x1b[31m{MARK}",
]


def outside_code(text: str) -> str:
    """Markdown without what is in code spans and fences, where nothing has a meaning."""
    without_fences = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", without_fences)


@pytest.mark.parametrize("text", IN_MARKDOWN)
def test_a_record_says_nothing_in_a_summary_but_as_code(text: str) -> None:
    # Given a record in which every text is hostile
    hostile: Record = record(
        1,
        "a" * 64,
        verified=False,
        failure=text,
        by=text,
        promoted_from=text,
        approved_by=text,
        steps=[{"name": text, "outcome": "failed", "seconds": 1.0, "detail": text}],
    )

    # When it is summed up, then Markdown and the runner see code alone
    summed = summary.compose(hostile)
    assert MARK not in outside_code(summed)
    assert harmless(summed)


@pytest.mark.parametrize("text", IN_MARKDOWN)
def test_a_finding_says_nothing_in_an_issue_but_as_code(text: str) -> None:
    finding = dict.fromkeys(("kind", "subject", "expected", "actual", "note"), text)
    issue = drift_issue.compose("dev", [finding | {"commands": [text, text]}], "")

    assert MARK not in outside_code(issue)
    assert harmless(issue)


@given(text=ANY_TEXT)
def test_a_code_span_is_one_span_on_one_line(text: str) -> None:
    span = code(text)

    assert harmless(span)
    assert span.count("`") == 2
    assert "\n" not in span


@given(arguments=st.lists(TEXTS.filter(lambda text: "\x00" not in text), min_size=1))
def test_a_command_that_is_pasted_has_the_arguments_that_were_meant(arguments: list[str]) -> None:
    assert shlex.split(command(*arguments)) == arguments
