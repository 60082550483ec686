"""`baton rollback`: a release that was verified in an environment before runs there again.

Only its application goes back. Infrastructure goes forward only, by promotions.
"""

from __future__ import annotations

from codegen.errors import GateRefusedError, NotEligibleError
from codegen.problems import ContractError
from codegen.sources.s3 import read_outputs
from codegen.sources.state import StateError, WrongStateError
from pipeline.promotion.next_command import next_command
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.protection import approved, would_ask
from pipeline.promotion.rollback_target import taken_out, to_put_back
from pipeline.promotion.running import Step, carry_out
from pipeline.promotion.steps.deploy import deploy, would_deploy
from pipeline.promotion.steps.eligible import reach
from pipeline.promotion.steps.fetch import unpack
from pipeline.promotion.steps.record import record, would_record
from pipeline.promotion.steps.render import render, rendered, would_render
from pipeline.promotion.steps.verify import verify, would_verify
from pipeline.records.record import Record
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import short
from pipeline.release.transfer import download
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult

UNKNOWN = ""  # infrastructure that no record tells of: the next promotion plans


def eligible(run: Promotion) -> StepResult:
    """Choose the release: the one asked for, or the last good one before the newest.

    Raises
    ------
    NotEligibleError
        It was never verified here, or there is none to go back to, or nothing was promoted yet.
    UsageError
        The environment is protected, and there is nobody to approve.
    """
    reach(run)
    if not run.records:
        raise NotEligibleError(
            f"nothing was promoted to {run.environment.name} yet",
            next_command(run.checkout, run.target, run.environment),
        )
    found = to_put_back(run.options.release, run.records, run.environment.name)
    run.withdraws = taken_out(run.records, found.release)
    run.folder = ReleaseFolder(run.checkout.releases / found.release)
    out = f"; takes out {short(run.withdraws)}" if run.withdraws else ""
    return StepResult(
        f"{short(found.release)} verified in {run.environment.name} "
        f"({found.kind} {found.number}){out}"
    )


def fetch(run: Promotion) -> StepResult:
    """Get the release from the environment's own bucket, and unpack it.

    Raises
    ------
    BatonError
        A file is missing there, or is not what its digest says.
    """
    detail = download(run.folder, run.store)
    run.release, run.settings = unpack(run.folder, run.target, run.work, run.environment)
    return StepResult(detail)


def gates(run: Promotion) -> StepResult:
    """The release must be able to live on the infrastructure as it is now, which has gone on.

    Raises
    ------
    GateRefusedError
        Its templates ask for what the outputs do not have any more; says what.
    """
    try:
        run.outputs = read_outputs(run.session, run.environment, run.units)
        run.rendering = rendered(run, run.outputs)
    except WrongStateError:
        raise
    except (StateError, ContractError) as error:
        raise GateRefusedError(
            f"release {short(run.release.id)} cannot run on what {run.environment.name} has now: "
            f"{error.message}",
            f"./baton rollback {run.environment.name} RELEASE names a newer one; or fix it, "
            f"./baton build, ./baton promote {run.environment.name}",
        ) from error
    run.infrastructure = _carried_over(run)
    run.gates["contract"] = "it can be rendered from the outputs as they are"
    return StepResult(f"contract: {run.gates['contract']}")


def _carried_over(run: Promotion) -> str:
    """The infrastructure's digest as the newest record has it, while the states are as it says.

    The newest, verified or not: what it records, it had applied.
    """
    newest = run.records[-1]
    try:
        run.states = read_outputs(run.session, run.environment, sorted(newest.serials))
    except StateError:
        return UNKNOWN
    same = (dict(run.states.serials), dict(run.states.lineages)) == (
        newest.serials,
        newest.lineages,
    )
    return newest.infrastructure if same else UNKNOWN


def approve(run: Promotion) -> StepResult:
    """Ask a person before a protected environment changes, as a promotion does.

    Raises
    ------
    UsageError
        There is nobody to ask.
    GateRefusedError
        The answer was no.
    """
    what = to_approve(run)
    return approved(run, what, f"Roll {run.environment.name} back to {what}?")


def would_approve(run: Promotion) -> StepResult:
    """Say who would have to approve."""
    return would_ask(run, to_approve(run))


def to_approve(run: Promotion) -> str:
    """What an approval is given for."""
    instead = f" instead of {short(run.withdraws)}" if run.withdraws else ""
    return f"release {short(run.release.id)}{instead}"


STEPS = (
    Step("eligible", eligible),
    Step("fetch", fetch),
    Step("gates", gates),
    Step("approve", approve, would_approve),
    Step("render", render, would_render),
    Step("deploy", deploy, would_deploy, changes=True, recorded_failure=True),
    Step("verify", verify, would_verify, recorded_failure=True),
    Step("record", record, would_record, changes=True, recorded_failure=True),
)


def roll_back(run: Promotion, progress: Progress) -> Record:
    """Run the steps in order. Where one fails, nothing else is deployed: a person decides.

    Returns
    -------
    Record
        The rollback's record, as stored.

    Raises
    ------
    BatonError
        A step failed or refused; what ended it from the deployment on has been recorded.
    """
    return carry_out(STEPS, run, progress)
