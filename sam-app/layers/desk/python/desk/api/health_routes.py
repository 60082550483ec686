"""Whether the API is well."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.answers import Answer, answer
from desk.api.context import dependencies

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.get("/health")
def get_health() -> Answer:
    """Which version answers, and the revision it was published for."""
    version = router.lambda_context.function_version
    revision = dependencies(router).revision
    return answer(router, {"status": "ok", "version": version, "revision": revision})
