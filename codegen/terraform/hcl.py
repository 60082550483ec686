"""As much of HCL as tells what is code from what is text: blocks, their attributes, and reads.

Terraform and Terragrunt have parsers of their own; here it is enough to see past comments, texts
and heredocs, and to match braces. Offsets and lines are those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from codegen.errors import BatonError
from codegen.place import Place
from codegen.reading import read_text, reason

_TOKEN = re.compile(
    r"(?P<comment>(?:\#|//)[^\n]*|/\*.*?\*/)|(?P<unclosed>/\*)"
    r'|(?P<quote>")|<<-?(?P<heredoc>[^\W\d][\w-]*)[ \t]*\r?\n|(?P<brace>[{}])',
    re.DOTALL,
)
_TEMPLATE = r"(?P<escape>{escape})|(?P<open>[$%]\{{)|(?P<end>{end})"
_QUOTED = re.compile(_TEMPLATE.format(escape=r"\\[^\n]|\$\$\{|%%\{", end=r'"|\n'))
_HEREDOC_END = r"^[ \t]*{marker}[ \t]*\r?$"
_DEPTH = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}
_WORD = r'(?:"[^"\n]*"|[A-Za-z_][\w-]*)'
_WORDS = re.compile(_WORD)
# an attribute or a block's header: `a =`, `"a" =`, `a :`, `a "b" {`
_ITEM = re.compile(rf"(?<![\w.\"-]){_WORD}(?:[ \t]+{_WORD})*[ \t]*(?P<sign>=(?![=>])|:(?!:)|\{{)")
_FOR = re.compile(r"\s*for\b")
_NO_LINE = re.compile(r"[^\n]")


class HclError(BatonError):
    """A file of modules/ or units/ cannot be read."""


@dataclass(frozen=True)
class Block:
    """A block at the top of a file, as `output "name" { … }`; `start` and `end` are its braces."""

    label: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Item:
    """An attribute, or a block, of a file, a block or an object.

    Attributes
    ----------
    labels:
        A block's, without their quotes.
    start, end:
        Of an attribute's expression, or a block's braces.
    """

    name: str
    line: int
    is_block: bool
    labels: tuple[str, ...]
    start: int
    end: int


class Hcl:
    """One file, read.

    Attributes
    ----------
    code:
        The text with comments, texts and heredocs blanked, but for what is interpolated in them;
        as long as the text, with its lines and quotes.

    Raises
    ------
    HclError
        A comment, a text, a heredoc or a brace is not closed.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        scanner = _Scanner(text.removeprefix("\ufeff"), file)
        scanner.scan_code(0)
        self.code = "".join(scanner.code)
        self._uncommented = "".join(scanner.uncommented)
        # how many brackets are open before each character
        self._depths = list(accumulate((_DEPTH.get(each, 0) for each in self.code), initial=0))
        if self._depths[-1] != 0:
            raise HclError(f"{file}: its brackets do not match").at(Place(file, 1))

    def line(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return self.code.count("\n", 0, offset) + 1

    def blocks(self, kind: str) -> Iterator[Block]:
        """The blocks of one kind that have one label, in their order."""
        header = rf'(?<![\w.-]){kind}(?:[ \t]*"[^"\n]*"|[ \t]+[\w-]+)[ \t]*\{{'
        for found in re.finditer(header, self.code):
            if self._depths[found.start()] == 0:
                start = found.end() - 1
                label = self._uncommented[found.start() + len(kind) : start].strip(' \t"')
                yield Block(label, self.line(found.start()), start, self._close(start))

    def items(self, start: int = 0, end: int | None = None) -> Iterator[Item]:
        """The attributes and blocks between two offsets that are in no bracket there.

        Without offsets those of the file; between a block's or an object's braces those in it. An
        object may write a key in quotes, or with a colon.
        """
        last = len(self.code) if end is None else end
        depth, at = self._depths[start], start
        while found := _ITEM.search(self.code, at, last):
            at = found.end()
            if self._depths[found.start()] != depth:
                continue
            line = self.line(found.start())
            header = self._uncommented[found.start() : found.start("sign")]
            name, *labels = (part.strip('"') for part in _WORDS.findall(header))
            is_block = found["sign"] == "{"
            if is_block:
                at = self._close(found.start("sign")) + 1
                yield Item(name, line, True, tuple(labels), found.start("sign"), at - 1)
            elif not labels:
                at = self._end_of_expression(found.end(), depth, last)
                yield Item(name, line, False, (), found.end(), at)

    def text(self, item: Item) -> str:
        """An attribute's expression, without comments."""
        return self._uncommented[item.start : item.end].strip().rstrip(",").strip()

    def object_items(self, item: Item) -> list[Item] | None:
        """The members of an attribute that is an object written out; None where it is none."""
        expression = self.code[item.start : item.end].strip().rstrip(",").strip()
        opens = self.code.find("{", item.start, item.end)
        if not expression.startswith("{") or _FOR.match(self.code, opens + 1):
            return None
        closes = self._close(opens)
        if self.code[closes + 1 : item.end].strip(" \t\r\n,"):
            return None
        return list(self.items(opens + 1, closes))

    def attribute(self, block: Block, name: str) -> tuple[str, int] | None:
        """What a block itself says of an attribute: the expression without comments, its line."""
        depth = self._depths[block.start] + 1
        for found in re.finditer(rf"(?<![\w.-]){name}\s*=(?![=>])", self.code):
            at = found.start()
            if block.start < at < block.end and self._depths[at] == depth:
                end = self._end_of_line(found.end(), depth, block.end)
                return self._uncommented[found.end() : end].strip(), self.line(at)
        return None

    def _close(self, start: int) -> int:
        inside = self._depths[start] + 1
        rest = range(start + 1, len(self.code))
        return next(at for at in rest if self.code[at] in "}])" and self._depths[at] == inside)

    def _end_of_expression(self, start: int, depth: int, last: int) -> int:
        # in an object on one line a comma ends it as well
        ends = (at for at in range(start, last) if self.code[at] in "\n,")
        return next((at for at in ends if self._depths[at] == depth), last)

    def _end_of_line(self, start: int, depth: int, last: int) -> int:
        # a line's end inside of brackets is none
        ends = (at for at in range(start, last) if self.code[at] == "\n")
        return next((at for at in ends if self._depths[at] == depth), last)


def read(path: Path, file: str) -> Hcl:
    """Read a file.

    Parameters
    ----------
    file:
        What messages call it.

    Raises
    ------
    HclError
        It cannot be read, or is no HCL.
    """
    try:
        text = read_text(path, "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HclError(f"{file}: cannot be read: {reason(error)}").at(Place(file, 1)) from error
    return Hcl(text, file)


class _Scanner:
    """Blanks a text: `uncommented` without comments, `code` without texts and heredocs too."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.code, self.uncommented = list(text), list(text)

    def scan_code(self, start: int, *, interpolated: bool = False) -> int:
        """Go over code to its end, or to the brace that ends an interpolation; say where that is.

        The nesting of texts in interpolations in texts is that of the calls.
        """
        at, depth = start, 0
        while found := _TOKEN.search(self.text, at):
            at = found.end()
            if found["comment"]:
                _blank(self.code, found.start(), at)
                _blank(self.uncommented, found.start(), at)
            elif found["unclosed"]:
                raise self._unclosed("a comment", found.start())
            elif found["quote"]:
                at = self._scan_text(at, _QUOTED, "a text")
            elif found["heredoc"]:
                _blank(self.code, found.start(), at)
                at = self._scan_text(at, _heredoc(found["heredoc"]), "a heredoc")
            elif interpolated and depth == 0 and found["brace"] == "}":
                return at
            else:
                depth += _DEPTH[found["brace"]]
        if interpolated:
            raise self._unclosed("an interpolation", start)
        return len(self.text)

    def _scan_text(self, start: int, template: re.Pattern[str], what: str) -> int:
        at = start
        while found := template.search(self.text, at):
            quote = found["end"] == '"'
            _blank(self.code, at, found.end() - quote)
            at = found.end()
            if found["open"]:
                at = self.scan_code(at, interpolated=True)
                _blank(self.code, at - 1, at)  # its closing brace, as its opening one
            elif found["end"] == "\n":
                break
            elif found["end"] is not None:
                return at
        raise self._unclosed(what, start)

    def _unclosed(self, what: str, offset: int) -> HclError:
        place = Place(self.file, self.text.count("\n", 0, offset) + 1)
        return HclError(f"{place}: {what} is not closed").at(place)


def _heredoc(marker: str) -> re.Pattern[str]:
    end = _HEREDOC_END.format(marker=re.escape(marker))
    return re.compile(_TEMPLATE.format(escape=r"\$\$\{|%%\{", end=end), re.MULTILINE)


def _blank(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = _NO_LINE.sub(" ", "".join(characters[start:end]))
