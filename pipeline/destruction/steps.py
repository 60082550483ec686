"""What `baton destroy` does, each step safe to repeat: what is gone already is passed over.

The order is one of need: Terraform plans first, so that a checkout that does not fit is found while
all is there; the stack goes while the role that may delete it is there; buckets are
emptied before Terraform, which refuses full ones, removes them; the states go when nothing is in
them any more.
"""

from __future__ import annotations

import shutil
import time

from codegen.errors import BatonError, Interrupted
from pipeline.adapters.aws import check_account
from pipeline.adapters.bucket import Bucket
from pipeline.adapters.sam import Sam
from pipeline.adapters.states import StateStore
from pipeline.adapters.store import ArtifactStore
from pipeline.destruction import refusals
from pipeline.destruction.contents import UnitContents, read_contents
from pipeline.destruction.destruction import Destruction
from pipeline.destruction.inventory import take_inventory
from pipeline.records.history import read_history
from pipeline.runs.step_runner import StepResult

LISTED = 10  # of the resources that are left; the states have them all


def survey(run: Destruction) -> StepResult:
    """Look at everything that is there, and refuse what must not be destroyed.

    Raises
    ------
    GateRefusedError
        The environment or its tables are protected.
    BatonError
        A profile leads to another account, the states are in another region or missing, one is
        locked, or a unit is not in this checkout.
    """
    refusals.check_settings(run.environment)
    run.session = run.target.session(run.environment)
    check_account(run.session, run.environment)
    run.sam = Sam(run.session, run.environment, run.target)
    run.states = StateStore(run.session, run.environment)
    refusals.check_region(run.environment, run.states.bucket.region())
    refusals.check_records(
        run.environment, read_history(ArtifactStore(run.session, run.environment))
    )
    run.inventory = take_inventory(run.session, run.environment, run.states, run.sam)
    refusals.check_states(run.environment, run.inventory)
    refusals.check_tables(run.environment, run.inventory.tables)
    refusals.check_units(run.environment, run.inventory.units, run.units)
    refusals.check_locks(run.environment, run.states.locks())
    resources = sum(len(unit.addresses) for unit in run.inventory.units)
    return StepResult(f"{resources} resources in {len(run.inventory.left)} units")


def plan(run: Destruction) -> StepResult:
    """Plan the units' destruction, to find what is in its way before anything has gone.

    Raises
    ------
    BatonError
        A unit cannot be planned: a unit here reads an output that is not applied yet, say.
    """
    left = run.inventory.left
    if not left:
        return StepResult("no unit has resources", "skipped")
    try:
        run.terragrunt.plan_destruction(left)
    except Interrupted:
        raise
    except BatonError as error:
        error.remedy += (
            "; where this checkout is ahead of what is applied: "
            f"make apply ENV={run.environment.name}"
        )
        raise
    return StepResult(f"{', '.join(left)} can be destroyed")


def stack(run: Destruction) -> StepResult:
    """Delete the CloudFormation stack.

    Raises
    ------
    BatonError
        CloudFormation could not delete a resource.
    """
    if run.sam.delete(run.say, time.sleep):
        return StepResult(f"deleted {run.sam.name}")
    return StepResult("there is none", "skipped")


def buckets(run: Destruction) -> StepResult:
    """Empty the buckets that Terraform is about to remove.

    Raises
    ------
    BatonError
        An object cannot be removed.
    """
    names = list(run.inventory.buckets)
    if not names:
        return StepResult("there are none", "skipped")
    removed = sum(Bucket(run.session, run.environment, name).empty() for name in names)
    return StepResult(f"emptied {', '.join(names)}: {removed} versions of objects")


def units(run: Destruction) -> StepResult:
    """Destroy the units that hold resources, dependents first.

    Raises
    ------
    UnitsFailedError
        A unit could not be destroyed wholly.
    """
    left = run.inventory.left
    if not left:
        return StepResult("none has resources", "skipped")
    run.terragrunt.destroy(left)
    _check_empty(run, _contents(run))
    return StepResult(f"destroyed: {', '.join(left)}")


def state(run: Destruction) -> StepResult:
    """Remove the state bucket, if no state has resources and nobody is at work on one.

    Raises
    ------
    BatonError
        Resources are left, or a state is locked.
    """
    name = run.states.bucket.name
    if not run.states.bucket.exists():
        return StepResult("there is none", "skipped")
    _check_empty(run, _contents(run))
    refusals.check_locks(run.environment, run.states.locks())
    if run.options.keep_state:
        return StepResult(f"kept {name}", "skipped")
    removed = run.states.bucket.empty()
    run.states.bucket.delete()
    return StepResult(f"deleted {name}: {removed} versions of objects")


def leftovers(run: Destruction) -> StepResult:
    """Remove what this checkout has of the environment: the unpacked release, Terraform's cache."""
    name = run.environment.name
    caches = [unit / ".terragrunt-cache" for unit in (run.checkout.live / name).iterdir()]
    removed = [folder for folder in (run.checkout.work(name), *caches) if folder.is_dir()]
    for folder in removed:
        shutil.rmtree(folder)
    if not removed:
        return StepResult("there are none", "skipped")
    return StepResult(f"{len(removed)} folders of this checkout")


def _contents(run: Destruction) -> tuple[UnitContents, ...]:
    return read_contents(run.states.read_all(), run.states.where, run.states.owner)


def _check_empty(run: Destruction, contents: tuple[UnitContents, ...]) -> None:
    left = [f"  {unit.unit}: {address}" for unit in contents for address in unit.addresses]
    if left:
        more = f"\n  and {len(left) - LISTED} more" if len(left) > LISTED else ""
        raise BatonError(
            f"{run.environment.name}: {len(left)} resources are still there:\n"
            + "\n".join(left[:LISTED])
            + more
        )
