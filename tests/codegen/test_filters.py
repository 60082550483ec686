"""What each filter takes and refuses, and where a value may stand."""

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
from codegen.jinja.templates import UNAVAILABLE, RenderError, TemplateSourceError, parse_source
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


@pytest.mark.parametrize(
    "template",
    [
        "A: {{ outputs.u.x | yaml }}",
        "A: {{ (1 / outputs.u.x.y[0]) | yaml }}",
        "A: {{ outputs.u['x'] | comma_list | yaml }}",
        "A: {{\n  outputs.u.x\n  | yaml }}",
        'A: {{ ("}}" ~ outputs.u.x) | yaml }}',
    ],
)
def test_what_is_made_of_a_missing_output_is_marked(template: str) -> None:
    # Given a value made of an output that cannot be had, and one that is not
    source = parse_source(f"{template}\nB: {{{{ 1 | yaml }}}}\n", "t")

    # When it is rendered, then the one is known to be unavailable, and the other is there
    text, problems = source.render_all({"outputs": {"u": {"x": None}}}, {("u", "x")})
    assert problems == []
    assert text is not None
    assert read_parameters(text, "t") == {"A": UNAVAILABLE, "B": "1"}


def test_every_value_that_cannot_be_written_is_told_at_its_line() -> None:
    # Given a template with many values that cannot be written, one of them over three lines
    source = parse_source("A: {{\n[]\n| yaml }}\n" + "B: {{ {} | yaml }}\n" * 500, "t")

    # When it is rendered, then each is told
    _, problems = source.render_all({})
    assert [problem.where and problem.where.line for problem in problems] == [1, *range(4, 504)]


def test_a_condition_that_fails_hides_no_value_before_it() -> None:
    # Given a value that cannot be written, and a condition that fails
    source = parse_source("A: {{ [] | yaml }}\n{% if outputs.u.x.y.z %}{% endif %}\n", "t")

    # When it is rendered, then there is no text, and both are told
    text, problems = source.render_all({"outputs": {"u": {"x": {}}}})
    assert text is None
    assert [problem.where and problem.where.line for problem in problems] == [1, 2]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("1 / outputs.u.x", "ZeroDivisionError: division by zero"),
        ("'%(k)s' % {'a': 1}", "KeyError: 'k'"),
        ("'{1}'.format(1)", "IndexError: "),
        ("'{0.b}'.format(1)", "AttributeError: "),
    ],
)
@pytest.mark.parametrize("written", ["\n{{{{ ({}) | yaml }}}}", "\n{{% if {} %}}{{% endif %}}"])
def test_whatever_an_expression_raises_has_a_line(written: str, expression: str, why: str) -> None:
    # Given an expression that fails in Python's own way, when it is rendered, then its line is said
    with pytest.raises(RenderError, match=f"^t:2: {why}"):
        parse_source(written.format(expression), "t").render({"outputs": {"u": {"x": 0}}})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "^t: something in it is nested too deeply"),
        ("{% print 1 %}", r"^t: a value is written as {{ … }}"),
    ],
)
def test_a_template_that_cannot_be_understood_is_refused(text: str, why: str) -> None:
    # Given such a template, when it is parsed, then it is refused as a template, not by Python
    with pytest.raises(TemplateSourceError, match=why):
        parse_source(text, "t")


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("a.yaml.j2", "A: {{ 1 | yaml }}", ""),
        ("a.yaml.j2", "A: {{ 1 | toml }}", "yaml"),
        ("a.yaml.j2", "A: {{ 1 | comment }}", "yaml"),
        ("a.yaml.j2", "A: {{ 1 | toml | yaml }}", "yaml"),
        ("a.yaml.j2", "A: {{ ('a' ~ (1 | yaml)) | yaml }}", "yaml"),
        ("a.yaml.j2", "A: '#{{ 1 | comment }}'", "yaml"),
        ("a.yaml.j2", "# {{ 1 | comment }}", ""),
        ("a.yaml.j2", "# {{ 1 }}", "comment"),
        ("a.yaml.j2", "A: {{ 1 | yaml }}  # it's {{ 1 | comment }}", ""),
        ("a.yaml.j2", "[{{ 1 | comment }}]", "yaml"),
        ("a.toml.j2", "[{{ 1 | comment }}.deploy]", ""),
        ("a.toml.j2", "a = {{ 1 | toml }}", ""),
        ("a.toml.j2", "a = {{ 1 | yaml }}", "toml"),
        ("a.toml.j2", "a = [{{ 1 | comment }}]", "toml"),
    ],
)
def test_a_value_is_written_as_its_place_wants_it(file: str, text: str, wanted: str) -> None:
    # Given a value at some place of a file, when it is parsed, then the filter is held to the place
    found = [problem.remedy for problem in parse_source(text, file).misuses]
    assert [remedy.split(",")[0] for remedy in found] == [f"end it with | {wanted}"] * bool(wanted)


def test_a_lines_filters_are_those_of_the_value_outside_the_comment() -> None:
    # Given a value and a comment with another on its line, when it is parsed, then it is the first
    source = parse_source("\nA: {{ [1] | comma_list | yaml }}  # {{ 1 | comment }}\n", "a.yaml.j2")
    assert source.filters == {2: ("yaml", "comma_list")}
