"""States as Terraform writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DEV = {"project": "desk", "environment": "dev", "managed-by": "terraform"}
STAGING = {**DEV, "environment": "staging"}
LINEAGE = "3f0f1c2e-0000-4000-8000-00000000000{}"


def resource(tags: Any = None, *, mode: str = "managed", **attributes: Any) -> dict[str, Any]:
    """A resource with one instance; `tags` as the provider keeps them, its own ones among them."""
    return {
        "mode": mode,
        "type": "aws_dynamodb_table",
        "name": "this",
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [{"schema_version": 1, "attributes": {"tags_all": tags, **attributes}}],
    }


def state(**changes: Any) -> bytes:
    """A state of unit data in dev, with an output and one that is sensitive."""
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": LINEAGE.format(1),
        "outputs": {
            "table_name": {"value": "desk-dev-tickets", "type": "string"},
            "token": {"value": "a secret", "type": "string", "sensitive": True},
        },
        "resources": [resource(DEV)],
        "check_results": None,
    }
    return json.dumps({**document, **changes}).encode()


def states(values: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """A state for each unit that has these outputs."""
    return {
        unit: state(
            lineage=LINEAGE.format(number),
            outputs={name: {"value": value, "type": "dynamic"} for name, value in own.items()},
        )
        for number, (unit, own) in enumerate(values.items())
    }
