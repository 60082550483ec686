"""What alarms and dashboard look at, as Terraform plans them for `dev`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.service import planned

SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]+)\} (?P<terms>[^']+)', '\w+', \d+\)")
TERM = re.compile(r'(\w+)="([^"]*)"')
SELECT = re.compile(
    r"SELECT \w+\((?P<metric>\w+)\) FROM SCHEMA\((?P<schema>[^)]+)\)"
    r" WHERE (?P<name>\w+) = '(?P<value>[^']*)'"
)


@dataclass(frozen=True)
class Line:
    """A metric that something looks at.

    Parameters
    ----------
    dimensions:
        The names of all its dimensions.
    values:
        Of some of them; a query asks for any of the others.
    """

    namespace: str
    metric: str
    dimensions: frozenset[str]
    values: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Watched:
    """What is looked at, by alarms and on the dashboard."""

    alarms: frozenset[Line]
    dashboard: frozenset[Line]


def as_planned() -> Watched:
    """What Terraform plans now."""
    inputs = planned.inputs_of("dev", "observability")
    with tempfile.TemporaryDirectory() as folder:
        # the dashboard itself holds the alarms' ARNs, which no plan knows
        plan = planned.plan("observability", inputs, Path(folder), {"graphs": "local.graphs"})
    values = plan["planned_values"]
    alarms = [
        each["values"]
        for each in values["root_module"]["resources"]
        if each["type"] == "aws_cloudwatch_metric_alarm"
    ]
    graphs = values["outputs"]["graphs"]["value"]
    return Watched(
        alarms=frozenset(line for alarm in alarms for line in of_alarm(alarm)),
        dashboard=frozenset(of_graph(each) for graph in graphs for each in graph["metrics"]),
    )


def of_alarm(alarm: Mapping[str, Any]) -> Iterator[Line]:
    """The metrics of an alarm, or of what it computes."""
    if alarm["metric_name"]:
        yield _line(alarm["namespace"], alarm["metric_name"], alarm["dimensions"])
        return
    for query in alarm["metric_query"]:
        for metric in query["metric"]:
            yield _line(metric["namespace"], metric["metric_name"], metric["dimensions"])
        if not query["metric"] and not query["expression"].startswith("IF("):
            yield of_query(query["expression"])


def of_graph(metric: list[Any]) -> Line:
    """The metric of a graph's line: namespace, name, dimensions; or a search."""
    if isinstance(metric[0], dict):
        return of_search(metric[0]["expression"])
    namespace, name, *rest = [part for part in metric if isinstance(part, str)]
    return _line(namespace, name, dict(zip(rest[::2], rest[1::2], strict=True)))


def of_search(expression: str) -> Line:
    """The metric of a search.

    Raises
    ------
    ValueError
        It is written another way than those that are known here.
    """
    found = SEARCH.fullmatch(expression)
    if found is None:
        raise ValueError(f"no search: {expression}")
    terms = dict(TERM.findall(found["terms"]))
    namespace, *dimensions = found["schema"].split(",")
    metric = terms.pop("MetricName")
    return Line(namespace, metric, frozenset(dimensions), frozenset(terms.items()))


def of_query(expression: str) -> Line:
    """The metric of a Metrics Insights query.

    Raises
    ------
    ValueError
        It is written another way than those that are known here.
    """
    found = SELECT.fullmatch(expression)
    if found is None:
        raise ValueError(f"no query: {expression}")
    namespace, *dimensions = (part.strip(' "') for part in found["schema"].split(","))
    values = frozenset({(found["name"], found["value"])})
    return Line(namespace, found["metric"], frozenset(dimensions), values)


def _line(namespace: str, metric: str, dimensions: Mapping[str, str] | None) -> Line:
    named = dimensions or {}
    return Line(namespace, metric, frozenset(named), frozenset(named.items()))
