"""The contract gate: the halves of a release must fit each other, in whatever environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.check import check
from codegen.problems import blocking
from pipeline.promotion.gates.results import GateResult

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion


def check_contract(run: Promotion) -> GateResult:
    """Templates, modules' outputs and the template's parameters must fit each other."""
    release = run.folder.context()
    problems = blocking(check(run.work, release.template, [release]))
    if problems:
        findings = tuple(map(str, problems))
        return GateResult("contract", "refused", "the hand-off contract is broken", findings)
    return GateResult("contract", "passed", "templates, outputs and parameters fit")
