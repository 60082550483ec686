"""The workflows: what they call is there, what they may do is little, and no deployment is cut."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import yaml

from codegen.settings import load_all
from codegen.settings.application import Functions
from pipeline.__main__ import COMMANDS, baton

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = [*WORKFLOWS, *sorted((ROOT / ".github/actions").rglob("action.yml"))]
ENVIRONMENTS = [environment.name for environment in load_all(ROOT / "live")]
RANDOM = "hypothesis and not engine and not e2e"  # the marker is hypothesis's own
PINNED = re.compile(r"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def _read(name: str) -> dict[str, Any]:
    text = (ROOT / ".github/workflows" / name).read_text()
    document: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # `on` is no boolean here
    return document


def _runs(file: Path) -> Iterator[str]:
    document = yaml.safe_load(file.read_text())
    jobs = document.get("jobs", {"": document.get("runs", {})})
    for job in jobs.values():
        yield from (step["run"] for step in job.get("steps", []) if "run" in step)


def _called() -> Iterator[tuple[str, list[str]]]:
    """Each call of `./baton`, those inside another's `$(…)` too: where, and its words."""
    for file in ACTIONS:
        for run in _runs(file):
            inner = re.findall(r"\$\(([^()]*)\)", run)
            for text in (re.sub(r"\$\([^()]*\)", "$", run), *inner):
                for call in re.findall(r"\./baton ([^>|\n]+)", text):
                    yield f"{file.name}: {call}", call.split()


@pytest.mark.proves("P2", "P3")
@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in _called()])
def test_every_command_is_one_with_the_options_it_is_given(call: list[str]) -> None:
    name, *arguments = call
    assert name in COMMANDS
    command = baton.get_command(click.Context(baton), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}

    assert {each for each in arguments if each.startswith("--")} <= known


def test_the_commands_for_github_are_there() -> None:
    named = {
        module
        for file in ACTIONS
        for run in _runs(file)
        for module in re.findall(r"-m (pipeline\S+)", run)
    }

    assert len(named) >= 4
    for module in named:
        assert callable(importlib.import_module(module).main)


@pytest.mark.parametrize("file", ACTIONS, ids=lambda file: file.parent.name + "/" + file.name)
def test_every_action_is_pinned_to_a_commit(file: Path) -> None:
    used = [line.strip(" -") for line in file.read_text().splitlines() if "uses:" in line]

    assert used
    foreign = [line for line in used if not line.startswith("uses: ./")]
    assert [line for line in foreign if not PINNED.match(line)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_nothing_is_permitted_but_what_a_job_asks_for(file: Path) -> None:
    workflow = _read(file.name)

    assert workflow["permissions"] in ({}, "", {"contents": "read"})
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        writes = {name for name, level in job.get("permissions", {}).items() if level == "write"}
        assert writes <= {"id-token", "pull-requests", "issues"}
        # whoever may write to the pull request has no credentials, and the other way round
        assert not {"id-token", "pull-requests"} <= writes


@pytest.mark.proves("P2")
@pytest.mark.parametrize("name", ["plan.yml", "drift.yml"])
def test_every_environment_is_planned_and_looked_at(name: str) -> None:
    (matrix,) = [
        job["strategy"]["matrix"] for job in _read(name)["jobs"].values() if "strategy" in job
    ]

    assert matrix["environment"] == ENVIRONMENTS


def test_the_tests_at_random_run_for_long_every_week() -> None:
    # Given the workflow that no commit waits for
    workflow = _read("long.yml")
    (timed,) = workflow["on"]["schedule"]

    # When its time comes, Then it is once a week, and what it runs is the Makefile's long run
    assert re.fullmatch(r"\d+ \d+ \* \* \d", timed["cron"])
    assert [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step] == [
        "make test-long"
    ]
    assert workflow["jobs"]["opentofu"]["steps"][-1] == {"run": "make test-opentofu"}
    recipe = (ROOT / "Makefile").read_text().partition("\ntest-long:")[2].partition("\n\n")[0]
    assert "HYPOTHESIS_PROFILE=long" in recipe
    assert f'-m "{RANDOM}"' in recipe


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_workflow_is_described(file: Path) -> None:
    assert f"| `{file.name}` |" in (ROOT / "docs/github.md").read_text()


@pytest.mark.proves("P2")
def test_a_fork_s_pull_request_gets_no_credentials() -> None:
    jobs = _read("plan.yml")["jobs"]

    with_credentials = [job for job in jobs.values() if "id-token" in job["permissions"]]
    assert with_credentials
    for job in with_credentials:
        assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


def test_the_token_that_comments_is_not_given_to_the_pull_request_s_code() -> None:
    job = _read("plan.yml")["jobs"]["comment"]

    checkouts = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert [step["with"]["ref"] for step in checkouts] == [
        "${{ github.event.pull_request.base.sha }}"
    ]


@pytest.mark.proves("P3")
def test_each_environment_has_one_deployment_at_a_time_that_is_never_cut_off() -> None:
    jobs = _read("deploy.yml")["jobs"]

    deploying = {name: job for name, job in jobs.items() if "environment" in job}
    assert list(deploying) == ENVIRONMENTS
    for name, job in deploying.items():
        assert job["environment"] == name  # its reviewers, and the role's trust, hang on it
        assert job["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": "false"}


@pytest.mark.proves("P3")
def test_no_job_that_may_take_a_role_to_deploy_builds() -> None:
    # Given what runs the service's own code: a build
    jobs = _read("deploy.yml")["jobs"]
    builds = [name for name, job in jobs.items() if "./baton build" in str(job["steps"])]

    # Then no role can be taken there, and what it has built is what is promoted
    assert builds == ["build"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert (
        "configure-aws-credentials" not in (ROOT / ".github/actions/setup/action.yml").read_text()
    )
    for name in ("dev", "staging"):
        assert jobs[name]["needs"] == "build"
        (promotes,) = [step for step in jobs[name]["steps"] if "promote" in step.get("run", "")]
        assert promotes["env"] == {"RELEASE": "${{ needs.build.outputs.release }}"}


@pytest.mark.proves("P3")
def test_develop_goes_to_dev_and_main_to_staging_then_prod() -> None:
    jobs = _read("deploy.yml")["jobs"]

    assert _read("deploy.yml")["on"] == {"push": {"branches": ["develop", "main"]}}
    assert "github.ref == 'refs/heads/develop'" in jobs["dev"]["if"]
    assert "github.ref == 'refs/heads/main'" in jobs["staging"]["if"]
    assert jobs["prod"]["needs"] == ["staging", "plan-prod"]


@pytest.mark.proves("P3")
def test_a_deployment_may_take_as_long_as_the_longest_canary_and_so_may_its_role() -> None:
    # Given the canaries that the settings allow, and what the role allows
    _, *choices = (value for value in get_args(Functions.model_fields["canary"].annotation))
    longest = max(map(_minutes, filter(None, map(_canary, choices))))
    delivery = (ROOT / "modules/delivery/github.tf").read_text()
    allowed = int(re.findall(r"max_session_duration = (\d+)", delivery)[0])

    # When a job deploys, Then neither its time-out nor its session ends before
    action = (ROOT / ".github/actions/environment/action.yml").read_text()
    assert f"inputs.role == 'deploy' && {allowed} ||" in action
    for name in ENVIRONMENTS:
        job = _read("deploy.yml")["jobs"][name]
        assert longest < int(job["timeout-minutes"]) <= allowed / 60


def _canary(choice: Any) -> str | None:
    return choice if isinstance(choice, str) and choice != "none" else None


def _minutes(canary: str) -> int:
    """How long it takes: Canary10Percent5Minutes, Linear10PercentEvery10Minutes."""
    percent, every = map(int, re.findall(r"\d+", canary))
    return every * (100 // percent if canary.startswith("Linear") else 1)


def test_a_command_that_fails_inside_of_another_fails_the_step() -> None:
    # `echo "$(…)"` and `run "$(…)"` go on where what is inside has failed; an assignment does not
    for file in ACTIONS:
        for run in _runs(file):
            assert all(
                re.match(r"\s*\w+=\$\(", line) for line in run.splitlines() if "$(" in line
            ), run


def test_what_was_planned_is_shown_also_where_a_gate_refuses_it() -> None:
    shown = [
        step
        for name in ("plan.yml", "deploy.yml")
        for job in _read(name)["jobs"].values()
        for step in job["steps"]
        if re.search(r"cat .*plan", step.get("run", ""))
    ]

    assert len(shown) == 2
    assert all(step["if"].startswith("always() && hashFiles(") for step in shown)


@pytest.mark.proves("P3")
def test_whoever_cancels_a_promotion_interrupts_baton() -> None:
    promotes = [
        run.splitlines()[-1]
        for run in _runs(ROOT / ".github/workflows/deploy.yml")
        if "./baton promote" in run
    ]

    assert len(promotes) == len(ENVIRONMENTS)
    assert all(line.startswith("exec ./baton promote") for line in promotes)
