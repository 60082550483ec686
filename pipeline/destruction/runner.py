"""`baton destroy`: the survey, the confirmation, and the steps in order."""

from __future__ import annotations

from collections.abc import Callable

from codegen.errors import BatonError, Interrupted, UsageError
from pipeline.destruction.destruction import Destruction
from pipeline.destruction.refusals import check_confirmation, dependents
from pipeline.destruction.steps import buckets, leftovers, plan, stack, state, survey, units
from pipeline.locking.environment import alone
from pipeline.runs.console import Progress
from pipeline.runs.step_runner import StepResult, run_step

Step = Callable[[Destruction], StepResult]

STEPS: tuple[Step, ...] = (plan, stack, buckets, units, state, leftovers)


def destroy(run: Destruction, progress: Progress) -> bool:
    """Remove an environment whole. What a run that died has left, the next one removes.

    Returns
    -------
    bool
        False where nothing was there.

    Raises
    ------
    GateRefusedError
        The environment is protected, or the confirmation is not its name; nothing was touched.
    BatonError
        A step failed; says what is left, and that the same command goes on.
    """
    command = f"destroy {run.environment.name}"
    with alone(run.target, run.environment, command, progress.say) as held:
        run_step(survey, run, progress)
        if run.inventory.is_gone(run.options.keep_state):
            return False
        _confirm(run, progress)
        for step in STEPS:
            held.check()
            if step is buckets:  # one of them has the lease
                held.give_lease_back()
            try:
                run_step(step, run, progress)
            except Interrupted:
                raise
            except BatonError as error:
                error.extended(error.message, _remedy(step, run, error.remedy))
                raise
    return True


def _confirm(run: Destruction, progress: Progress) -> None:
    environment = run.environment
    progress.say(
        f"{environment.prefix} ({run.target.name}, {environment.region}, account "
        f"{environment.account_id}) is to be destroyed:"
    )
    for line in (*run.inventory.lines(), *_warnings(run)):
        progress.say(f"  {line}")
    command = run.options.command(environment, confirmed=True)
    if run.options.confirmation is not None:
        check_confirmation(environment, run.options.confirmation, command)
        return
    if run.ask is None:
        raise UsageError(
            f"there is no terminal to ask at whether {environment.name} is to be destroyed", command
        )
    typed = run.ask(f"Type {environment.prefix} to destroy it, for good")
    check_confirmation(environment, typed, command)
    run_step(survey, run, progress)  # while a person was reading, somebody may have begun to work


def _warnings(run: Destruction) -> list[str]:
    name = run.environment.name
    warnings = [
        f"{other} gets its releases from {name}: none can be promoted to it until {name} is back"
        for other in dependents(run.environment, run.others)
    ]
    if run.target.name == "aws":
        warnings.append(
            "Lambda takes up to 40 minutes to give its network interfaces back; until then the "
            "stack, subnets and security groups wait"
        )
    if any(unit.keys for unit in run.inventory.units):
        warnings.append("a KMS key is deleted after its waiting period, and usable for nothing")
    return warnings


def _remedy(step: Step, run: Destruction, remedy: str) -> str:
    left = [each.__name__ for each in STEPS[STEPS.index(step) :]]
    again = f"{run.options.command(run.environment)} goes on with: {', '.join(left)}"
    return f"{remedy}; then {again}" if remedy else again
