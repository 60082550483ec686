"""Whether a value satisfies its parameter's type and constraints, as CloudFormation will judge it.

Rules: docs.aws.amazon.com/AWSCloudFormation, "Parameters section" and "CloudFormation-supplied
parameter types".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codegen.sam_template import Parameter
from codegen.settings.environment import Environment

MAX_BYTES = 4096  # of a parameter's value
_NUMBER = r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?"
_EC2_ID = "-([0-9a-f]{8}|[0-9a-f]{17})"
# Type → what a value, or each item of a List<> of it, looks like.
SHAPES = {
    "String": r"[\s\S]*",
    "Number": _NUMBER,
    "AWS::EC2::AvailabilityZone::Name": r"[a-z]{2}(-[a-z0-9]+)+-\d+[a-z]",
    "AWS::EC2::Image::Id": "ami" + _EC2_ID,
    "AWS::EC2::Instance::Id": "i" + _EC2_ID,
    "AWS::EC2::KeyPair::KeyName": r"[ -~]{1,255}",
    "AWS::EC2::SecurityGroup::GroupName": r"[ -~]{1,255}",
    "AWS::EC2::SecurityGroup::Id": "sg" + _EC2_ID,
    "AWS::EC2::Subnet::Id": "subnet" + _EC2_ID,
    "AWS::EC2::VPC::Id": "vpc" + _EC2_ID,
    "AWS::EC2::Volume::Id": "vol" + _EC2_ID,
    "AWS::Route53::HostedZone::Id": r"Z[A-Z0-9]{1,31}",
    "AWS::SSM::Parameter::Name": r"[\w./-]{1,2048}",
}
_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<.+>")
_LIST = re.compile(r"List<(?P<item>.+)>")
_ARN = re.compile(
    r"arn:(?P<partition>[^:]*):[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):.+", re.DOTALL
)
# What `mock_outputs` in units/ carry, so that no plan's stand-in is ever deployed.
MOCK_MARKER = re.compile(r"(?<![0-9a-f])0{12}(?![0-9a-f])|mock0000")


def value_problems(parameter: Parameter, value: str) -> Iterator[str]:
    """Say everything that is wrong with a value for a parameter.

    Parameters
    ----------
    parameter:
        With its type and constraints.
    value:
        The text CloudFormation would get.
    """
    if len(value.encode()) > MAX_BYTES:
        yield f"has {len(value.encode())} bytes, and CloudFormation takes {MAX_BYTES}"
    is_list, shape = _shape(parameter.type)
    if shape is None:
        yield f"has the type {parameter.type}, which CloudFormation does not know"
        return
    items = [item.strip() for item in value.split(",")] if is_list else [value]
    for item in items:
        if not re.fullmatch(shape, item):
            yield f"is {item!r}, which is no {_item_type(parameter.type)}"
        else:
            yield from _constraint_problems(parameter, item)


def _shape(type_name: str) -> tuple[bool, str | None]:
    if type_name == "CommaDelimitedList":
        return True, SHAPES["String"]
    if _SSM_VALUE.fullmatch(type_name):  # the value is a name; what it names is read at deployment
        return False, SHAPES["AWS::SSM::Parameter::Name"]
    if match := _LIST.fullmatch(type_name):
        return True, SHAPES.get(match["item"])
    return False, SHAPES.get(type_name)


def _item_type(type_name: str) -> str:
    match = _LIST.fullmatch(type_name)
    return match["item"] if match else type_name


def _constraint_problems(parameter: Parameter, item: str) -> Iterator[str]:
    allowed, pattern = parameter.allowed_values, parameter.allowed_pattern
    if allowed and item not in allowed:
        yield f"is {item!r}, and AllowedValues are {', '.join(allowed)}"
    if pattern is not None:
        try:
            if not re.fullmatch(pattern, item):
                yield f"is {item!r}, and AllowedPattern is {pattern}"
        except re.error as error:
            yield f"has an AllowedPattern that is no regular expression ({error}): {pattern}"
    if parameter.type == "String":
        yield from _bounds(
            item, len(item), "characters", parameter.min_length, parameter.max_length
        )
    if parameter.type == "Number":
        yield from _bounds(item, float(item), "", parameter.min_value, parameter.max_value)


def _bounds(
    item: str, size: float, unit: str, lowest: float | None, highest: float | None
) -> Iterator[str]:
    noun = f" {unit}" if unit else ""
    if lowest is not None and size < lowest:
        yield f"is {item!r}, and at least {lowest:g}{noun} is asked for"
    if highest is not None and size > highest:
        yield f"is {item!r}, and at most {highest:g}{noun} is allowed"


def origin_problems(value: object, environment: Environment) -> Iterator[str]:
    """Say where an output's value is not from this environment: its ARNs, or a mock's marker."""
    for text in _texts(value):
        if marker := MOCK_MARKER.search(text):
            yield f"is {text!r}, which carries {marker[0]}, the mark of a mocked value"
        elif match := _ARN.fullmatch(text):
            for fact, meant in _identity(environment).items():
                if match[fact] not in ("", meant):
                    yield (
                        f"is {text!r}: its {fact} is {match[fact]}, and that of "
                        f"{environment.name} is {meant}"
                    )


def _identity(environment: Environment) -> dict[str, str]:
    partitions = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
    partition = next(
        (name for start, name in partitions.items() if environment.region.startswith(start + "-")),
        "aws",
    )
    return {
        "partition": partition,
        "region": environment.region,
        "account": environment.account_id,
    }


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
