"""Modules and expanded template against checkov, as the promotion's policy gate sees them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.adapters import checkov
from pipeline.promotion.gates import exceptions as policy
from pipeline.promotion.gates.policy import lay_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[policy.Finding]:
    """Given what a release would have: the modules, and the template as SAM expands it."""
    folder = tmp_path_factory.mktemp("policy")
    lay_out(folder, ROOT / "modules", ROOT / "sam-app" / "template.yaml", {})
    found, passed = checkov.findings(folder, os.environ)
    assert passed >= 60, "checkov saw less than there is"
    return found


@pytest.mark.proves("P1")
@pytest.mark.policy
def test_every_finding_is_one_that_is_not_adopted_with_a_reason(
    findings: list[policy.Finding],
) -> None:
    refused = policy.refused(findings, policy.load(ROOT))

    assert refused == [], "\n".join(map(str, refused))


@pytest.mark.proves("P1")
@pytest.mark.policy
def test_every_entry_still_covers_something(findings: list[policy.Finding]) -> None:
    visible = [entry for entry in policy.load(ROOT) if not entry.plans_only]

    assert [entry.check for entry in policy.stale(findings, visible)] == []
