"""The functions' roles as Terraform plans them, and what the functions' code needs of them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from tests.service import planned
from tests.service.privileges.permissions import REGION, Need, needs

FUNCTIONS = ("api", "processor", "scheduled")
INSIGHTS = f"arn:aws:lambda:{REGION}:580247275435:layer:LambdaInsightsExtension-Arm64:20"


def by_code(function: str, need: Need) -> Need:
    """What is needed, where it is the function's own code that calls."""
    return replace(
        need, context=need.context | {("lambda:SourceFunctionArn", function_arn(function))}
    )


def listening_session(account: str, function: str, heard: set[Need]) -> boto3.Session:
    """A session whose clients add to `heard` what each of the function's calls needs."""
    session = boto3.Session()

    def hear(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        found = needs(account, model.service_model.service_name, model.name, params)
        heard.update(by_code(function, need) for need in found)

    session.events.register("provide-client-params", hear)
    return session


def documents(named: Mapping[str, str]) -> dict[str, Any]:
    """Each function's policy as Terraform plans it for `dev`, by function.

    Parameters
    ----------
    named:
        What the resources are called where the policies are tried: by the module's variable.
    """
    inputs, found = _planned()
    for variable, value in sorted(named.items(), key=lambda each: -len(inputs[each[0]])):
        # longest first: the stream's ARN begins with the table's
        found = found.replace(inputs[variable], value)
    decoded: dict[str, Any] = json.loads(found)
    return decoded


@cache
def _planned() -> tuple[planned.Inputs, str]:
    # with Insights, or its statement would be missing
    inputs = planned.inputs_of("dev", "access") | {"insights_layer_arn": INSIGHTS}
    with tempfile.TemporaryDirectory() as folder:
        plan = planned.plan("access", inputs, Path(folder))
    policies = {
        resource["index"]: json.loads(resource["values"]["policy"])
        for resource in plan["planned_values"]["root_module"]["resources"]
        if (resource["type"], resource["name"]) == ("aws_iam_role_policy", "function")
    }
    return inputs, json.dumps(policies)


def function_arn(function: str) -> str:
    """The function's ARN, as the policies have it."""
    inputs, _ = _planned()
    name = inputs["function_names"][function]
    return f"arn:aws:lambda:{inputs['region']}:{inputs['account_id']}:function:{name}"


def resources(environ: Mapping[str, str], account: str) -> dict[str, str]:
    """What the module's variables are where these are the functions' variables."""
    table = f"arn:aws:dynamodb:{REGION}:{account}:table"
    return {
        "table_arn": f"{table}/{environ['TABLE_NAME']}",
        "idempotency_table_arn": f"{table}/{environ['IDEMPOTENCY_TABLE_NAME']}",
        "notifications_topic_arn": environ["NOTIFICATIONS_TOPIC_ARN"],
        "event_bus_arn": f"arn:aws:events:{REGION}:{account}:event-bus/{environ['EVENT_BUS_NAME']}",
        "data_bucket_name": environ["DATA_BUCKET_NAME"],
        "page_token_secret_arn": environ["PAGE_TOKEN_SECRET_ARN"],
        "webhook_secret_arn": environ["WEBHOOK_SECRET_ARN"],
    }
