"""The Globals section, merged into resources as SAM merges it.

Source: docs.aws.amazon.com/serverless-application-model, "Globals section of the AWS SAM template".
A test compares this with the pinned translator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SERVERLESS = "AWS::Serverless::"
# Lists that a resource replaces; it adds to all others.
REPLACED = frozenset(
    {
        ("Function", "Architectures"),
        ("CapacityProvider", "InstanceRequirements", "Architectures"),
    }
)
# A mapping that a resource narrows to the keys it has itself.
PRUNED = frozenset({("CapacityProvider", "ManagedResourceTags")})


def merged_properties(
    document: Mapping[str, Any], resource: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A resource's properties, with the Globals for its type that it does not ignore.

    Whatever is not of the form that SAM takes is left out: SAM says what is wrong with it.
    """
    own = resource.get("Properties")
    properties: Mapping[str, Any] = own if isinstance(own, dict) else {}
    kind = str(resource.get("Type"))
    common = document.get("Globals")
    section = common.get(kind.removeprefix(SERVERLESS)) if isinstance(common, dict) else None
    if not kind.startswith(SERVERLESS) or not isinstance(section, dict):
        return properties
    ignored = resource.get("IgnoreGlobals") or []
    if ignored == "*":
        return properties
    kept = {
        key: value
        for key, value in section.items()
        if not isinstance(ignored, list) or key not in ignored
    }
    merged: Mapping[str, Any] = _merge(kept, properties, (kind.removeprefix(SERVERLESS),))
    return merged


def _merge(common: Any, own: Any, path: tuple[str, ...]) -> Any:
    """Mappings key by key, lists one after the other, else the own value.

    A mapping that is an intrinsic function is a value, not a mapping to merge.
    """
    if path in REPLACED:
        return own
    if isinstance(common, dict) and isinstance(own, dict) and not _intrinsic(common, own):
        keys = [*common, *(key for key in own if key not in common)]
        if path in PRUNED and own:
            keys = list(own)
        return {
            key: _merge(common[key], own[key], (*path, key))
            if key in common and key in own
            else own.get(key, common.get(key))
            for key in keys
        }
    if isinstance(common, list) and isinstance(own, list):
        return [*common, *own]
    return own


def _intrinsic(*values: Mapping[str, Any]) -> bool:
    return any(len(value) == 1 and _is_function(next(iter(value))) for value in values)


def _is_function(name: str) -> bool:
    return name in ("Ref", "Condition") or name.startswith("Fn::")
