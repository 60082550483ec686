"""The three functions in a process of this machine, as Lambda would start them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ("api", "processor", "scheduled")
ARN = "arn:aws:{service}:us-east-1:111111111111:{resource}"

SECRET = ARN.format(service="secretsmanager", resource="secret:desk-bench/secret-abc123")

VARIABLES = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
    "ENVIRONMENT": "bench",
    "TABLE_NAME": "desk-bench-table",
    "TRACING": "PassThrough",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "IDEMPOTENCY_TABLE_NAME": "desk-bench-idempotency",
    "REVISION": "0" * 64,
    "PAGE_TOKEN_SECRET_ARN": SECRET,
    "NOTIFICATIONS_TOPIC_ARN": ARN.format(service="sns", resource="desk-bench-notifications"),
    "EVENT_BUS_NAME": "desk-bench-events",
    "DATA_BUCKET_NAME": "desk-bench-data",
    "WEBHOOK_URL": "",
    "WEBHOOK_SECRET_ARN": SECRET,
    "SWEEP_RULE_NAME": "desk-bench-sweep",
    "NIGHTLY_RULE_NAME": "desk-bench-nightly",
}


def paths() -> list[str]:
    """Where the package and the entry points are; in Lambda, layers and the function's folder."""
    folders = [ROOT / "sam-app/layers/desk/python"]
    folders += [ROOT / "sam-app/functions" / name for name in FUNCTIONS]
    return [str(folder) for folder in folders]


def shell() -> Mapping[str, str]:
    """A process's variables: nothing of whoever measures but where its programs are."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([*paths(), str(ROOT)]),
        **VARIABLES,
    }


def python() -> str:
    """The interpreter that has what the layer holds."""
    return sys.executable
