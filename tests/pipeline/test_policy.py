"""A finding stops the promotion unless an entry with a reason expects it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, SettingsError
from pipeline.adapters import checkov
from pipeline.adapters.checkov import parse
from pipeline.checkout import Checkout
from pipeline.policy import Finding, load, refused, stale
from pipeline.promotion.gates import policy as policy_gate
from pipeline.promotion.gates.results import refusal

REASON = "a reason that says something"


def _finding(check: str = "CKV_AWS_1", resource: str = "aws_s3_bucket.this") -> Finding:
    return Finding(check, "title", resource, "modules/a/main.tf", 1)


def _entries(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "not-adopted.yaml"
    file.write_text(text)
    return file


@pytest.mark.proves("P1")
def test_a_finding_is_refused_unless_check_and_resource_are_listed(tmp_path: Path) -> None:
    accepted = load(
        _entries(
            tmp_path,
            f"- {{check: CKV_AWS_1, reason: {REASON}, resources: ['aws_s3_bucket.*']}}",
        )
    )
    other_check, other_resource = _finding("CKV_AWS_2"), _finding(resource="aws_sqs_queue.this")

    found = refused([_finding(), other_check, other_resource], accepted)

    assert found == [other_check, other_resource]


def test_an_entry_that_covers_nothing_is_stale(tmp_path: Path) -> None:
    accepted = load(_entries(tmp_path, f"- {{check: CKV_AWS_9, reason: {REASON}}}"))

    assert stale([_finding()], accepted) == accepted


@pytest.mark.parametrize(
    "text",
    [
        "- {check: CKV_AWS_1}",
        "- {check: CKV_AWS_1, reason: because}",
        f"- {{check: every, reason: {REASON}}}",
        f"- {{check: CKV_AWS_1, reason: {REASON}, until: 2030}}",
        "[",
        "nothing",
    ],
)
def test_an_entry_without_a_reason_or_with_unknown_keys_is_refused(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(SettingsError, match=r"not-adopted\.yaml"):
        load(_entries(tmp_path, text))


def test_a_file_that_checkov_cannot_read_is_an_error_not_a_pass() -> None:
    report = {
        "results": {"failed_checks": [], "parsing_errors": ["modules/a/main.tf"]},
        "summary": {"passed": 3, "parsing_errors": 1},
    }

    with pytest.raises(BatonError, match=r"could not read .*modules/a/main\.tf"):
        parse([report])


def _report(**checks: Any) -> dict[str, object]:
    found = {
        "check_id": "CKV_AWS_18",
        "check_name": "logging",
        "resource": "aws_s3_bucket.this",
        "file_path": "/modules/a/main.tf",
        "file_line_range": [3, 9],
    }
    results = {name: [found] for name in checks}
    return {"results": {"failed_checks": [], **results}, "summary": {"passed": 3}}


def test_a_check_that_a_comment_skips_is_a_finding_all_the_same() -> None:
    (finding,), passed = parse([_report(skipped_checks=True)])

    assert (finding.check, finding.file, finding.line, passed) == (
        "CKV_AWS_18",
        "modules/a/main.tf",
        3,
        3,
    )


def test_a_run_that_looked_at_nothing_is_an_error_not_a_pass() -> None:
    with pytest.raises(BatonError, match="checkov looked at nothing"):
        parse([{"passed": 0, "failed": 0}])


@pytest.mark.proves("P1", "P4")
def test_a_finding_refuses_the_promotion_with_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    _entries(policies, "[]")
    monkeypatch.setattr(policy_gate, "lay_out", lambda *_: None)
    monkeypatch.setattr(checkov, "findings", lambda *_: ([_finding(), _finding()], 5))
    run: Any = SimpleNamespace(
        plans=[],
        checkout=Checkout(tmp_path, tmp_path / "home"),
        work=tmp_path,
        plan_folder=tmp_path,
        folder=SimpleNamespace(path=tmp_path),
        target=SimpleNamespace(child=dict),
    )

    result = policy_gate.check_policy(run)

    assert result.outcome == "refused"
    with pytest.raises(GateRefusedError, match="2 findings of checkov") as refused:
        raise refusal([result]) or AssertionError
    assert refused.value.message.count(str(_finding())) == 2
