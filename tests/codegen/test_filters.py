"""What each filter takes and refuses, and that what cannot be had stays known as such."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from codegen.jinja.filters import (
    FILTERS,
    FilterError,
    comma_list_filter,
    parameter_text,
    toml_filter,
    yaml_filter,
)
from codegen.jinja.templates import TemplateSourceError, parse_source
from codegen.jinja.unavailable import UNAVAILABLE
from codegen.sam.parameters_file import read_parameters

ITEMS = st.text(min_size=1).filter(lambda text: "," not in text and text == text.strip())


def rendered(expression: str, value: Any) -> str:
    """What `{{ expression }}` writes in a template, where the output is `value`."""
    source = parse_source(f"{{{{ {expression} }}}}", "t")
    return source.render({"outputs": {"u": {"x": value}}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (0.5, "0.5"),
        (1e30, "1e+30"),
        ("", ""),
        (10**400, "1" + "0" * 400),
    ],
)
def test_one_value_becomes_the_text_that_cloudformation_takes(value: object, text: str) -> None:
    # Given a value of an output, when it becomes a parameter, then as CloudFormation writes it
    assert parameter_text(value) == text


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (["a", "b"], r"^a list where one value is meant: \['a', 'b'\]; .*`\| comma_list \| yaml`$"),
        (("a",), "^a list where one value is meant"),
        ([], "^a list where one value is meant"),
        ({"a": 1}, r"^a map where one value is meant: \{'a': 1\}; use one of its members"),
        (None, "^null cannot be a parameter$"),
        (float("nan"), "^nan cannot be a parameter$"),
        (float("inf"), "^inf cannot be a parameter$"),
        (b"bytes", "^b'bytes' cannot be a parameter$"),
    ],
)
def test_yaml_takes_one_value_only(value: object, why: str) -> None:
    # Given what is not one value, when it is written, then it is refused, and what it is is said
    with pytest.raises(FilterError, match=why):
        yaml_filter(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(["a", 2, 0.5], "a,2,0.5"), (("a",), "a"), ([True], "true"), (["a b"], "a b")],
)
def test_a_list_becomes_items_with_commas(value: object, text: str) -> None:
    # Given a list, when it becomes a list parameter, then as CloudFormation writes it
    assert comma_list_filter(value) == text


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a,b", r"^'a,b' where a list is meant; one value is written `\| yaml`$"),
        (7, "^7 where a list is meant"),
        (None, "^null where a list is meant"),
        ({"a": 1}, "where a list is meant"),
        ([], "^an empty list where CloudFormation would read one empty text$"),
        (["a,b"], "^'a,b' cannot be an item of a list parameter, which commas separate$"),
        ([" a"], "^' a' cannot be an item"),
        ([""], "^'' cannot be an item"),
        ([["a"]], r"^a list parameter holds texts and numbers, not \['a'\]$"),
        ([None], "^a list parameter holds texts and numbers, not null$"),
    ],
)
def test_comma_list_takes_lists_only_whose_items_arrive_whole(value: object, why: str) -> None:
    # Given what would not arrive as the list it is, when it is written, then it is refused
    with pytest.raises(FilterError, match=why):
        comma_list_filter(value)


@given(st.lists(ITEMS, min_size=1))
def test_a_list_is_what_its_commas_separate(items: list[str]) -> None:
    # Given any items, when they become a list parameter, then its items are these
    assert comma_list_filter(items).split(",") == items


@pytest.mark.parametrize("write", [yaml_filter, comma_list_filter, toml_filter])
@pytest.mark.parametrize("make", [lambda long: {"k": long}, lambda long: [[{"k": long}]]])
def test_a_message_shows_a_long_value_shortened(write: Any, make: Any) -> None:
    # Given a value of 4,000 characters that is refused
    with pytest.raises(FilterError) as caught:
        write(make("v" * 4000))

    # When the message is read, then it has the beginning and the length alone
    message = str(caught.value)
    assert "vvv" in message
    assert "4,0" in message
    assert len(message) < 250


WHAT_IS_MADE_OF_IT = [
    "outputs.u.x",
    "outputs.u.x.member",
    "outputs.u.x[0].member",
    "(outputs.u.x ~ '-suffix')",
    "('prefix-' ~ outputs.u.x)",
    "('%s/%s' % (outputs.u.x, 1))",
    "'{}/x'.format(outputs.u.x)",
    "(outputs.u.x + 1)",
    "(1 + outputs.u.x)",
    "(outputs.u.x - 1)",
    "(1 - outputs.u.x)",
    "(outputs.u.x / 2)",
    "(2 / outputs.u.x)",
    "(outputs.u.x // 2)",
    "(2 // outputs.u.x)",
    "(outputs.u.x * 2.5)",
    "(2.5 * outputs.u.x)",
    "(outputs.u.x % 2)",
    "(2 % outputs.u.x)",
    "outputs.u.x.items()",
    "(outputs.u.x or '')",
    "(outputs.u.x | first)",
    "(outputs.u.x | last)",
    "(outputs.u.x | join(','))",
    "(outputs.u.x | upper)",
    "(outputs.u.x | trim)",
    "(outputs.u.x | tojson)",
    "({'a': [outputs.u.x]} | tojson)",
]


@pytest.mark.parametrize("expression", WHAT_IS_MADE_OF_IT)
@pytest.mark.parametrize("ending", ["yaml", "toml"])
def test_what_is_made_of_what_cannot_be_had_is_marked(expression: str, ending: str) -> None:
    # Given an output that cannot be had, when something is made of it, then it is known of that too
    assert UNAVAILABLE in rendered(f"{expression} | {ending}", UNAVAILABLE)


@pytest.mark.parametrize(
    "expression",
    ["outputs.u.x", "['a', outputs.u.x]", "(outputs.u.x | list)", "[outputs.u.x ~ ', a']"],
)
def test_a_list_of_what_cannot_be_had_is_marked(expression: str) -> None:
    # Given the same, when a list parameter is made of it, then it is no second problem
    assert UNAVAILABLE in rendered(f"{expression} | comma_list | yaml", UNAVAILABLE)


@pytest.mark.parametrize(
    ("value", "text"), [({"b": "it's", "a": [1]}, '{"a": [1], "b": "it\\u0027s"}'), (1, "1")]
)
def test_jinjas_own_texts_are_written_as_texts(value: object, text: str) -> None:
    # Given JSON that Jinja2 made, which is of a type of its own
    written = rendered("outputs.u.x | tojson | yaml", value)

    # When it is read back, then it is the text alone
    assert read_parameters(f"A: {written}\n", "t") == {"A": text}


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_what_is_not_defined_is_named_by_every_filter(name: str) -> None:
    # Given a name that there is not, when it is written, then the message has the name
    with pytest.raises(TemplateSourceError, match="'nothing'") as caught:
        rendered(f"outputs.u.nothing | {name}", 1)
    assert isinstance(caught.value.__cause__, UndefinedError)
