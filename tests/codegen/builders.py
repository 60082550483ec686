"""The smallest project that the hand-off can render, and the parts to change in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from codegen.handoff import ReleaseContext
from codegen.settings import Environment, load_environment
from codegen.sources.state import StateOutputs

CHECKOUT = Path(__file__).parents[2]
PACKAGED = Path(__file__).parent / "packaged.yaml"
POOL_ID = "us-east-1_AbCdEfGhI"
KEY_ID = "12345678-90ab-cdef-1234-567890abcdef"


def environment(name: str = "dev") -> Environment:
    """One of the project's own environments."""
    return load_environment(CHECKOUT / "live", name)


def output_values(env: Environment) -> dict[str, dict[str, Any]]:
    """What the six units would put out in an environment."""
    account, prefix = env.account_id, env.prefix
    arn = f"arn:aws:{{}}:{env.region}:{account}:{{}}"
    table = arn.format("dynamodb", f"table/{prefix}-tickets")
    role = f"arn:aws:iam::{account}:role/{prefix}-{{}}"
    functions = ("api", "processor", "scheduled")
    cognito = env.api.auth == "cognito"
    return {
        "network": {
            "vpc_id": "vpc-0123456789abcdef0",
            "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "lambda_security_group_id": "sg-0123456789abcdef0",
        },
        "data": {
            "table_name": f"{prefix}-tickets",
            "table_arn": table,
            "table_stream_arn": f"{table}/stream/2026-01-01T00:00:00.000",
            "idempotency_table_name": f"{prefix}-idempotency",
            "idempotency_table_arn": arn.format("dynamodb", f"table/{prefix}-idempotency"),
        },
        "storage": {
            "artifact_bucket_name": env.artifact_bucket,
            "artifact_bucket_arn": f"arn:aws:s3:::{env.artifact_bucket}",
            "data_bucket_name": f"{prefix}-{account}-data",
            "data_bucket_arn": f"arn:aws:s3:::{prefix}-{account}-data",
        },
        "application": {
            "api_name": f"{prefix}-api",
            **{f"{name}_function_name": f"{prefix}-{name}" for name in functions},
            **{f"{name}_log_group_name": f"/aws/lambda/{prefix}-{name}" for name in functions},
            "access_log_group_arn": arn.format("logs", f"log-group:/aws/apigateway/{prefix}"),
            "stream_dlq_name": f"{prefix}-stream-dlq",
            "schedule_dlq_name": f"{prefix}-schedule-dlq",
            "event_inbox_name": f"{prefix}-event-inbox",
            "event_bus_name": f"{prefix}-events",
            "event_bus_arn": arn.format("events", f"event-bus/{prefix}-events"),
            "user_pool_arn": arn.format("cognito-idp", f"userpool/{POOL_ID}") if cognito else "",
            "user_pool_client_id": "1a2b3c4d5e6f7g8h9i0j1k2l3m" if cognito else "",
            "kms_key_arn": arn.format("kms", f"key/{KEY_ID}")
            if env.encryption.customer_key
            else "",
            "notifications_topic_arn": arn.format("sns", f"{prefix}-notifications"),
            "page_token_secret_arn": arn.format("secretsmanager", f"secret:{prefix}/page-token-a1"),
            "webhook_secret_arn": arn.format("secretsmanager", f"secret:{prefix}/webhook-a1"),
        },
        "access": {
            **{
                f"{name}_role_arn": role.format(name)
                for name in (*functions, "deployment", "codedeploy")
            },
        },
        "delivery": {
            "release_reader_role_arn": role.format("release-reader"),
            "plan_role_arn": "",
            "deploy_role_arn": "",
        },
        "observability": {
            "alarm_topic_arn": arn.format("sns", f"{prefix}-alarms"),
            "dashboard_name": prefix,
            **{f"{name}_errors_alarm_name": f"{prefix}-{name}-errors" for name in functions},
        },
    }


def state_outputs(
    values: dict[str, dict[str, Any]], sensitive: dict[str, list[str]] | None = None
) -> StateOutputs:
    """As if these values had been read from the states."""
    return StateOutputs(
        values=values,
        sensitive=sensitive or {},
        serials=dict.fromkeys(values, 1),
        lineages=dict.fromkeys(values, "lineage"),
    )


PROJECT_FILE = """\
[tool.baton.verify]
parameters = ["TableName"]
outputs = ["ApiId"]
"""
VERIFY = """\
#!/bin/sh
echo '{"check": "it answers", "ok": true}'
"""


def project(folder: Path) -> Path:
    """A root of its own: a copy of all that the hand-off reads of the project, to be changed."""
    patterns = ("modules/*/*.tf", "units/*", "terragrunt.hcl", "live/project.yaml")
    patterns += ("live/*/env.yaml", "live/*/*/terragrunt.hcl")
    for file in (file for pattern in patterns for file in CHECKOUT.glob(pattern)):
        copy = folder / file.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    shutil.copytree(CHECKOUT / "codegen/templates", folder / "codegen/templates")
    shutil.copy(PACKAGED, folder / "template.yaml")
    (folder / "pyproject.toml").write_text(PROJECT_FILE)
    write_executable(folder / "sam-app/verify", VERIFY)
    return folder


def write_executable(path: Path, text: str) -> None:
    """Write a file that can be executed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def replace(file: Path, old: str, new: str) -> None:
    """Change a text in a file; it must be there exactly once."""
    text = file.read_text()
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
    file.write_text(text.replace(old, new))


def release(template: Path = PACKAGED, **changes: str) -> ReleaseContext:
    """A release for AWS and Lambda's own platform."""
    facts = {
        "template_file": "../template.yaml",
        "target": "aws",
        "runtime": "python3.13",
        "architecture": "arm64",
        "id": "0" * 64,
    }
    return ReleaseContext(template=template, **{**facts, **changes})
