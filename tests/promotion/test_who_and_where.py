"""Who is at work, and where: as far as it can be known."""

from __future__ import annotations

import getpass

import pytest

from pipeline.checkout import run_address, whoami
from tests.promotion.stage import Stage

WORKFLOW = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_ACTOR": "octocat",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "owner/desk",
    "GITHUB_RUN_ID": "17",
}
ADDRESS = "https://github.com/owner/desk/actions/runs/17"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a workflow, though the tests may be."""
    for name in WORKFLOW:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "me")


def test_on_a_machine_it_is_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given that variables of a workflow are set, but it is none
    for name, value in WORKFLOW.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITHUB_ACTIONS")

    assert (whoami(), run_address()) == ("me", "")


def test_in_a_workflow_it_is_whoever_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WORKFLOW.items():
        monkeypatch.setenv(name, value)

    assert (whoami(), run_address()) == ("octocat", ADDRESS)


@pytest.mark.parametrize("name", ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"])
def test_half_an_address_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each, value in WORKFLOW.items():
        monkeypatch.setenv(each, value)
    monkeypatch.delenv(name)

    assert run_address() == ""


def test_a_container_may_have_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert whoami().startswith("uid ")


@pytest.mark.proves("P4")
def test_the_record_of_a_workflow_says_no_more_than_can_be_known(stage: Stage) -> None:
    # Given a protected environment that is promoted to by a workflow
    stage.build("A", {"live/dev/env.yaml": ("network:", "protected: true\nnetwork:")})
    run = stage.run(approved=True)
    run.by, run.run_at = "octocat", ADDRESS

    # When that has ended
    record = stage.carry_out(run)

    # Then its record says who, where, and that it was the option that has approved
    assert (record.by, record.run) == ("octocat", ADDRESS)
    assert record.approved_by == f"octocat (--yes in {ADDRESS})"
