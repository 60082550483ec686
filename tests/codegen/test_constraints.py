"""AllowedPattern, AllowedValues, lengths and bounds: where CloudFormation looks, and how."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.sam.template import Parameter, TemplateError, parse_template
from codegen.values.constraints import declaration_problems, value_problems


def problems(kind: str, value: str, **constraints: Any) -> list[str]:
    """What is wrong with a value for a parameter of a type."""
    return list(value_problems(Parameter("P", 1, kind, **constraints), value))


def declared(body: str) -> Parameter:
    """A parameter as a template declares it."""
    text = f"Parameters:\n  P: {{{body}}}\nResources: {{}}\n"
    return parse_template(text, "template.yaml").parameters["P"]


@pytest.mark.parametrize(
    ("kind", "value", "constraints", "told"),
    [
        ("String", "x", {"allowed_values": ("a", "b")}, ["is 'x', and AllowedValues are a, b"]),
        ("String", "ab", {"allowed_pattern": "a"}, ["is 'ab', and AllowedPattern is a"]),
        ("String", "a\n", {"allowed_pattern": "a"}, ["is 'a\\n', and AllowedPattern is a"]),
        ("String", "a", {"min_length": 2}, ["is 'a', and at least 2 characters is asked for"]),
        ("String", "é" * 3, {"max_length": 2}, ["is 'ééé', and at most 2 characters is allowed"]),
        ("Number", "5", {"min_value": 6}, ["is '5', and at least 6 is asked for"]),
        ("Number", "0.11", {"max_value": 0.1}, ["is '0.11', and at most 0.1 is allowed"]),
        ("Number", "0.1", {"min_value": 0.1, "max_value": 0.1}, []),
        ("Number", "7", {"allowed_values": ("5", "6")}, ["is '7', and AllowedValues are 5, 6"]),
        ("CommaDelimitedList", "a,x, b", {"allowed_values": ("a", "b")},
         ["is 'x', and AllowedValues are a, b"]),
        ("CommaDelimitedList", "a, b,c1", {"allowed_pattern": "[a-z]"},
         ["is 'c1', and AllowedPattern is [a-z]"]),
        ("CommaDelimitedList", "", {"allowed_pattern": "[a-z]"},
         ["is '', and AllowedPattern is [a-z]"]),
        ("AWS::SSM::Parameter::Value<String>", "/a", {"min_length": 3},
         ["is '/a', and at least 3 characters is asked for"]),
        # not where CloudFormation does not look
        ("CommaDelimitedList", "", {}, []),
        ("CommaDelimitedList", "a", {"min_length": 2}, []),
        ("List<Number>", "5", {"min_value": 6}, []),
        ("Number", "5", {"min_length": 2, "allowed_pattern": "x"}, []),
        ("String", "5", {"min_value": 6}, []),
    ],
)  # fmt: skip
def test_a_constraint_holds_where_cloudformation_looks_at_it(
    kind: str, value: str, constraints: dict[str, Any], told: list[str]
) -> None:
    # Given a constraint, when a value is judged by it, then as CloudFormation would
    assert problems(kind, value, **constraints) == told


def test_a_constraints_own_words_are_told() -> None:
    # Given a parameter that says in words what it takes
    description = "must be the name of a table"

    # When a value is refused, then the words are in the message
    told = problems("String", "?", allowed_pattern="[a-z]+", constraint_description=description)
    assert told == ["is '?', and AllowedPattern is [a-z]+ (must be the name of a table)"]


def test_a_long_value_is_shown_shortened() -> None:
    # Given a value of 4,000 characters that breaks every constraint there is
    everything: dict[str, Any] = {
        "allowed_values": tuple(str(number) for number in range(1000)),
        "allowed_pattern": "a" * 500,
        "max_length": 1,
        "constraint_description": "d" * 500,
    }

    # When it is judged, then every message is for reading
    told = problems("String", "v" * 4000, **everything)
    assert len(told) == 3
    assert all("(4,000 characters)" in what and len(what) < 400 for what in told)


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (r"\d+", "7", True),
        (r"\d+", "٣", False),
        (r"\w+", "é", False),
        ("a.b", "a-b", True),
        ("a.b", "a\nb", False),
        ("a.b", "a\rb", False),
        ("a.b", "a\u2028b", False),
        (r"a\.b[.]c", "a.b.c", True),
        (r"a\.b[.]c", "a-b.c", False),
        ("(?i)abc", "ABC", True),
        ("a++b", "aab", True),
        ("[{]a{2}", "{aa", True),
        ("", "", True),
        ("a|b", "b", True),
    ],
)
def test_a_pattern_is_read_as_java_reads_it(pattern: str, value: str, fits: bool) -> None:
    # Given a pattern, when a value is held against it, then Java's answer is given
    assert (problems("String", value, allowed_pattern=pattern) == []) is fits


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[a-z&&[^q]]", "Java and Python do not read [a-z&&[^q] alike"),
        ("[a[bc]]", "Java and Python do not read [a[bc] alike"),
        ("(?P<n>a)", "Java and Python do not both know (?P"),
        ("(?<n>a)", "Java and Python do not both know (?<"),
        ("(?s).", "Java and Python do not both know (?s"),
        ("a{,3}", "Java and Python do not both know {"),
        (r"\p{Alpha}", "Java and Python do not both know {"),
        (r"\v", r"Java and Python do not both know \v"),
        (r"\Qa\E", r"Python cannot read it: bad escape \Q at position 0"),
        (r"a\z", r"Python cannot read it: bad escape \z at position 1"),
        ("[A-Za", "Python cannot read it: unterminated character set at position 0"),
        ("(?<=a+)b", "Python cannot read it: look-behind requires fixed-width pattern"),
    ],
)
def test_a_pattern_that_cannot_be_judged_is_told_once_and_without_a_value(
    pattern: str, why: str
) -> None:
    # Given a pattern that Java reads otherwise than Python, or one of them not at all
    said = f"has an AllowedPattern that cannot be checked: {pattern}: {why}"
    parameter = Parameter("P", 1, "CommaDelimitedList", allowed_pattern=pattern)

    # When the declaration alone is looked at, and values with it, then it is told once
    assert list(declaration_problems(parameter)) == [said]
    assert problems("CommaDelimitedList", "a,b", allowed_pattern=pattern) == [said]


def test_a_declaration_is_read_as_cloudformation_takes_it() -> None:
    # Given values that YAML reads as booleans and numbers
    parameter = declared(
        "Type: String, AllowedValues: [true, 0.5, x], AllowedPattern: 1, MinLength: '2', "
        "ConstraintDescription: words, NoEcho: 'True'"
    )

    # When the parameter is read, then they are the texts that CloudFormation compares with
    assert parameter.allowed_values == ("true", "0.5", "x")
    assert (parameter.allowed_pattern, parameter.min_length) == ("1", 2)
    assert (parameter.constraint_description, parameter.no_echo) == ("words", True)
    assert declared("Type: String").no_echo is False
    assert declared("Type: String, NoEcho: , AllowedValues: ['']").allowed_values == ("",)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Default: x", "has no Type"),
        ("Type: [String]", "has no Type"),
        ("Type: String, AllowedValues: abc", "AllowedValues is no list of values"),
        ("Type: String, AllowedValues: [a, null]", "AllowedValues is no list of values"),
        ("Type: String, MinLength: three", "a bound is no number"),
        ("Type: Number, MaxValue: [1]", "a bound is no number"),
        (f"Type: Number, MaxValue: {'9' * 400}", "a bound is no number"),
    ],
)
def test_a_declaration_that_says_nothing_is_refused_with_its_line(body: str, why: str) -> None:
    # Given a declaration that CloudFormation would refuse, when it is read, then its line is told
    with pytest.raises(TemplateError, match=f"^template.yaml:2: parameter P: {why}$"):
        declared(body)
