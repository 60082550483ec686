"""A team's counters, and whether the API is well."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.desk import Answer, answer, desk_of
from desk.api.fields import Team
from desk.api.views import stats_view

STATS_DAYS = 30

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.get("/teams/<team>/stats")
def get_stats(team: Annotated[Team, Path()]) -> Answer:
    """A team's counters: open tickets by priority, and the last 30 days."""
    desk = desk_of(router)
    since = desk.clock().date() - timedelta(days=STATS_DAYS)
    return answer(router, stats_view(desk.statistics.of_team(team, since)))


@router.get("/health")
def get_health() -> Answer:
    """Which version answers, and the revision it was published for."""
    version = router.lambda_context.function_version
    revision = desk_of(router).revision
    return answer(router, {"status": "ok", "version": version, "revision": revision})
