"""The gates: what must be right before anything is changed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codegen.check import check
from codegen.errors import GateRefusedError
from codegen.sam.template import load_template
from pipeline import policy
from pipeline.adapters import checkov
from pipeline.expanded import expand_template
from pipeline.promotion.deployment import release_context
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.promotion.stateful import losses
from pipeline.release.manifest import TEMPLATE


def gates(run: Promotion) -> StepResult:
    """Run every gate; each says in a few words what it looked at.

    Raises
    ------
    GateRefusedError
        A gate found something; the message has all of it.
    """
    for name, gate in GATES.items():
        said = gate(run)
        before = run.gates.get(name)
        run.gates[name] = f"{before}; then {said}" if before else said
    return StepResult("\n".join(f"{name}: {said}" for name, said in run.gates.items()))


def check_contract(run: Promotion) -> str:
    """Templates, modules' outputs and the template's parameters must fit each other."""
    release = release_context(run.folder, run.release, TEMPLATE)
    problems = check(run.work, release.template, [release])
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise GateRefusedError(f"the hand-off contract is broken:\n{listed}")
    return "templates, outputs and parameters fit"


def check_policy(run: Promotion) -> str:
    """No finding of checkov on modules, plans and expanded template but those not adopted."""
    plan_files = {plan.unit: run.plan_folder / plan.unit / "tfplan.json" for plan in run.plans}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lay_out(folder, run.work / "modules", run.folder.path / TEMPLATE, plan_files)
        findings, passed = checkov.findings(folder, run.target.child())
    refused = policy.refused(findings, policy.load(run.work / "policies" / "not-adopted.yaml"))
    if refused:
        listed = "\n".join(f"  - {finding}" for finding in refused)
        raise GateRefusedError(
            f"{len(refused)} findings of checkov:\n{listed}",
            "mend them, or add an entry with a reason to policies/not-adopted.yaml",
        )
    return f"{passed} checks passed, {len(findings)} findings not adopted with a reason"


def check_losses(run: Promotion) -> str:
    """Nothing that holds data, or that the application stands on, is taken away unasked."""
    lost = losses(run.plans, run.options.allow_destroy)
    if lost:
        listed = "\n".join(f"  - {loss}" for loss in lost)
        allow = " ".join(f"--allow-destroy '{loss.address}'" for loss in lost)
        raise GateRefusedError(
            f"the plans take away what cannot be had back:\n{listed}",
            f"if that is meant: ./baton promote {run.environment.name} {allow}",
        )
    allowed = losses(run.plans)
    if allowed:
        return "allowed by name: " + ", ".join(f"{loss.action} {loss.address}" for loss in allowed)
    return "nothing that holds data is taken away"


def lay_out(folder: Path, modules: Path, template: Path, plans: dict[str, Path]) -> None:
    """Put side by side what one run of checkov looks at.

    Parameters
    ----------
    folder:
        An empty folder; it gets modules/, template.json and plans/<unit>.json.
    modules, template:
        The release's modules, and its packaged template, which is expanded as SAM does it.
    plans:
        Unit → plan JSON.
    """
    ignored = shutil.ignore_patterns(".terraform", "tests", "*.md")
    shutil.copytree(modules, folder / "modules", ignore=ignored)
    (folder / "template.json").write_text(json.dumps(expanded_for_policy(template), indent=1))
    (folder / "plans").mkdir()
    for unit, file in plans.items():
        shutil.copy(file, folder / "plans" / f"{unit}.json")


def expanded_for_policy(template: Path) -> dict[str, Any]:
    """The expanded template with references as they are: no check depends on a value."""
    revisions = sorted(load_template(template).revision_parameters)
    return expand_template(template, dict.fromkeys(revisions, "0" * 64))


GATES: dict[str, Callable[[Promotion], str]] = {
    "contract": check_contract,
    "losses": check_losses,
    "policy": check_policy,
}
