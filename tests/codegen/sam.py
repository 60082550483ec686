"""SAM's own parser, kept alive in its own environment, and a project that hands any text to it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.codegen.builders import CHECKOUT, project, replace

SAM_PYTHON = CHECKOUT / ".tools/envs/sam/bin/python"
PROBE = Path(__file__).parent / "sam_probe.py"


class Sam:
    """Answers what `sam <command> --config-env <env>` would get in a folder, hundreds a minute."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, folder: Path, env: str, *commands: str) -> dict[str, Any]:
        """Ask about some commands, or about all; see sam_probe.py for what an answer has."""
        question = {"folder": str(folder), "env": env, "commands": commands}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def overrides(self, folder: Path, env: str) -> dict[str, str]:
        """The parameters that `sam deploy` would deploy."""
        told = self.ask(folder, env, "deploy")["commands"]["deploy"]["options"]
        overrides: dict[str, str] = told["parameter_overrides"]
        return overrides


@contextmanager
def started(folder: Path, profiles: list[str]) -> Iterator[Sam]:
    """Keep one SAM running; it finds these profiles, and no credentials."""
    config = folder / "aws-config"
    config.write_text("".join(f"[profile {name}]\nregion = us-east-1\n" for name in profiles))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        [SAM_PYTHON, PROBE],
        # the machine's encoding is what SAM reads its files in: take the poorest
        env={**inherited, "AWS_CONFIG_FILE": str(config), "LC_ALL": "C", "PYTHONUTF8": "0",
             "PYTHONCOERCECLOCALE": "0", "SAM_CLI_TELEMETRY": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with process:
        yield Sam(process)
        assert process.stdin is not None
        process.stdin.close()


def project_of_texts(folder: Path, texts: int, lists: int) -> Path:
    """A project with a unit `texts`, whose outputs text0…, list0… are parameters Text0…, List0…."""
    root = project(folder)
    names = [
        *((f"text{number}", "String", "") for number in range(texts)),
        *((f"list{number}", "CommaDelimitedList", "comma_list | ") for number in range(lists)),
    ]
    (root / "modules/texts").mkdir()
    (root / "units/texts.hcl").touch()
    (root / "modules/texts/outputs.tf").write_text(
        "\n".join(f'output "{name}" {{\n  value = ""\n}}\n' for name, _, _ in names)
    )
    with (root / "codegen/templates/parameters.yaml.j2").open("a") as parameters:
        for name, _, listed in names:
            read = f"outputs.texts.{name} | {listed}yaml"
            parameters.write(f"{name.capitalize()}: {{{{ {read} }}}}\n")
    declared = "".join(f"  {name.capitalize()}: {{Type: {kind}}}\n" for name, kind, _ in names)
    replace(root / "template.yaml", "\nParameters:\n", f"\nParameters:\n{declared}")
    return root
