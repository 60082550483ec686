"""What API Gateway has to know of the API: its routes, as the template includes them."""

from __future__ import annotations

import re
from typing import Any

from openapi.document import Json
from openapi.refusals import responses

# each of these would otherwise be answered with what is cached for any other ticket or team
CACHED = ("get_ticket", "get_stats")
_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "${ApiFunctionAliaslive}/invocations"
)


def body(document: Json) -> Json:
    """The body of the API, OpenAPI 3.0 with API Gateway's extensions and the template's references.

    Parameters
    ----------
    document:
        The API's description.
    """
    return {
        "openapi": "3.0.1",
        "info": {"title": {"Ref": "ApiName"}, "version": "1.0"},
        "paths": {
            path: {verb: _method(path, each) for verb, each in operations.items()}
            for path, operations in document["paths"].items()
        },
        "components": {"securitySchemes": {"cognito": _with_cognito(_authorizer())}},
        "x-amazon-apigateway-gateway-responses": responses(),
    }


def _method(path: str, operation: Json) -> Json:
    names = re.findall(r"{(\w+)}", path)
    integration: Json = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": _URI},
    }
    if operation["operationId"] in CACHED:
        integration["cacheKeyParameters"] = [f"method.request.path.{name}" for name in names]
    return {
        **({"parameters": [_parameter(name) for name in names]} if names else {}),
        "responses": {},
        "security": [_with_cognito({"cognito": []})],
        "x-amazon-apigateway-integration": integration,
    }


def _parameter(name: str) -> Json:
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}


def _with_cognito(value: Json) -> Json:
    return {"Fn::If": ["KnownByCognito", value, {"Ref": "AWS::NoValue"}]}


def _authorizer() -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
            "type": "cognito_user_pools",
            "providerARNs": [{"Ref": "UserPoolArn"}],
        },
    }
