"""When two values are the same but for names and ids."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inspect.diff.comparing import flat
from pipeline.inspect.diff.likeness import Likeness

TEXTS = st.text(st.sampled_from("ab1-/:_"), max_size=12)
SETTINGS = {
    name: {
        "name": name,
        "project": "desk",
        "region": region,
        "account_id": account * 12,
    }
    for name, region, account in (("dev", "us-east-1", "1"), ("prod", "eu-west-1", "3"))
}
LIKENESS = Likeness.of(SETTINGS["dev"], SETTINGS["prod"])


def placed(pattern: str, name: str) -> str:
    own = SETTINGS[name]
    return pattern.format(
        prefix=f"desk-{name}", account=own["account_id"], region=own["region"], name=name
    )


@given(
    parts=st.lists(
        st.sampled_from(["{prefix}", "{account}", "{region}", "{name}", "x", "table"]), min_size=1
    ),
    between=st.sampled_from([":", "/", "-", " ", ".", ","]),
)
def test_values_that_are_made_of_names_alone_are_alike(parts: list[str], between: str) -> None:
    pattern = between.join(parts)
    left, right = placed(pattern, "dev"), placed(pattern, "prod")

    assert LIKENESS.why(left, right) == "the environments' names"
    assert LIKENESS.why([left, {"a": left}], [right, {"a": right}]) == "the environments' names"


@given(left=TEXTS, right=TEXTS)
def test_texts_that_differ_without_names_and_ids_are_not_alike(left: str, right: str) -> None:
    assert bool(LIKENESS.why(left, right)) is (left == right)


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("subnet-0773f04606ae2008f", "subnet-d04929d7b498c74d1", True),
        ("subnet-0773f04606ae2008f", "sg-d04929d7b498c74d1", False),
        ("subnet-0773f04606ae2008f", "", False),
        (["sg-12345678"], ["sg-12345678", "sg-87654321"], False),
        ("us-east-1_AbCdEfGhI", "eu-west-1_123456789", True),
        (
            "https://abcdefghij.execute-api.us-east-1.x/v1",
            "https://0123456789.execute-api.eu-west-1.x/v1",
            True,
        ),
        (
            "https://abcdefghij.execute-api.us-east-1.x/v1",
            "https://0123456789.execute-api.eu-west-1.x/v2",
            False,
        ),
        (
            "key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "key/abcd1234-12ab-34cd-56ef-1234567890ab",
            True,
        ),
        ("4111111111111", "4333333333333", False),
        ("us-east-1a", "eu-west-1a", True),
        ("us-east-1a", "eu-west-1b", False),
        ("desk-dev2-table", "desk-prod2-table", False),
        (1, 2, False),
        (None, "x", False),
    ],
)
def test_ids_are_alike_where_they_are_of_one_kind(left: Any, right: Any, alike: bool) -> None:
    assert bool(LIKENESS.why(left, right)) is alike


@given(
    st.recursive(
        st.dictionaries(st.sampled_from("abc"), st.integers() | st.lists(st.integers())),
        lambda inner: st.dictionaries(st.sampled_from("abc"), inner),
    )
)
def test_settings_are_flattened_without_loss(settings: dict[str, Any]) -> None:
    for name, value in flat(settings).items():
        found: Any = settings
        for part in name.split("."):
            found = found[part]
        assert found == value
