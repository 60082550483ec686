"""The policy gate: checkov on the release's modules, its plans, and its template as expanded."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.sam.template import load_template
from pipeline.adapters import checkov
from pipeline.promotion.gates import exceptions as policy
from pipeline.promotion.gates.findings import each_once, written
from pipeline.promotion.gates.results import GateResult
from pipeline.promotion.saved_plans import PLAN_JSON
from pipeline.release.expansion import expand_template
from pipeline.release.manifest import ARTIFACTS, NESTED, TEMPLATE

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion


def check_policy(run: Promotion) -> GateResult:
    """No finding of checkov on modules, plans and expanded template but those not adopted."""
    plan_files = {plan.unit: run.plan_folder / plan.unit / PLAN_JSON for plan in run.plans}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lay_out(folder, run.work / "modules", run.folder.path / TEMPLATE, plan_files)
        looked = checkov.look(folder, run.target.child(), run.checkout)
    accepted = policy.load(run.work)
    places = written(run.work, run.folder.path / TEMPLATE, run.checkout.sam_app / TEMPLATE)
    refused = policy.refused(looked.findings, accepted)
    if refused:
        found = each_once(map(places.located, refused))
        noun = "finding" if len(found) == 1 else "findings"
        return GateResult(
            "policy",
            "refused",
            f"{len(found)} {noun} of checkov",
            tuple(map(str, found)),
            f"correct them, or add an entry with a reason to {policy.FILE}",
        )
    excepted = len(each_once(map(places.located, looked.findings)))
    said = f"{looked.passed} checks passed, {excepted} findings not adopted with a reason"
    if looked.before:
        said += ", as checkov has found of the same files before"
    return GateResult("policy", "passed", said)


def lay_out(folder: Path, modules: Path, template: Path, plans: dict[str, Path]) -> None:
    """Put side by side what one run of checkov looks at.

    Parameters
    ----------
    folder:
        An empty folder; it gets modules/, template.json, nested/<n>.json and plans/<unit>.json.
    modules, template:
        The release's modules, and its packaged template, which is expanded as SAM does it; so are
        the templates that it nests, which are beside it.
    plans:
        Unit → plan JSON.
    """
    ignored = shutil.ignore_patterns(".terraform", "tests", "*.md")
    shutil.copytree(modules, folder / "modules", ignore=ignored)
    (folder / "template.json").write_text(json.dumps(expanded_for_policy(template), indent=1))
    (folder / "nested").mkdir()
    for number, nested in enumerate(sorted(template.parent.glob(f"{ARTIFACTS}*{NESTED}"))):
        expanded = json.dumps(expanded_for_policy(nested), indent=1)
        (folder / "nested" / f"{number}.json").write_text(expanded)
    (folder / "plans").mkdir()
    for unit, file in plans.items():
        shutil.copy(file, folder / "plans" / f"{unit}.json")


def expanded_for_policy(template: Path) -> dict[str, Any]:
    """The expanded template with references as they are, and without the names of code.

    No check depends on either; so a release of other code alone has nothing new to look at.
    """
    revisions = sorted(load_template(template).revision_parameters)
    return expand_template(template, dict.fromkeys(revisions, "0" * 64), any_code=True)
