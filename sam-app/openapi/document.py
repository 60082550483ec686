"""The OpenAPI 3.1 document: what Powertools reads off the routes, and what it cannot know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Route
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from desk.api.app import resolver
from desk.api.problems import CONTENT_TYPE
from desk.api.request import JSON
from openapi import answers
from openapi.operations import (
    ALWAYS,
    BY_GATEWAY,
    HEADERS,
    OPERATIONS,
    REASONS,
    WAITING,
    Operation,
)

Json = dict[str, Any]

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
SECURITY: Json = {
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "A client's key, in environments that know callers by one.",
    },
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A signature (AWS Signature Version 4), in environments that ask for one.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "cognito": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The ID token of a user, in environments with a user pool.",
    },
}
CORRELATION_ID: Json = {
    "name": "X-Correlation-Id",
    "in": "header",
    "required": False,
    "description": "A name for the request, in logs and events; up to 64 letters, digits, dots,"
    " underscores and hyphens, and anything else is dropped.",
    "schema": {"type": "string"},
}
# by the name that Powertools gives them
PARAMETERS: dict[str, Json] = {
    "if-match": {
        "name": "If-Match",
        "required": True,
        "description": "The ETag of the ticket as the client knows it, or `*` for any.",
        "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*")$'},
    },
    "idempotency-key": {
        "name": "Idempotency-Key",
        "description": "The same for a request that is sent again; kept for a day, for each"
        " client and path.",
    },
    "page": {"description": "The `next_page` of the page before, with the same filters."},
    "limit": {"description": "How many entries a page may have; it may have fewer."},
}


class DescriptionError(Exception):
    """The routes in the code and their descriptions do not fit; says what to change where."""


def document() -> Json:
    """The whole description."""
    app = resolver()
    described = json.loads(
        app.get_openapi_json_schema(
            title="Desk",
            version=VERSION,
            description="Tickets with deadlines. Errors are problem documents (RFC 9457).",
        )
    )
    paths: Json = {}
    for name, operation in OPERATIONS.items():
        route = _route(app._static_routes + app._dynamic_routes, name)
        own = described["paths"][route.openapi_path][route.method.lower()]
        paths.setdefault(route.openapi_path, {})[route.method.lower()] = _operation(
            name, operation, route, own
        )
    _complete(described["paths"], paths)
    return {
        "openapi": described["openapi"],
        "info": described["info"],
        "paths": paths,
        "components": {
            "schemas": _schemas(described["components"]["schemas"]),
            "responses": dict(_refusals()),
            "headers": HEADERS,
            "securitySchemes": SECURITY,
        },
        "security": [{scheme: []} for scheme in SECURITY],
    }


def _complete(routes: Json, paths: Json) -> None:
    missing = {f"{verb} {path}" for path, verb in _pairs(routes)} - {
        f"{verb} {path}" for path, verb in _pairs(paths)
    }
    if missing:
        raise DescriptionError(
            f"{', '.join(sorted(missing))}: the route's answers are not described; add its "
            "function's name to OPERATIONS in sam-app/openapi/operations.py"
        )


def _pairs(paths: Json) -> Iterator[tuple[str, str]]:
    return ((path, verb) for path, verbs in paths.items() for verb in verbs)


def _route(routes: list[Route], name: str) -> Route:
    for route in routes:
        if route.func.__name__ == name:
            return route
    raise DescriptionError(
        f"{name}: no route has a function of this name; correct or remove it in OPERATIONS in "
        "sam-app/openapi/operations.py"
    )


def _operation(name: str, operation: Operation, route: Route, own: Json) -> Json:
    described: Json = {
        "operationId": name,
        "summary": (route.func.__doc__ or "").rstrip("."),
        "parameters": [*map(_parameter, own.get("parameters", [])), CORRELATION_ID],
    }
    if "requestBody" in own:
        body = _tidy(own["requestBody"])
        body["content"][JSON]["example"] = operation.request_example
        described["requestBody"] = body
    return {**described, "responses": dict(sorted(_responses(operation)))}


def _parameter(parameter: Json) -> Json:
    # a parameter that is not there is not null
    schema = _tidy(parameter["schema"])
    kinds = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    for kind in kinds:
        schema |= kind
    return {**parameter, "schema": schema, **PARAMETERS.get(parameter["name"], {})}


def _responses(operation: Operation) -> Iterator[tuple[str, Json]]:
    yield str(operation.status.value), _success(operation)
    for status in (*operation.refusals, *ALWAYS, *BY_GATEWAY):
        yield str(status.value), {"$ref": f"#/components/responses/{_name(status)}"}


def _refusals() -> Iterator[tuple[str, Json]]:
    for status, reason in REASONS.items():
        named = ("X-Correlation-Id", *(["Retry-After"] if status in WAITING else []))
        content = {CONTENT_TYPE: {"schema": _ref(answers.Problem.__name__)}}
        yield _name(status), _response(reason, named, content)
    for status, reason in BY_GATEWAY.items():
        content = {CONTENT_TYPE: {"schema": _ref(answers.GatewayProblem.__name__)}}
        yield _name(status), _response(f"By API Gateway: {reason}", ("X-Correlation-Id",), content)


def _name(status: HTTPStatus) -> str:
    return "".join(character for character in status.phrase if character.isalpha())


def _success(operation: Operation) -> Json:
    named = ("X-Correlation-Id", *operation.headers)
    if operation.answer is None:
        return _response("Done.", named, None)
    schema = _ref(operation.answer.__name__)
    content = {JSON: {"schema": schema, "example": operation.example}}
    return _response(operation.answer.__doc__ or "", named, content)


def _response(description: str, headers: tuple[str, ...], content: Json | None) -> Json:
    made: Json = {"description": description}
    if headers:
        made["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return made | ({"content": content} if content else {})


def _schemas(read: Json) -> Json:
    models: set[type[BaseModel]] = {each.answer for each in OPERATIONS.values() if each.answer}
    shown: list[type[BaseModel]] = sorted(
        models | {answers.Problem, answers.GatewayProblem}, key=lambda each: each.__name__
    )
    _, made = models_json_schema([(each, "serialization") for each in shown], ref_template=REF)
    # Powertools' own errors: the API answers problem documents
    kept = {name: schema for name, schema in read.items() if not name.endswith("ValidationError")}
    schemas: Json = _tidy({**kept, **made["$defs"]})
    # the defaults are for readers in Python, who need none of it
    for name, optional in (("Problem", "errors"), ("GatewayProblem", "status")):
        properties = schemas[name]["properties"]
        properties[optional].pop("default", None)
        schemas[name]["required"] = [each for each in properties if each != optional]
    return dict(sorted(schemas.items()))


def _ref(model: str) -> Json:
    return {"$ref": REF.format(model=model)}


def _tidy(schema: Any) -> Any:
    """The schema without titles, which are only its fields' names again; its numbers whole."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if isinstance(schema, float) and schema.is_integer():
        return int(schema)
    if not isinstance(schema, dict):
        return schema
    return {
        name: _tidy(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
    }
