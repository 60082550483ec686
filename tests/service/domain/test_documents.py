"""Documents: whatever a table can hold has its place in one."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desk.domain import documents
from tests.service.samples import NOW

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
ELEMENTS = (st.text(), NUMBERS, st.binary())
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), *ELEMENTS)
SETS = st.one_of(*(st.sets(each, min_size=1) for each in ELEMENTS))
VALUES = st.recursive(
    SCALARS | SETS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_what_json_has_not_is_what_comes_nearest() -> None:
    # Given values that JSON does not have / When they are written as a document
    text = documents.text(
        {"B": b"\x00\xff", "BS": {b"a"}, "SS": {"b", "a"}, "N": Decimal("1.50"), "at": NOW}
    )
    # Then bytes are base64, as Lambda has them, sets are lists, and the rest is its text
    assert json.loads(text) == {
        "B": "AP8=",
        "BS": ["YQ=="],
        "SS": ["a", "b"],
        "N": "1.50",
        "at": "2026-03-10 12:30:00+00:00",
    }


@given(VALUES)
def test_whatever_an_item_holds_becomes_json(value: object) -> None:
    # Given any attribute / When it is written twice / Then it is JSON, and the same each time
    text = documents.text({"attribute": value})
    assert json.loads(text).keys() == {"attribute"}
    assert documents.text({"attribute": value}) == text
