"""What API Gateway answers by itself, as problem documents: it can fill in a text, and no more."""

from __future__ import annotations

import json
from http import HTTPStatus

from desk.api.problems import CONTENT_TYPE
from openapi.operations import BY_GATEWAY, REASONS

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
KINDS = {
    HTTPStatus.UNAUTHORIZED: ("UNAUTHORIZED",),
    HTTPStatus.FORBIDDEN: (
        "ACCESS_DENIED",
        "EXPIRED_TOKEN",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
    ),
    HTTPStatus.NOT_FOUND: ("RESOURCE_NOT_FOUND",),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("REQUEST_TOO_LARGE",),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("UNSUPPORTED_MEDIA_TYPE",),
    HTTPStatus.TOO_MANY_REQUESTS: ("QUOTA_EXCEEDED", "THROTTLED"),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "API_CONFIGURATION_ERROR",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
    ),
    HTTPStatus.GATEWAY_TIMEOUT: ("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
}
# all others, which keep their own statuses: it has no variable for these. Among them is 502, when
# the function crashed or its time was up
OTHERS = {
    "DEFAULT_4XX": ("Refused", "API Gateway does not take the request as it is."),
    "DEFAULT_5XX": ("Failed", "A fault of ours, before the function or after it."),
}
DETAILS = {**REASONS, **BY_GATEWAY}
REQUEST_ID = "$context.requestId"

Response = dict[str, object]


def responses() -> dict[str, Response]:
    """Kind → what API Gateway answers then, for its extension of OpenAPI."""
    found = {
        kind: _response(status.phrase, DETAILS[status], status)
        for status, kinds in KINDS.items()
        for kind in kinds
    }
    return found | {kind: _response(*texts) for kind, texts in OTHERS.items()}


def _response(title: str, detail: str, status: HTTPStatus | None = None) -> Response:
    document = {
        "type": "about:blank",
        "title": title,
        **({"status": status.value} if status else {}),
        "detail": detail,
        "correlation_id": REQUEST_ID,
    }
    return {
        **({"statusCode": str(status.value)} if status else {}),
        "responseParameters": {
            "gatewayresponse.header.Content-Type": f"'{CONTENT_TYPE}'",
            "gatewayresponse.header.X-Correlation-Id": REQUEST_ID.removeprefix("$"),
        },
        # whatever the request accepts, this is the one that is taken
        "responseTemplates": {"application/json": json.dumps(document)},
    }
