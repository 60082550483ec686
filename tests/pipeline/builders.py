"""Values that the pipeline's tests build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codegen.settings import Environment, load_project
from pipeline.records.record import Record

CHECKOUT = Path(__file__).parents[2]


def record(number: int, release: str, *, verified: bool = True, **more: Any) -> Record:
    fields: dict[str, Any] = {
        "number": number,
        "environment": "dev",
        "release": release,
        "target": "local",
        "promoted_from": None,
        "verified": verified,
        "failure": "" if verified else "verify: the smoke test failed",
        "by": "me",
        "started_at": "2026-01-01T00:00:00+00:00",
        "seconds": 1.0,
        "infrastructure": "i",
        "settings": {},
        "serials": {},
        "lineages": {},
        "outputs": {},
        "parameters": {},
        "plan_digests": [],
        "plans": {},
        "gates": {},
        "steps": [],
    }
    return Record.model_validate(fields | more)


def environment(name: str = "dev", **more: Any) -> Environment:
    """An environment's settings, complete: the project's defaults."""
    sections = load_project(CHECKOUT / "live").values["defaults"]
    sections["network"]["cidr"] = "10.10.0.0/16"
    account = {"dev": "1", "staging": "2", "prod": "3"}[name] * 12
    own = {"name": name, "project": "desk", "region": "us-east-1", "account_id": account}
    return Environment.model_validate(own | {"aws_profile": f"desk-{name}"} | sections | more)
