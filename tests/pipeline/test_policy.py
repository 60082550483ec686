"""A finding stops the promotion unless an entry with a reason expects it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, GateRefusedError, SettingsError
from pipeline.__main__ import main
from pipeline.adapters import checkov
from pipeline.adapters.checkov import Finding, parse
from pipeline.checkout import Checkout
from pipeline.promotion.gates import policy as policy_gate
from pipeline.promotion.gates.exceptions import FILE, load, refused, stale
from pipeline.promotion.gates.results import refusal
from tests.codegen.builders import project

REASON = "a reason that says something"


def _finding(check: str = "CKV_AWS_1", resource: str = "aws_s3_bucket.this") -> Finding:
    return Finding(check, "title", resource, "modules/a/main.tf", 1)


def _entries(root: Path, text: str) -> Path:
    (root / FILE).parent.mkdir(exist_ok=True)
    (root / FILE).write_text(text)
    return root


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


WRONG = {
    f"- check: CKV_AWS_1\n  reason: {REASON}\n- check: CKV_AWS_2\n": [
        "policies/not-adopted.yaml:3: entry 2: reason is missing"
    ],
    "- check: CKV_AWS_1\n  reason: because\n": [
        "policies/not-adopted.yaml:2: entry 1: reason must be a text of at least 20 characters, "
        'and is "because"'
    ],
    f"- check: every\n  reason: {REASON}\n  until: 2030\n": [
        "policies/not-adopted.yaml:1: entry 1: check must be the id of a check, such as "
        'CKV_AWS_18, and is "every"',
        "policies/not-adopted.yaml:3: entry 1: unknown key until; there are: check, reason, "
        "resources (optional), plans_only (optional)",
    ],
    f"- check: CKV_AWS_1\n  reason: {REASON}\n  resource: [a]\n": [
        "policies/not-adopted.yaml:3: entry 1: unknown key resource; did you mean resources?"
    ],
    f"- check: CKV_AWS_1\n  reason: {REASON}\n  resources: a\n": [
        "policies/not-adopted.yaml:3: entry 1: resources must be a list of texts; * is a wildcard, "
        'and is "a"'
    ],
    "- check: CKV_AWS_1\n  check: CKV_AWS_2\n": [
        "policies/not-adopted.yaml:2: key 'check' is there twice, first in line 1"
    ],
    "- a\n": ['policies/not-adopted.yaml:1: entry 1 is "a", not a mapping'],
    "- [": ["policies/not-adopted.yaml:1: "],
    "check: CKV_AWS_1\n": [
        "policies/not-adopted.yaml:1: must be a list of entries, each begun with `- `"
    ],
}


@pytest.mark.parametrize("text", WRONG)
def test_an_entry_that_is_not_right_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(_entries(tmp_path, text))

    said = [str(part) for part in raised.value.parts]
    assert all(a.startswith(b) for a, b in zip(said, WRONG[text], strict=True)), said
    assert "an entry has: check, reason" in raised.value.remedy


def test_a_file_without_entries_excepts_nothing_and_a_missing_one_is_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match=r"policies/not-adopted\.yaml is missing"):
        load(tmp_path)
    assert load(_entries(tmp_path, "# nothing\n")) == load(_entries(tmp_path, "[]")) == []


def test_the_check_refuses_a_policy_file_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a checkout with two files of policies that are not right
    root = project(tmp_path)
    (root / "template.yaml").rename(root / "sam-app" / "template.yaml")
    _entries(root, "- check: CKV_AWS_1\n")
    (root / "policies" / "accepted-drift.yaml").write_text("- environment: prod\n")
    checkout = Checkout(root, tmp_path / "home")
    monkeypatch.setattr(Checkout, "here", lambda: checkout)

    # When it is checked, Then both are named, with the line
    assert main(["check"]) == 2
    said = capsys.readouterr().out
    assert "policies/not-adopted.yaml:1: entry 1: reason is missing [setting-invalid]" in said
    assert "policies/accepted-drift.yaml:1: entry 1: subject is missing [setting-invalid]" in said


def test_a_file_that_checkov_cannot_read_is_an_error_not_a_pass() -> None:
    report = {
        "results": {"failed_checks": [], "parsing_errors": ["modules/a/main.tf"]},
        "summary": {"passed": 3, "parsing_errors": 1},
    }

    with pytest.raises(BatonError, match=r"could not read modules/a/main\.tf"):
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
    _entries(tmp_path, "[]")
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    found = [_finding(), _finding("CKV_AWS_2")]
    monkeypatch.setattr(policy_gate, "lay_out", lambda *_: None)
    monkeypatch.setattr(checkov, "findings", lambda *_: (found, 5))
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
    assert [refused.value.message.count(str(each)) for each in found] == [1, 1]
