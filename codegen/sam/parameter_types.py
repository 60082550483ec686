"""The types that a CloudFormation parameter may have, and what their values look like.

Source: docs.aws.amazon.com/AWSCloudFormation, "Parameters section" (`Type`) and
"CloudFormation-supplied parameter types". CloudFormation also takes `List<String>` and other forms
that AWS does not document, and checks nothing then: of their values nothing is said here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_EC2_ID = "-([0-9a-f]{8}|[0-9a-f]{17})"
_SSM_NAME = r"[A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+"
# AWS-specific type → what a value looks like.
_AWS = {
    "AWS::EC2::AvailabilityZone::Name": r"[a-z]{2}(-[a-z0-9]+)+-(\d+[a-z]|wlz-\d+)",
    "AWS::EC2::Image::Id": "ami" + _EC2_ID,
    "AWS::EC2::Instance::Id": "i" + _EC2_ID,
    "AWS::EC2::KeyPair::KeyName": r"[ -~]{1,255}",
    "AWS::EC2::SecurityGroup::GroupName": r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]{1,255}",
    "AWS::EC2::SecurityGroup::Id": "sg" + _EC2_ID,
    "AWS::EC2::Subnet::Id": "subnet" + _EC2_ID,
    "AWS::EC2::VPC::Id": "vpc" + _EC2_ID,
    "AWS::EC2::Volume::Id": "vol" + _EC2_ID,
    "AWS::Route53::HostedZone::Id": r"Z[A-Z0-9]{1,31}",
}
_NO_LIST = {"AWS::EC2::KeyPair::KeyName"}  # of it alone there is no List<>, but a Value<List<>>
STRING = "String"
NUMBER = "Number"
COMMA_DELIMITED = "CommaDelimitedList"
SSM_NAME = "AWS::SSM::Parameter::Name"


@dataclass(frozen=True)
class ParameterType:
    """One type.

    Attributes
    ----------
    item:
        The type of the value, or of each item of a list: `AWS::EC2::Subnet::Id`.
    shape:
        What that looks like, the whole of it.
    is_list:
        Whether a value is items with commas between them.
    """

    item: str
    shape: re.Pattern[str]
    is_list: bool = False

    def items(self, value: str) -> list[str]:
        """The items of a value, trimmed as CloudFormation does; the value itself where it is one.

        There is one item more than there are commas: in an empty value one, an empty text.
        """
        return [item.strip(" ") for item in value.split(",")] if self.is_list else [value]


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.DOTALL)  # or \d would take digits of every script


def _types() -> Iterator[tuple[str, ParameterType]]:
    text, number = _shape(".*"), _shape(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
    yield STRING, ParameterType(STRING, text)
    yield COMMA_DELIMITED, ParameterType(STRING, text, is_list=True)
    yield NUMBER, ParameterType(NUMBER, number)
    yield f"List<{NUMBER}>", ParameterType(NUMBER, number, is_list=True)
    for name, pattern in _AWS.items():
        yield name, ParameterType(name, _shape(pattern))
        if name not in _NO_LIST:
            yield f"List<{name}>", ParameterType(name, _shape(pattern), is_list=True)
    # A parameter's name, or the ARN of one that another account shares. Where its value is asked
    # for, CloudFormation looks it up at deployment, and knows only then whether it fits.
    arn = r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter(/[A-Za-z0-9_.-]+)+"
    ssm = ParameterType(SSM_NAME, _shape(rf"(?=.{{1,2048}}\Z)({_SSM_NAME}|{arn})"))
    yield SSM_NAME, ssm
    for name in (STRING, COMMA_DELIMITED, f"List<{STRING}>"):
        yield f"AWS::SSM::Parameter::Value<{name}>", ssm
    for name in _AWS:
        yield f"AWS::SSM::Parameter::Value<{name}>", ssm
        yield f"AWS::SSM::Parameter::Value<List<{name}>>", ssm


PARAMETER_TYPES = dict(_types())
_UNDOCUMENTED = re.compile(r"(?P<list>List<.+>)|AWS::SSM::Parameter::Value<.+>")


def is_list_type(type_name: str) -> bool:
    """Whether a parameter of this type takes a list, which commas separate.

    A `AWS::SSM::Parameter::Value<List<…>>` does not: its value is the name of a parameter.
    """
    type_ = type_of(type_name)
    return type_ is not None and type_.is_list


def type_of(type_name: str) -> ParameterType | None:
    """The type by its name; None where it is none that CloudFormation takes, as far as known.

    An undocumented `List<…>` or `AWS::SSM::Parameter::Value<…>` has any text for its values.
    """
    if known := PARAMETER_TYPES.get(type_name):
        return known
    found = _UNDOCUMENTED.fullmatch(type_name)
    return ParameterType(STRING, _shape(".*"), is_list=bool(found["list"])) if found else None
