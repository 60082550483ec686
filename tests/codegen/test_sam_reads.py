"""SAM's own code reads what was rendered: every option, and any text, as it was meant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from codegen.handoff import Rendering, prepare, write
from tests.codegen.builders import (
    CHECKOUT,
    PACKAGED,
    environment,
    output_values,
    release,
    state_outputs,
)

pytestmark = pytest.mark.engine
SAM_PYTHON = CHECKOUT / ".tools/envs/sam/bin/python"
PROBE = Path(__file__).parent / "sam_probe.py"
ENV = environment("dev")

# One for each way in which shells, YAML, TOML or SAM lose text.
TRICKY = [
    "",
    " ",
    "cron(0 6 * * ? *)",
    '{"a": "b=c, d", "e": [1]}',
    '"quoted"',
    "'quoted'",
    '"',
    "it's",
    '\\"',
    "\\' \\ \\\\",
    '"a\\"',
    "a=b,c=d ParameterKey=X,ParameterValue=Y",
    "two\nlines\r\n",
    "\ttab",
    "é 😀 \u2028 \x85 \ufeff",
    "yes",
    "0123",
    "1e3",
    "null",
    "~",
    "# no comment",
    "file://parameters/dev.yaml",
    "{{ x }} ${x} %x%",
]


def probe(folder: Path) -> dict[str, Any]:
    """What each sam command gets, started in `folder` with --config-env dev."""
    config = folder / "aws-config"
    config.write_text(f"[profile {ENV.aws_profile}]\nregion = {ENV.region}\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    told = subprocess.run(
        [SAM_PYTHON, PROBE, ENV.name],
        cwd=folder,
        # the machine's encoding is what SAM reads its files in: take the poorest
        env={**inherited, "AWS_CONFIG_FILE": str(config), "LC_ALL": "C", "PYTHONUTF8": "0",
             "PYTHONCOERCECLOCALE": "0", "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    parsed: dict[str, Any] = json.loads(told.stdout)
    return parsed


def render(folder: Path, names: list[str]) -> Rendering:
    shutil.copy(PACKAGED, folder / "template.yaml")
    values = output_values(ENV)
    for name, text in zip(names, TRICKY, strict=True):
        values["application"][name] = text
    root = folder / "root"
    (root / "modules/application").mkdir(parents=True)
    for file in CHECKOUT.glob("modules/*/outputs.tf"):
        (root / "modules" / file.parent.name).mkdir(exist_ok=True)
        shutil.copy(file, root / "modules" / file.parent.name)
    shutil.copytree(CHECKOUT / "codegen/templates", root / "codegen/templates")
    template = (folder / "template.yaml").read_text()
    for name in names:
        with (root / "modules/application/outputs.tf").open("a") as outputs:
            outputs.write(f'\noutput "{name}" {{\n}}\n')
        with (root / "codegen/templates/parameters.yaml.j2").open("a") as parameters:
            parameters.write(f"Text{name}: {{{{ outputs.application.{name} | yaml }}}}\n")
        template = template.replace(
            "Parameters:", f"Parameters:\n  Text{name}: {{Type: String}}", 1
        )
    (folder / "template.yaml").write_text(template)
    context = release(folder / "template.yaml", template_file="template.yaml")
    return prepare(root, ENV, state_outputs(values), context)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rendering, dict[str, Any]]:
    """A rendering with every tricky text among its parameters, and what SAM made of it."""
    folder = tmp_path_factory.mktemp("sam")
    rendering = render(folder, [f"t{number}" for number in range(len(TRICKY))])
    write(rendering, folder)
    return rendering, probe(folder)


def test_every_parameter_reaches_the_deployment_unchanged(
    rendered: tuple[Rendering, dict[str, Any]],
) -> None:
    # Given parameters with every text that is known to get lost on the way
    rendering, commands = rendered

    # When sam deploy reads its configuration
    overrides = commands["deploy"]["options"]["parameter_overrides"]

    # Then it would deploy exactly these
    assert overrides == rendering.parameters
    assert [overrides[f"Textt{number}"] for number in range(len(TRICKY))] == TRICKY


def test_sync_and_list_get_the_same_parameters(
    rendered: tuple[Rendering, dict[str, Any]],
) -> None:
    # Given the same files
    rendering, commands = rendered

    # When the other commands that know parameters read them, then they are the same
    for command in ("sync", "list resources", "list endpoints"):
        assert commands[command]["options"]["parameter_overrides"] == rendering.parameters


def test_every_key_in_samconfig_is_an_option_of_its_command(
    rendered: tuple[Rendering, dict[str, Any]],
) -> None:
    # Given all commands
    _, commands = rendered

    # When what they are given is compared with what they know, beside what is global to all
    unknown = {name: set(told["unknown"]) - {"stack_name"} for name, told in commands.items()}

    # Then nothing is misspelled
    assert unknown == {name: set() for name in commands}


def test_a_deployment_knows_everything_it_needs(
    rendered: tuple[Rendering, dict[str, Any]],
) -> None:
    # Given the same files
    _, commands = rendered

    # When sam deploy reads them
    options = commands["deploy"]["options"]

    # Then it asks nothing, and takes nothing from a default
    assert options["stack_name"] == "desk-dev"
    assert options["s3_bucket"] == "desk-dev-111111111111-artifacts"
    assert options["role_arn"] == "arn:aws:iam::111111111111:role/desk-dev-deployment"
    assert (options["profile"], options["region"]) == ("desk-dev", "us-east-1")
    assert Path(options["template_file"]).name == "template.yaml"
    assert options["capabilities"] == ["CAPABILITY_AUTO_EXPAND"]
    assert not options["confirm_changeset"]
    assert not options["fail_on_empty_changeset"]


@pytest.mark.parametrize("command", ["delete", "logs", "list stack-outputs", "remote invoke"])
def test_the_other_commands_know_which_stack(
    command: str, rendered: tuple[Rendering, dict[str, Any]]
) -> None:
    # Given the same files
    _, commands = rendered

    # When a command reads them, then it is about this environment's stack
    options = commands[command]["options"]
    assert options["stack_name"] == "desk-dev"
    assert options["profile"] == "desk-dev"
