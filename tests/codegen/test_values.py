"""What CloudFormation takes for each type, and how a refusal reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.jinja.filters import parameter_text
from codegen.jinja.templates import UNAVAILABLE
from codegen.sam.parameter_types import PARAMETER_TYPES, is_list_type
from codegen.sam.template import Parameter
from codegen.values.constraints import MAX_BYTES, value_problems


def problems(kind: str, value: str, **constraints: Any) -> list[str]:
    """What is wrong with a value for a parameter of a type."""
    return list(value_problems(Parameter("P", 1, kind, **constraints), value))


AWS_SPECIFIC = {
    "AWS::EC2::AvailabilityZone::Name": "us-west-2a",
    "AWS::EC2::Image::Id": "ami-0ff8a91507f77f867",
    "AWS::EC2::Instance::Id": "i-1e731a32",
    "AWS::EC2::KeyPair::KeyName": "a key, mine",
    "AWS::EC2::SecurityGroup::GroupName": "my-sg-abc",
    "AWS::EC2::SecurityGroup::Id": "sg-a123fd85",
    "AWS::EC2::Subnet::Id": "subnet-123a351e",
    "AWS::EC2::VPC::Id": "vpc-a123baa3",
    "AWS::EC2::Volume::Id": "vol-3cdd3f56",
    "AWS::Route53::HostedZone::Id": "Z23YXV4OVPL04A",
}
LISTS = {
    "CommaDelimitedList",
    "List<Number>",
    *(f"List<{name}>" for name in AWS_SPECIFIC if name != "AWS::EC2::KeyPair::KeyName"),
}


def test_the_types_are_those_that_cloudformation_documents() -> None:
    # Given CloudFormation's lists of types
    held_in_ssm = ["String", "List<String>", "CommaDelimitedList", *AWS_SPECIFIC]
    held_in_ssm += [f"List<{name}>" for name in AWS_SPECIFIC]
    ssm = {f"AWS::SSM::Parameter::Value<{name}>" for name in held_in_ssm}

    # When they are held against ours, then there is none more and none less
    single = {"String", "Number", "AWS::SSM::Parameter::Name", *AWS_SPECIFIC, *ssm}
    assert set(PARAMETER_TYPES) == single | LISTS
    assert {name for name in PARAMETER_TYPES if is_list_type(name)} == LISTS


@pytest.mark.parametrize(
    "kind",
    ["List<String>", "List<CommaDelimitedList>", "List<List<Number>>",
     "List<AWS::EC2::KeyPair::KeyName>", "AWS::SSM::Parameter::Value<Text>",
     "AWS::SSM::Parameter::Value<Number>", "List<AWS::SSM::Parameter::Value<String>>"],
)  # fmt: skip
def test_a_form_that_cloudformation_takes_without_a_check_is_taken_with_any_value(
    kind: str,
) -> None:
    # Given a form that AWS does not document, when a value is judged, then any is taken
    assert problems(kind, "x, y") == []
    assert is_list_type(kind) is kind.startswith("List<")


@pytest.mark.parametrize("kind", ["Text", "string", "List<>", "AWS::EC2::Subnet"])
def test_another_type_is_refused_with_any_value(kind: str) -> None:
    # Given a type that CloudFormation does not take, when a value is judged, then that is told
    assert problems(kind, "x") == [
        f"has the type {kind}, which is none that CloudFormation documents"
    ]
    assert not is_list_type(kind)


@pytest.mark.parametrize(("kind", "value"), AWS_SPECIFIC.items())
def test_cloudformations_own_examples_are_taken(kind: str, value: str) -> None:
    # Given the documentation's example of a type, when it is judged, then it is taken, and what
    # has something before or after it is not
    assert problems(kind, value) == []
    assert problems(kind, f"{value}\n") == [f"is '{value}\\n', which is no {kind}"]
    assert problems(kind, "") == [f"is '', which is no {kind}"]
    if f"List<{kind}>" in LISTS:
        assert problems(f"List<{kind}>", f"{value},{value}, {value}") == []
        assert problems(f"List<{kind}>", f"{value},") == [f"is '', which is no {kind}"]


@pytest.mark.parametrize(
    ("kind", "longest"),
    [
        ("AWS::EC2::KeyPair::KeyName", "k" * 255),
        ("AWS::EC2::SecurityGroup::GroupName", "g" * 255),
        ("AWS::Route53::HostedZone::Id", "Z" * 32),
        ("AWS::EC2::VPC::Id", "vpc-0123456789abcdef0"),
    ],
)
def test_a_name_may_be_as_long_as_its_service_allows(kind: str, longest: str) -> None:
    # Given the longest there is, when it is judged, then one character more is too many
    assert problems(kind, longest) == []
    assert problems(kind, longest + longest[-1]) != []


@pytest.mark.parametrize("value", ["us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "ap-south-1c"])
def test_local_and_wavelength_zones_are_zones(value: str) -> None:
    # Given a zone that is no plain one, when it is judged, then it is taken; its region is none
    assert problems("AWS::EC2::AvailabilityZone::Name", value) == []
    assert problems("AWS::EC2::AvailabilityZone::Name", "us-east-1") != []


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("/desk/dev/key", True),
        ("key.of_desk-1", True),
        ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", True),
        # one that another account shares is named by its ARN
        ("arn:aws:ssm:us-east-1:222222222222:parameter/desk/key", True),
        ("arn:aws:sns:us-east-1:222222222222:topic", False),
        ("desk/dev/key", False),
        ("/desk//key", False),
        ("/desk/clé", False),
        ("/desk/key\n", False),
        ("", False),
        ("k" * 2048, True),
        ("k" * 2049, False),
    ],
)
@pytest.mark.parametrize(
    "kind", ["AWS::SSM::Parameter::Name", "AWS::SSM::Parameter::Value<List<String>>"]
)
def test_an_ssm_parameter_is_named(kind: str, value: str, fits: bool) -> None:
    # Given a type whose value is a parameter's name, when a text is judged, then as a name
    assert (problems(kind, value) == []) is fits


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_a_number(number: float) -> None:
    # Given any number, when it is written and judged, then it is taken, in a list as well
    text = parameter_text(number)
    assert problems("Number", text) == []
    assert problems("List<Number>", f"{text}, {text}") == []


@given(st.text(st.sampled_from("0123456789+-.eE _,٣๓①½∞\n\tx"), max_size=8))
@example("٣")
@example("1_000")
@example(" 1")
@example("1\n")
def test_what_is_taken_for_a_number_is_one_in_ascii(text: str) -> None:
    # Given any text of what numbers are made of
    # When it is taken for a number, then it is ASCII digits, with nothing around them
    if not problems("Number", text):
        assert text.isascii()
        assert text == text.strip()
        assert "_" not in text
        assert isinstance(float(text), float)


@given(st.text(st.sampled_from("subnetvpci-0123456789abcdefg ,\n"), max_size=30) | st.from_regex(
    r"(subnet|vpc|sg)-[0-9a-f]{8,17}", fullmatch=True))  # fmt: skip
def test_what_is_taken_for_an_id_is_eight_or_seventeen_hex_digits(text: str) -> None:
    # Given any text of what ids are made of, when it is taken for one, then it is prefix and digits
    if not problems("AWS::EC2::Subnet::Id", text):
        prefix, digits = text.split("-")
        assert prefix == "subnet"
        assert len(digits) in (8, 17)
        assert set(digits) <= set("0123456789abcdef")


def test_a_value_may_have_as_many_bytes_as_cloudformation_takes() -> None:
    # Given values at the limit, which is one of bytes, when they are judged, then it is held to
    assert problems("String", "é" * (MAX_BYTES // 2)) == []
    told = problems("String", "é" * (MAX_BYTES // 2) + "e")
    assert told == ["has 4,097 bytes, and CloudFormation takes 4,096"]


def test_half_a_surrogate_pair_is_judged_and_not_stumbled_over() -> None:
    # Given what JSON can say and UTF-8 cannot, when it is judged, then by its shape
    assert problems("Number", "\ud800") == ["is '\\ud800', which is no Number"]


@pytest.mark.parametrize("kind", ["Number", "List<Number>", "AWS::EC2::Subnet::Id", "Text"])
def test_what_cannot_be_had_is_not_judged(kind: str) -> None:
    # Given a value made of an output that cannot be had, when it is judged, then nothing is told
    assert problems(kind, f"a,{UNAVAILABLE}", min_length=99, allowed_values=("b",)) == []
