"""CloudFormation: a REST API whose body changes.

AWS: the API is updated in place (PutRestApi, mode overwrite); its id and with it its address stay,
and so do its stages, deployments and usage plans.
MiniStack: makes another API and deletes the first: each release that changes a route has another
address, and throws away what was counted.
Here: the body is imported into an API of its own, whose parts then take the place of the first's.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

# What a body describes, by API; stages and deployments are no part of it.
DESCRIBED = (
    apigateway_v1._resources,
    apigateway_v1._authorizers_v1,
    apigateway_v1._models,
    apigateway_v1._gateway_responses,
    apigateway_v1._documentation_parts,
    apigateway_v1._request_validators,
)


def install() -> None:
    """Wrap how the resource is updated."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    update = handler["update"]

    def rest_api_update(
        api: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
    ) -> Any:
        body = new.get("Body")
        if body == old.get("Body") or not isinstance(body, dict) or api not in _apis():
            return update(api, old, new, stack, logical_id=logical_id)
        imported, _ = provisioners._apigw_rest_api_create(logical_id or api, new, stack)
        _take_over(api, imported)
        return api, provisioners._apigw_rest_api_attrs(api)

    handler["update"] = rest_api_update


def _apis() -> Any:
    return apigateway_v1._rest_apis


def _take_over(api: str, imported: str) -> None:
    """Give an API all that an imported one is described by, and forget that one."""
    kept = {name: _apis()[api][name] for name in ("id", "createdDate")}
    _apis()[api] = {**_apis()[imported], **kept}
    for store in DESCRIBED:
        if (described := store.get(imported)) is not None:
            store[api] = described
    tags = apigateway_v1._v1_tags
    tags[apigateway_v1._rest_api_arn(api)] = tags.get(apigateway_v1._rest_api_arn(imported)) or {}
    apigateway_v1._delete_rest_api(imported)
