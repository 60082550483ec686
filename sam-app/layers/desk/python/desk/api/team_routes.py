"""The teams' counters."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from desk.api.answers import Answer, answer
from desk.api.context import dependencies
from desk.api.fields import Team
from desk.api.views import stats_view

STATS_DAYS = 30

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.get("/teams/<team>/stats")
def get_stats(team: Annotated[Team, Path()]) -> Answer:
    """A team's counters: open tickets by priority, and the last 30 days."""
    given = dependencies(router)
    since = given.clock().date() - timedelta(days=STATS_DAYS)
    return answer(router, stats_view(given.statistics.of_team(team, since)))
