"""SAM's own code reads what was rendered: every table, every option, as it was meant."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.codegen import sam
from tests.codegen.builders import PACKAGED
from tests.codegen.goldens import ENVIRONMENTS, GOLDENS

pytestmark = pytest.mark.engine

ACCOUNTS = {"dev": "1" * 12, "staging": "2" * 12, "prod": "3" * 12}
# Commands that say something of a stack, beside those that a table is for.
OF_A_STACK = {"remote test-event delete", "remote test-event get", "remote test-event list"}
# Of these nothing is read for an environment, or SAM needs a file by name before it goes on.
OF_NO_ENVIRONMENT = {"init", "pipeline init", "remote test-event put"}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What SAM makes of the goldens, by environment."""
    folder = tmp_path_factory.mktemp("sam")
    app = shutil.copytree(GOLDENS, folder / "app")
    shutil.copy(PACKAGED, folder / "template.yaml")
    with sam.started(folder, [f"desk-{env}" for env in ENVIRONMENTS]) as started:
        yield {env: started.ask(app, env) for env in ENVIRONMENTS}


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_nothing_is_written_that_no_command_reads(
    env: str, answers: dict[str, dict[str, Any]]
) -> None:
    # Given the rendered files
    # When the tables and keys are held against what SAM's commands read, and their options
    # Then none is misspelled, and none is in vain
    assert answers[env]["unread"] == []


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_command_knows_where_the_environment_is_and_asks_for_nothing(
    env: str, answers: dict[str, dict[str, Any]]
) -> None:
    # Given the rendered files, and all commands of SAM, those without a table too
    commands = answers[env]["commands"]

    # When they read them
    options = {n: told["options"] for n, told in commands.items() if n not in OF_NO_ENVIRONMENT}

    # Then each has the environment's profile and region, and the stack's where it takes one
    assert {name: commands[name]["refused"] for name in options} == dict.fromkeys(options, "")
    for name, told in options.items():
        assert (name, told["profile"], told["region"]) == (name, f"desk-{env}", "us-east-1")
        assert (name, told.get("stack_name", f"desk-{env}")) == (name, f"desk-{env}")
    assert all("stack_name" in options[name] for name in OF_A_STACK)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_command_of_a_table_takes_the_release_and_all_its_parameters(
    env: str, answers: dict[str, dict[str, Any]]
) -> None:
    # Given the commands that a table is for
    commands = answers[env]["commands"]
    with (GOLDENS / "samconfig.toml").open("rb") as file:
        tables = set(tomllib.load(file)[env])
    options = {n: told["options"] for n, told in commands.items() if told["table"] in tables}
    assert {"deploy", "sync", "package", "validate", "delete", "list resources"} <= set(options)

    # When they read it
    templates = {n: Path(told["template_file"]) for n, told in options.items()
                 if "template_file" in told}  # fmt: skip
    overrides = {n: told["parameter_overrides"] for n, told in options.items()
                 if "parameter_overrides" in told}  # fmt: skip

    # Then each is about the release's template, and deploys the same
    assert {path.name for path in templates.values()} == {"template.yaml"}
    assert len({path.parent.resolve() for path in templates.values()}) == 1
    assert overrides == dict.fromkeys(overrides, overrides["deploy"])
    assert overrides["deploy"]["TableName"] == f"desk-{env}-tickets"
    assert overrides["deploy"]["ApiFunctionName"] == f"desk-{env}-api"


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_nothing_of_a_deployment_is_left_to_a_default(
    env: str, answers: dict[str, dict[str, Any]]
) -> None:
    # Given the two commands that deploy
    commands, account = answers[env]["commands"], ACCOUNTS[env]

    for name in ("deploy", "sync"):
        # When one reads its table
        options = commands[name]["options"]

        # Then what it writes is this environment's, with no more rights than it needs
        assert options["s3_bucket"] == f"desk-{env}-{account}-artifacts"
        assert options["s3_prefix"] == "sam"
        assert options["role_arn"] == f"arn:aws:iam::{account}:role/desk-{env}-deployment"
        assert options["capabilities"] == ["CAPABILITY_AUTO_EXPAND"]


@pytest.mark.parametrize(
    ("command", "option", "meant"),
    [
        # it would wait for someone to answer, or fail where nothing changes
        ("deploy", "confirm_changeset", False),
        ("deploy", "fail_on_empty_changeset", False),
        ("deploy", "guided", False),
        # longer than the slowest shift of traffic, which takes 100 minutes
        ("deploy", "max_wait_duration", 120),
        # neither may a deployment that fails leave its half, nor end before it is known
        ("deploy", "disable_rollback", False),
        ("deploy", "express", False),
        # the release's layers are not to be made anew
        ("sync", "dependency_layer", False),
        ("sync", "watch", False),
        ("validate", "lint", True),
        # a stack is not deleted without a question
        ("delete", "no_prompts", False),
    ],
)
def test_no_dangerous_default_holds(
    command: str, option: str, meant: object, answers: dict[str, dict[str, Any]]
) -> None:
    for env in ENVIRONMENTS:
        # Given an environment's files, when the command reads them, then the option is as meant
        value = answers[env]["commands"][command]["options"][option]
        assert (env, value or False) == (env, meant)
