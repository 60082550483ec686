"""A function's configuration, from both sides in the same words. Pure.

What can be changed by hand is what UpdateFunctionConfiguration and UpdateFunctionCode take
(docs.aws.amazon.com/lambda, API reference); a published version carries all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.deployed.differences import CODE

VARIABLE = "Environment.Variables."
# Lambda's field → the property of AWS::Serverless::Function that decides it.
FIELDS = {
    "Runtime": "Runtime",
    "Handler": "Handler",
    "Role": "Role",
    "MemorySize": "MemorySize",
    "Timeout": "Timeout",
    "Architectures": "Architectures",
    "Layers": "Layers",
    "TracingConfig.Mode": "Tracing",
    "KMSKeyArn": "KmsKeyArn",
    "VpcConfig.SubnetIds": "VpcConfig.SubnetIds",
    "VpcConfig.SecurityGroupIds": "VpcConfig.SecurityGroupIds",
    "DeadLetterConfig.TargetArn": "DeadLetterQueue.TargetArn",
    "FileSystemConfigs": "FileSystemConfigs",
    "EphemeralStorage.Size": "EphemeralStorage.Size",
    "SnapStart.ApplyOn": "SnapStart.ApplyOn",
    "LoggingConfig.LogGroup": "LoggingConfig.LogGroup",
    "LoggingConfig.LogFormat": "LoggingConfig.LogFormat",
    "LoggingConfig.ApplicationLogLevel": "LoggingConfig.ApplicationLogLevel",
    "LoggingConfig.SystemLogLevel": "LoggingConfig.SystemLogLevel",
}
# A function has none of these where its template gives none; of the others it has a default.
NONE_UNLESS_GIVEN = frozenset(
    {
        "Layers",
        "KMSKeyArn",
        "VpcConfig.SubnetIds",
        "VpcConfig.SecurityGroupIds",
        "DeadLetterConfig.TargetArn",
        "FileSystemConfigs",
    }
)
# What CreateFunction gives a function whose template says nothing: without a published version
# there is nothing else to compare an edit with.
DEFAULTS = {"MemorySize": 128, "Timeout": 3}
UNORDERED = {"VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds"}


def told(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Lambda's own account of a version or of $LATEST: field → text, the code's digest with it."""
    variables = configuration.get("Environment", {}).get("Variables", {})
    layers = [layer["Arn"] for layer in configuration.get("Layers", [])]
    known = {**configuration, "Layers": layers}
    return {
        CODE: str(configuration.get(CODE, "")),
        **{field: _text(field, _at(known, field)) for field in FIELDS},
        **{VARIABLE + name: str(value) for name, value in variables.items()},
    }


@dataclass(frozen=True)
class Meant:
    """What a function's properties make of it, as far as parameters decide it.

    Parameters
    ----------
    values:
        Field → text.
    unknown:
        Fields that only a deployment knows.
    """

    values: Mapping[str, str]
    unknown: frozenset[str]

    def says(self, field: str) -> bool:
        """Whether it is known what the field should be, if only that it should not be there."""
        if field in self.values:
            return True
        return field.startswith(VARIABLE) and not {field, VARIABLE} & self.unknown

    def shows(self, field: str) -> bool:
        """Whether a value of this field may be shown.

        A variable may hold a secret, unless the template's parameters are where it comes from.
        """
        return not field.startswith(VARIABLE) or field in self.values


def meant(properties: Mapping[str, Any], code: str | None, unseen: frozenset[str]) -> Meant:
    """Put a function's properties into Lambda's words.

    Parameters
    ----------
    properties:
        Resolved; what could not be worked out is still a mapping.
    code:
        The CodeSha256 of its code; None where it is no artifact of the release.
    unseen:
        Fields that the target's CloudFormation does not hand on to Lambda; of these nothing is
        said.
    """
    values: dict[str, str] = {} if code is None else {CODE: code}
    unknown = {CODE} if code is None else set()
    for field, value in _given(properties):
        if not _is_known(value):
            unknown.add(field)
        elif field not in unseen:
            values[field] = _text(field, value)
    return Meant(values, frozenset(unknown))


def _given(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field, name in FIELDS.items():
        value = _at(properties, name)
        if value is None:
            value = DEFAULTS.get(field)
        if value is not None or field in NONE_UNLESS_GIVEN:
            yield field, value
    variables = _at(properties, "Environment.Variables") or {}
    if not _is_mapping_of_names(variables):
        yield VARIABLE, variables
        return
    for name, value in variables.items():
        yield VARIABLE + name, value


def _is_mapping_of_names(node: Any) -> bool:
    return isinstance(node, dict) and not any(k == "Ref" or k.startswith("Fn::") for k in node)


def _is_known(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_known(item) for item in value)
    if isinstance(value, str):  # what a dynamic reference leads to, and it may be a secret
        return "{{resolve:" not in value
    return not isinstance(value, dict)


def _at(node: Any, path: str) -> Any:
    """What is at a path of names; a symbol on the way is the answer, for it decides the rest."""
    for name in path.split("."):
        if not isinstance(node, dict):
            return None
        if not _is_mapping_of_names(node):
            return node
        node = node.get(name)
    return node


def _text(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        items = [i if isinstance(i, str) else json.dumps(i, sort_keys=True) for i in value]
        return ", ".join(sorted(items) if field in UNORDERED else items)
    # a template's boolean is YAML's, and CloudFormation hands it on as "true"
    return str(value).lower() if isinstance(value, bool) else str(value)
