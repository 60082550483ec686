"""The metrics that dashboard and alarms look at are those that the functions write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def written(root: Path) -> str:
    """What of the functions' package has to do with metrics."""
    package = root / "sam-app/layers/desk/python/desk"
    texts = [file.read_text() for file in sorted(package.rglob("*.py"))]
    return "\n".join(text for text in texts if "MetricUnit" in text)


@pytest.fixture(scope="module")
def watched(root: Path) -> dict[str, set[str]]:
    """The metrics of the service's own: on the dashboard, and in alarms."""
    module = root / "modules/observability"
    dashboard = (module / "dashboard_service.tf").read_text()
    names = re.findall(r'^    ([A-Z]\w+) += "(?:api|processor|scheduled)"$', dashboard, re.M)
    (broken_down,) = re.findall(r"broken_down = \{(.*)\}", dashboard)
    names += re.findall(r"(\w+) =", broken_down)
    alarms = (module / "alarms_service.tf").read_text()
    return {
        "dashboard": set(names),
        "alarms": set(re.findall(r'metric_name += "(\w+)"', alarms)),
    }


@pytest.mark.proves("M3")
def test_what_is_on_the_dashboard_is_written_by_the_functions(
    written: str, watched: dict[str, set[str]]
) -> None:
    # When the metrics of the dashboard are looked for in the functions' code
    missing = {name for name in watched["dashboard"] if f'"{name}"' not in written}

    # Then each is there
    assert len(watched["dashboard"]) >= 14
    assert missing == set()


@pytest.mark.proves("M2")
def test_what_an_alarm_looks_at_is_on_the_dashboard(watched: dict[str, set[str]]) -> None:
    assert len(watched["alarms"]) == 4
    assert watched["alarms"] <= watched["dashboard"]


@pytest.mark.proves("M3")
def test_what_the_functions_write_is_on_the_dashboard(
    written: str, watched: dict[str, set[str]]
) -> None:
    # Given the names that are handed to Powertools, directly or in a table of them
    direct = re.findall(r'(?:add_metric|count_each)\((?:\w+\.)?_?(?:metrics, )?"(\w+)"', written)
    listed = re.findall(r'^\s*\("([A-Z]\w+)", (?:MetricUnit\.\w+, )?\S', written, re.M)
    names = {*direct, *re.findall(r'count_each\(\S+ "(\w+)"', written), *listed}

    # Then none is written, and paid for, that nobody sees
    assert {"CounterDrift", "EventsByType", "NotificationsSent", "SweepLagS"} <= names
    assert names - watched["dashboard"] == set()
