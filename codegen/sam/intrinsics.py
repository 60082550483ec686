"""CloudFormation's intrinsic functions, worked out as far as parameter values decide them.

What only a deployment knows (a physical id, an attribute, an import) stays a symbol: two results
are equal exactly where the deployed values would be, given that the symbols are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
NO_VALUE = {"Ref": "AWS::NoValue"}


class Sections(Protocol):
    """The parts of a template that its intrinsic functions refer to."""

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Logical id → resource."""

    @property
    def conditions(self) -> Mapping[str, Any]:
        """Name → condition."""

    @property
    def mappings(self) -> Mapping[str, Any]:
        """Name → mapping."""


class Evaluator:
    """Works out the properties of a template's resources for given parameter values.

    Parameters
    ----------
    template:
        Gives conditions, mappings and the resources that references lead to.
    values:
        Parameter → value, pseudo parameters (`AWS::Region`) included; a list parameter's may be a
        list, as CloudFormation refers to it. A parameter that is not there stays a symbol.
    """

    def __init__(self, template: Sections, values: Mapping[str, str | list[str]]) -> None:
        self._template = template
        self._values = values
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Equals": self._equals,
            "Fn::Not": lambda args: not self._condition(args[0]),
            "Fn::And": lambda args: all(self._condition(arg) for arg in args),
            "Fn::Or": lambda args: any(self._condition(arg) for arg in args),
            "Condition": self._named_condition,
            "Fn::Length": self._length,
            "Fn::ToJsonString": self._to_json_string,
        }

    def resolve(self, node: Any) -> Any:
        """The value of a piece of the template, with what cannot be known left as a symbol."""
        if isinstance(node, list):
            resolved = [self.resolve(item) for item in node]
            return [item for item in resolved if item != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in self._functions:
                return self._functions[name](argument)
        resolved_items = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved_items.items() if value != NO_VALUE}

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):  # the language extensions allow a function here
            return {"Ref": self.resolve(name)}
        if name in self._values:
            return self._values[name]
        return {"Ref": name, **self._identity(name)}

    def _get_att(self, argument: Any) -> Any:
        parts = argument if isinstance(argument, list) else argument.split(".", 1)
        logical_id, *attribute = (self.resolve(part) for part in parts)
        if not isinstance(logical_id, str):
            return {"Fn::GetAtt": [logical_id, *attribute]}
        return {"Fn::GetAtt": [logical_id, *attribute], **self._identity(logical_id)}

    def _identity(self, logical_id: str) -> dict[str, Any]:
        """What another resource is called. Its id and ARN follow from that, not from the rest."""
        properties = self._template.resources.get(logical_id, {}).get("Properties") or {}
        names = {key: self.resolve(value) for key, value in properties.items() if _is_name(key)}
        return {"named": names} if names else {}

    def _sub(self, argument: Any) -> Any:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        symbols: dict[str, Any] = {}

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            value = self.resolve(own[name]) if name in own else self._variable(name)
            if isinstance(value, dict):
                symbols[name] = value
                return match[0]
            return scalar_text(value) or ""

        result = _VARIABLE.sub(replace, text)
        return {"Fn::Sub": [result, symbols]} if symbols else result

    def _variable(self, name: str) -> Any:
        is_attribute = "." in name and name not in self._values
        return self._get_att(name) if is_attribute else self._ref(name)

    def _if(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self.resolve(then if self._named_condition(name) else otherwise)

    def _named_condition(self, name: str) -> bool:
        return self._condition(self._template.conditions[name])

    def _condition(self, node: Any) -> bool:
        return bool(self.resolve(node))

    def _equals(self, argument: list[Any]) -> bool:
        sides = [self.resolve(side) for side in argument]
        if any(isinstance(side, dict | list) for side in sides):
            raise ValueError(f"whether {sides[0]!r} equals {sides[1]!r} is known only later")
        # CloudFormation compares text: [!Ref Number, 1] holds for "1", [!Ref Flag, true] for "true"
        return scalar_text(sides[0]) == scalar_text(sides[1])

    def _find_in_map(self, argument: list[Any]) -> Any:
        keys = [self.resolve(key) for key in argument[:3]]
        default = argument[3].get("DefaultValue") if len(argument) > len(keys) else None
        if not all(isinstance(key, str) for key in keys):
            symbol: list[Any] = [*keys, {"DefaultValue": self.resolve(default)}]
            return {"Fn::FindInMap": symbol if default is not None else keys}
        try:
            return self._template.mappings[keys[0]][keys[1]][keys[2]]
        except KeyError:
            if default is None:
                raise
            return self.resolve(default)

    def _length(self, argument: Any) -> Any:
        items = self.resolve(argument)
        return len(items) if isinstance(items, list) else {"Fn::Length": items}

    def _to_json_string(self, argument: Any) -> Any:
        value = self.resolve(argument)
        if _has_symbol(value):
            return {"Fn::ToJsonString": value}
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def _join(self, argument: list[Any]) -> Any:
        separator, items = argument[0], self.resolve(argument[1])
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return str(separator).join(items)
        return {"Fn::Join": [separator, items]}

    def _split(self, argument: list[Any]) -> Any:
        separator, text = argument[0], self.resolve(argument[1])
        return text.split(separator) if isinstance(text, str) else {"Fn::Split": [separator, text]}

    def _select(self, argument: list[Any]) -> Any:
        index, items = self.resolve(argument[0]), self.resolve(argument[1])
        if isinstance(items, list) and str(index).isdigit():
            return items[int(index)]
        return {"Fn::Select": [index, items]}


def _has_symbol(node: Any) -> bool:
    """Whether something in a resolved value is known only to a deployment."""
    if isinstance(node, list):
        return any(map(_has_symbol, node))
    if not isinstance(node, dict):
        return False
    named = any(key == "Ref" or key.startswith("Fn::") for key in node)
    return named or any(map(_has_symbol, node.values()))


def _is_name(key: str) -> bool:
    return key.endswith("Name")


def scalar_text(value: Any) -> str | None:
    """A scalar as CloudFormation takes it, which knows texts only: `true`, not Python's `True`."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
