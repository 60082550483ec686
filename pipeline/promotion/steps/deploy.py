"""Step `deploy`: the release's files are copied, and SAM deploys its stack."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

from codegen.errors import BatonError, Interrupted
from pipeline.adapters.sam import Sam
from pipeline.promotion.application import Application
from pipeline.release.transfer import missing, upload
from pipeline.runs.step_runner import StepResult, would

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from pipeline.promotion.promotion import Promotion

# What is left where a deployment has failed, by the stack's status: not this release.
LEFT = {
    "UPDATE_ROLLBACK_COMPLETE": "CloudFormation has rolled back to the previous release",
    "ROLLBACK_COMPLETE": "it was the first deployment, so nothing runs; the next run starts again",
    "REVIEW_IN_PROGRESS": "it was the first deployment, so nothing runs",
    "ROLLBACK_FAILED": "CloudFormation could not roll back the first deployment: a person must "
    "delete the stack",
    "UPDATE_ROLLBACK_FAILED": "CloudFormation could not roll back to the previous release: a "
    "person must decide, between continue-update-rollback and delete-stack",
}
NOTHING = "there is no stack, so nothing runs"


def deploy(run: Application) -> StepResult:
    """Copy the release into this environment's bucket, then let SAM deploy it.

    Raises
    ------
    BatonError
        The deployment failed, with CloudFormation's first reason, and what it has left.
    """
    copied = upload(run.folder, run.release, run.store)
    sam = Sam(run.session, run.environment, run.target)
    sam.make_ready(run.say, time.sleep)
    run.deployed_at, run.may_run = datetime.datetime.now(datetime.UTC), True
    try:
        run.stack = sam.deploy(run.work / "sam-app")
    except Interrupted:
        raise
    except BatonError as error:
        left = _left(sam)
        run.may_run = not left
        error.extended(f"{error.message}; {left}" if left else error.message, error.remedy)
        raise
    return StepResult(f"{copied} objects copied, stack {sam.name} {run.stack.status}")


def _left(sam: Sam) -> str:
    """What CloudFormation has left of a deployment that failed; empty where that is not known."""
    try:
        stack = sam.stack()
    except Interrupted:
        raise
    except BatonError:  # what failed first is what the user must see
        return ""
    return LEFT.get(stack.status, "") if stack else NOTHING


def would_deploy(run: Promotion) -> StepResult:
    """Say how much would be copied, and onto which stack it would be deployed."""
    there = run.store.exists()
    lacking = missing(run.folder, run.release, run.store) if there else iter(run.release.names)
    count = sum(1 for _ in lacking)

    sam = Sam(run.session, run.environment, run.target)
    stack = sam.stack()
    state = f"which is {stack.status}" if stack else "which is not there yet"
    return would(f"copy {count} objects, and deploy the stack {sam.name}, {state}")
