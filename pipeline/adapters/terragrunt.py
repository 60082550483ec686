"""Terragrunt: saved plans of an environment's units, their application, and the units' end.

What happened is read from the run report and the plans' JSON, never from what it prints.
"""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.errors import BatonError
from codegen.settings import Environment
from codegen.sources.state import state_key
from pipeline.adapters import process
from pipeline.adapters.states import LOCK, Lock
from pipeline.target import Target

LOCK_TIMEOUT = "-lock-timeout=60s"
NO_LOCK = "-lock=false"
LOCK_ID = re.compile(r"\bID:\s+([0-9a-f-]{36})")
HELD = "PreconditionFailed"  # S3's answer where the lock's object is there already
STALE = "Saved plan is stale"
# What Terragrunt puts around Terraform's own words.
AROUND = re.compile(r"error occurred:|\* Failed to execute .*|exit status \d+")
# An environment without a state bucket has no states: an empty one on this machine is the same.
NO_STATE = """
remote_state {
  backend = "local"

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }

  config = {
    path = "${get_terragrunt_dir()}/none.tfstate"
  }
}
"""


class UnitsFailedError(BatonError):
    """Some units were not planned, applied or destroyed; says which, and Terraform's own words."""


@dataclass(frozen=True)
class Terragrunt:
    """Terragrunt for one environment of one source tree (an unpacked release, or a checkout).

    Parameters
    ----------
    root:
        The tree with terragrunt.hcl and live/; a git repository's root.
    log_name:
        The folder of its logs; the environment's own by default. Another one where it may be at
        work beside a promotion.
    only_reads:
        Whether it must make nothing out there: no state bucket, and no lock of a state, which a run
        that is cut off would leave behind.
    """

    root: Path
    environment: Environment
    target: Target
    log_name: str = ""
    only_reads: bool = False

    @property
    def folder(self) -> Path:
        """The environment's folder, which holds its units."""
        return self.root / "live" / self.environment.name

    def dependencies(self) -> dict[str, list[str]]:
        """Unit → the units whose outputs it reads, as Terragrunt itself finds them.

        Raises
        ------
        ToolFailedError
            A unit's configuration cannot be parsed.
        """
        log = self._log("find")
        process.run(
            ["terragrunt", "find", "--json", "--dependencies", "--log-disable"],
            cwd=self.folder,
            env=self._variables(),
            log=log,
            errors=subprocess.DEVNULL,
        )
        found = json.loads(log.read_text())
        return {
            Path(unit["path"]).name: [Path(name).name for name in unit.get("dependencies", [])]
            for unit in found
        }

    def plan(self, plans: Path, units: Iterable[str] = ()) -> None:
        """Save a plan, and its JSON, for each of `units` (for all when there are none) in `plans`.

        Raises
        ------
        UnitsFailedError
            A unit could not be planned.
        """
        outputs = ("--out-dir", str(plans), "--json-out-dir", str(plans))
        lock = NO_LOCK if self.only_reads else LOCK_TIMEOUT
        self._run_all("plan", outputs, units, ["plan", "-input=false", lock])

    def apply(self, plans: Path, units: Iterable[str]) -> None:
        """Apply exactly the plans saved in `plans` of `units`, dependencies first.

        Raises
        ------
        UnitsFailedError
            A unit could not be applied.
        """
        self._run_all("apply", ("--out-dir", str(plans)), units, ["apply", LOCK_TIMEOUT])

    def plan_destruction(self, units: Iterable[str]) -> None:
        """Find out, changing nothing, whether `units` can be destroyed from this tree.

        Raises
        ------
        BatonError
            A unit's configuration does not fit what is applied, or a resource must not go.
        """
        self._run_all("plan", (), units, ["plan", "-destroy", "-input=false", LOCK_TIMEOUT])

    def destroy(self, units: Iterable[str]) -> None:
        """Destroy `units`, dependents first.

        Parameters
        ----------
        units:
            Those whose states hold resources. A unit that was destroyed before must not be among
            them: its dependencies may have lost the outputs that it would ask for.

        Raises
        ------
        UnitsFailedError
            A unit could not be destroyed, or not wholly.
        """
        arguments = ["destroy", "-auto-approve", "-input=false", LOCK_TIMEOUT]
        self._run_all("destroy", (), units, arguments)

    def _run_all(
        self, verb: str, options: Sequence[str], units: Iterable[str], arguments: Sequence[str]
    ) -> None:
        log = self._log(verb)
        report = log.with_suffix(".json")
        report.unlink(missing_ok=True)
        filters = [part for unit in units for part in ("--filter", f"name={unit}")]
        code = process.run(
            [
                *("terragrunt", "run", "--all", "--no-color", "--report-format", "json"),
                *("--report-file", str(report), *options, *filters, "--", *arguments),
            ],
            cwd=self.folder,
            env=self._variables(),
            log=log,
            check=False,
        )
        if code:
            raise self._failure(verb, code, report, log)

    def without_states(self) -> None:
        """Let the units of this tree, a copy of nobody else's, begin with empty states.

        For an environment whose state bucket is not there: planning would have to make it.
        """
        for file in self.folder.glob("*/terragrunt.hcl"):
            file.write_text(file.read_text() + NO_STATE)

    def _log(self, verb: str) -> Path:
        return self.target.checkout.log(
            self.log_name or self.environment.name, f"terragrunt-{verb}"
        )

    def _variables(self) -> dict[str, str]:
        own = {"TG_BACKEND_BOOTSTRAP": "false"} if self.only_reads else {}
        return self.target.child(self.environment) | own

    def _failure(self, verb: str, code: int, report: Path, log: Path) -> BatonError:
        try:
            runs = json.loads(report.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return process.ToolFailedError("terragrunt", code, log)
        failed = [run for run in runs if run["Result"] == "failed"]
        if not failed:
            return process.ToolFailedError("terragrunt", code, log)
        causes: dict[str, list[str]] = {}
        for run in failed:  # what several units have in common is said once
            causes.setdefault(cause_of(run.get("Cause") or ""), []).append(run["Name"])
        told = [
            f"  {', '.join(names)}:\n{textwrap.indent(cause, '    ')}"
            for cause, names in causes.items()
        ]
        noun = "unit" if len(failed) == 1 else "units"
        return UnitsFailedError(
            f"{self.environment.name}: {len(failed)} {noun} failed to {verb}:\n" + "\n".join(told),
            self._remedy(failed) or f"the whole output: {log}",
        )

    def _remedy(self, failed: Iterable[dict[str, str]]) -> str:
        for run in failed:
            cause = run.get("Cause") or ""
            found = LOCK_ID.search(cause)
            # a lock object without content has no id, and Terraform quotes S3's refusal alone
            if "Error acquiring the state lock" in cause and (found or HELD in cause):
                unit = Path(run["Name"]).name
                key = state_key(self.environment.name, unit) + LOCK
                where = f"s3://{self.environment.state_bucket}/{key}"
                lock = Lock(unit, where, found[1] if found else "")
                return f"if no other run is at work: {lock.unlock(self.environment.name)}"
            if STALE in cause:
                return (
                    "somebody has changed the state since it was planned, so that Terraform "
                    "refuses the plan: run the same command again, it plans again"
                )
        return ""


def cause_of(stderr: str) -> str:
    """Terraform's errors, whole: without colours, frames, and what Terragrunt says around them.

    Examples
    --------
    >>> cause_of("╷\\n│ Error: Invalid value\\n│ \\n│   on main.tf line 1:\\n╵\\nexit status 1")
    'Error: Invalid value\\n  on main.tf line 1:'
    """
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stderr)
    lines = [line.strip("│╷╵").rstrip() for line in plain.splitlines()]
    lines = [line for line in lines if line.strip() and not AROUND.fullmatch(line.strip())]
    first = next((i for i, line in enumerate(lines) if line.strip().startswith("Error: ")), 0)
    return textwrap.dedent("\n".join(lines[first:])) or "no reason given"
