"""The template's part of drift: what was deployed, and what the release has. Pure.

Which resources differ is said, and not how: what was deployed by hand may have a secret in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.inspect.drift.findings import Finding
from pipeline.inspect.drift.mending import Mending

RESOURCES, METADATA = "Resources", "Metadata"
ADDED_BY_SAM = "SamResourceId"  # the SAM CLI writes each resource's own name into its metadata


def template_findings(
    released: Mapping[str, Any], deployed: Mapping[str, Any], mending: Mending
) -> list[Finding]:
    """Every resource, and every other section, that differs between two templates.

    Parameters
    ----------
    released, deployed:
        Templates as parsed, in the same form: CloudFormation keeps what it was given.
    """
    sides = (
        *_differences(_resources(released), _resources(deployed)),
        *_differences(_others(released), _others(deployed)),
    )
    return [
        Finding("template", f"template {name}", expected, actual, *mending.other_template)
        for name, expected, actual in sides
    ]


def _resources(template: Mapping[str, Any]) -> dict[str, Any]:
    """The resources as they were written, without what the SAM CLI adds when it deploys them."""
    return {name: _as_written(body) for name, body in template.get(RESOURCES, {}).items()}


def _as_written(resource: Any) -> Any:
    if not isinstance(resource, Mapping) or not isinstance(resource.get(METADATA), Mapping):
        return resource
    metadata = {k: v for k, v in resource[METADATA].items() if k != ADDED_BY_SAM}
    rest = {k: v for k, v in resource.items() if k != METADATA}
    return rest | ({METADATA: metadata} if metadata else {})


def _others(template: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in template.items() if name != RESOURCES}


def _differences(
    ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[tuple[str, str | None, str | None]]:
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            expected = "as released" if name in ours else None
            actual = ("otherwise" if expected else "added") if name in theirs else None
            yield name, expected, actual
