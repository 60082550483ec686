"""Values that the pipeline's tests build."""

from __future__ import annotations

from typing import Any

from codegen.environment import Environment
from pipeline.promotion.records import Record


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
    """An environment's settings, complete."""
    sections: dict[str, Any] = {
        "network": {"cidr": "10.10.0.0/16", "zones": ["us-east-1a", "us-east-1b"], "nat": "single"},
        "data": {"point_in_time_recovery": True, "deletion_protection": False},
        "logs": {"retention_days": 7},
        "api": {"auth": "api_key", "throttle_rate": 50, "throttle_burst": 100},
        "functions": {
            "tracing": False,
            "sweep_schedule": "rate(15 minutes)",
            **dict.fromkeys(("api_memory_mb", "processor_memory_mb", "scheduled_memory_mb"), 512),
            **dict.fromkeys(("api_timeout_s", "processor_timeout_s", "scheduled_timeout_s"), 20),
        },
    }
    account = {"dev": "1", "staging": "2", "prod": "3"}[name] * 12
    own = {"name": name, "project": "desk", "region": "us-east-1", "account_id": account}
    return Environment.model_validate(own | {"aws_profile": f"desk-{name}"} | sections | more)
