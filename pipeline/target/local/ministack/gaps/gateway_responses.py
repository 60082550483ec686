"""API Gateway: what it answers by itself, where the API's description says that.

AWS: `x-amazon-apigateway-gateway-responses` of an OpenAPI body says what is answered to a caller
who is not known, who is throttled, and so on.
MiniStack: knows such responses when they are put one by one, and passes over those of a body.
Mended: those of a body are put when it is imported.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.html
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1

EXTENSION = "x-amazon-apigateway-gateway-responses"


def install() -> None:
    """Put the responses that a body has, before its API is deployed."""
    bare = apigateway_v1._import_rest_api

    def import_rest_api(spec: dict[str, Any], base_data: Any = None) -> Any:
        api_id = bare(spec, base_data)
        for kind, response in (spec.get(EXTENSION) or {}).items():
            apigateway_v1._put_gateway_response(api_id, kind, response)
        return api_id

    apigateway_v1._import_rest_api = import_rest_api
