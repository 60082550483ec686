"""A stack that was deployed from another template is told by the name of what differs."""

from __future__ import annotations

from typing import Any

from pipeline.inspect.drift.template import template_findings
from tests.pipeline.drifting import MENDING

RELEASED: dict[str, Any] = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Api": {"Type": "A", "Properties": {"Memory": {"Ref": "M"}}}, "Queue": {}},
}


def _told(deployed: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    found = template_findings(RELEASED, deployed, MENDING)
    assert {each.kind for each in found} <= {"template"}
    return [(each.subject, each.expected, each.actual) for each in found]


def test_the_released_template_is_no_drift() -> None:
    assert _told(RELEASED) == []


def test_each_resource_that_is_otherwise_gone_or_added_is_named_and_no_value_shown() -> None:
    deployed = RELEASED | {
        "Resources": {"Api": {"Type": "A", "Properties": {"Secret": "rosebud"}}, "New": {}}
    }

    assert _told(deployed) == [
        ("template Api", "as released", "otherwise"),
        ("template New", None, "added"),
        ("template Queue", "as released", None),
    ]
    assert "rosebud" not in str(template_findings(RELEASED, deployed, MENDING))


def test_what_the_sam_cli_adds_is_no_drift_and_other_metadata_is() -> None:
    api, queue = RELEASED["Resources"]["Api"], {"Metadata": {"SamResourceId": "Queue"}}

    assert _told(RELEASED | {"Resources": {"Api": api, "Queue": queue}}) == []
    queue["Metadata"]["owner"] = "somebody"
    assert _told(RELEASED | {"Resources": {"Api": api, "Queue": queue}}) == [
        ("template Queue", "as released", "otherwise")
    ]


def test_other_sections_count_too() -> None:
    assert _told(RELEASED | {"Outputs": {}}) == [("template Outputs", None, "added")]
