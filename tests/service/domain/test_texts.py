"""What shows nothing, by Unicode's own categories."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.texts import is_blank

CATEGORIES = ("Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs")
FILLERS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
RESERVED = "\u2065\ufff0\ufff8\U000e0000\U000e0fff"
invisible = st.text(
    st.one_of(st.characters(categories=CATEGORIES), st.sampled_from(FILLERS + RESERVED))
)
seen = st.characters(
    categories=("Ll", "Lu", "Lt", "Nd", "Nl", "No", "Pd", "Po", "Ps", "Sc", "Sk", "Sm"),
)


@given(invisible)
def test_a_text_of_nothing_visible_is_blank(text: str) -> None:
    assert is_blank(text)


@given(invisible, seen, invisible)
def test_one_visible_character_is_enough(before: str, character: str, after: str) -> None:
    assert not is_blank(before + character + after)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\r\n", "\x00\x1f\x7f\x85", "\u00a0\u2003\u3000"),
        *("\u200b\u200c\u200d\u2060\ufeff", "\u200e\u200f\u202a\u202e\u2066\u2069", "\u00ad"),
        *("\u0301\u034f", "\ufe0f", "\U000e0100", "\U000e0041\U000e007f", "\u180b\u180e"),
        *("\u115f\u1160", "\u3164", "\uffa0", "\u2800", "\u17b4\u17b5"),
    ],
)
def test_what_is_known_to_hide(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        ".",
        "é",
        "e\u0301",
        "שלום",
        "نص",
        "日本",
        "한글",
        "क",
        "👩‍👩‍👧",
        "☎\ufe0f",
        "\u2801",
        "\u00a8",
    ],
)
def test_what_people_write_is_seen(text: str) -> None:
    assert not is_blank(text)


def test_every_character_of_an_invisible_category_hides() -> None:
    found = [
        chr(point)
        for point in range(0x110000)
        if unicodedata.category(chr(point)) in CATEGORIES and not is_blank(chr(point))
    ]

    assert found == []
