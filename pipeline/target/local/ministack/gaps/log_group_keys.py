"""CloudWatch Logs: the key of a log group that is there already.

AWS: AssociateKmsKey and DisassociateKmsKey give a log group a key, and take it away.
MiniStack: keeps the key that CreateLogGroup was given, and knows neither action. Switching an
environment's customer-managed key on or off fails at its log groups.
Mended: both are answered. Who may is checked before, as for every action.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

ACTIONS = ("AssociateKmsKey", "DisassociateKmsKey")


def install() -> None:
    """Wrap the service's entry."""
    handle = cloudwatch_logs.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
    ) -> Any:
        if headers.get("x-amz-target", "").split(".")[-1] in ACTIONS:
            return _set_key(json.loads(body))
        return await handle(method, path, headers, body, query_params)

    cloudwatch_logs.handle_request = handle_request


def _set_key(request: dict[str, Any]) -> Any:
    """Store the key; a request to take it away names none."""
    group = request.get("logGroupName")
    if group not in cloudwatch_logs._log_groups:
        message = f"The specified log group does not exist: {group}"
        return error_response_json("ResourceNotFoundException", message, 400)
    cloudwatch_logs._log_groups[group]["kmsKeyId"] = request.get("kmsKeyId")
    return json_response({})
