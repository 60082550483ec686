"""AllowedPattern, AllowedValues, lengths and bounds: where CloudFormation looks, and how."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.sam.parameter_types import is_list_type
from codegen.sam.template import Parameter, TemplateError, parse_template
from codegen.values.constraints import declaration_problems, unchecked, value_problems


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
        (r"\p{Alpha}", r"Java and Python do not both know \p{Alpha}"),
        (r"\pL", r"Java and Python do not both know \pL"),
        (r"[\p{L}]", r"Python cannot read it: bad escape \p at position 1"),
        (r"\v", r"Java and Python do not both know \v"),
        (r"\Qa\E", r"Java and Python do not both know \Q"),
        (r"a\z", r"Java and Python do not both know \z"),
        ("(?<=a+)b", "Python cannot read it: look-behind requires fixed-width pattern"),
    ],
)
def test_a_pattern_that_cannot_be_checked_is_noted_and_any_value_accepted(
    pattern: str, why: str
) -> None:
    # Given a pattern that Java reads otherwise than Python, or Python not at all
    parameter = Parameter("P", 1, "CommaDelimitedList", allowed_pattern=pattern)

    # When it is checked, then nothing is refused, and a note says why
    assert list(declaration_problems(parameter)) == []
    assert list(unchecked(parameter)) == [f"has the AllowedPattern {pattern}: {why}"]
    assert problems("CommaDelimitedList", "a,b", allowed_pattern=pattern) == []


@pytest.mark.parametrize("pattern", ["[A-Za", "(a", "a)", "*a", "a{3,1}", "[z-a]"])
def test_a_pattern_that_no_reader_takes_is_refused_once(pattern: str) -> None:
    # Given a pattern that is no regular expression
    parameter = Parameter("P", 1, "String", allowed_pattern=pattern)

    # When it is checked, then the declaration is refused, and no note says otherwise
    (said,) = declaration_problems(parameter)
    assert said.startswith(f"has an invalid AllowedPattern: {pattern}: Python cannot read it")
    assert list(unchecked(parameter)) == []
    assert problems("String", "a", allowed_pattern=pattern) == [said]


@pytest.mark.parametrize(
    ("type_", "is_list"),
    [
        ("List<String>", True),
        ("List<AWS::EC2::Network::Id>", True),
        ("AWS::SSM::Parameter::Value<AWS::S3::Bucket::Name>", False),
    ],
)
def test_a_type_that_aws_does_not_document_is_noted_and_any_value_accepted(
    type_: str, is_list: bool
) -> None:
    # Given a type that CloudFormation takes, and checks no value of
    parameter = Parameter("P", 1, type_)

    # When it is checked, then nothing is refused, and a note says so
    assert list(declaration_problems(parameter)) == []
    assert list(unchecked(parameter)) == [f"has the type {type_}, which AWS does not document"]
    assert problems(type_, "a,b") == []
    assert is_list_type(type_) is is_list


@pytest.mark.parametrize(
    "type_", ["Text", "List<>", "list<String>", "Strings", "AWS::EC2::Subnet", ""]
)
def test_a_type_that_there_is_not_is_refused(type_: str) -> None:
    assert list(declaration_problems(Parameter("P", 1, type_))) == [
        f"has the type {type_}, which is none that CloudFormation documents"
    ]


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
