"""Step `eligible`: which release goes to an environment, and whether it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.errors import NotEligibleError
from pipeline.adapters.reader import store_below
from pipeline.promotion.choosing import NO_SOURCE, choose, match
from pipeline.promotion.next_command import BUILD, next_command
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.protection import check_can_approve
from pipeline.records.history import read_history
from pipeline.records.opening import open_environment
from pipeline.records.record import (
    Record,
    last_verified,
    step_back,
    withdrawal,
)
from pipeline.release.build import changed_since, last_built
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID, short
from pipeline.runs.step_runner import StepResult

if TYPE_CHECKING:
    from pipeline.checkout import Checkout


NOTHING_BUILT = "no release has been built here yet"


def eligible(run: Promotion) -> StepResult:
    """Open the environment, and choose the release that may go there.

    Raises
    ------
    NotEligibleError
        There is nothing to promote, or it may not go here yet.
    BatonError
        A profile leads to another account than env.yaml says.
    UsageError
        The environment is protected, and there is nobody to approve.
    """
    reach(run)
    return select(run)


def select(run: Promotion) -> StepResult:
    """Choose the release, and refuse one that was not verified in the environment below.

    Raises
    ------
    NotEligibleError
        There is nothing to promote, or it may not go here yet, or it was taken out of here and is
        not named.
    UsageError
        What was asked for is no id of a release, or of several.
    BatonError
        The environment below cannot be read.
    """
    release_id, evidence = _verified_below(run) if run.below else _built_here(run)
    run.folder = ReleaseFolder(run.checkout.releases / release_id)
    if by := withdrawal(run.records, release_id):
        _check_named(run, release_id, by)
        evidence += f"; rollback {by.number} took it out of here"
    return StepResult(f"{short(release_id)} {evidence}")


def _check_named(run: Promotion, release: str, by: Record) -> None:
    """What a rollback took out comes back only where somebody says that it is meant."""
    if run.options.release is None:
        name = run.environment.name
        raise NotEligibleError(
            f"release {short(release)} was taken out of {name} by rollback {by.number}, and "
            "has not been verified there again: unless it is named, it is not promoted",
            "fix it and promote the new release; or, to promote this one all the same: "
            f"./baton promote {name} {short(release)}",
        )


def reach(run: Promotion) -> None:
    """Open the environment, and find its records.

    Raises
    ------
    BatonError
        The profile leads to another account than env.yaml says.
    UsageError
        The environment is protected, and there is nobody to approve.
    """
    opened = open_environment(run.target, run.environment)
    run.session, run.store, run.records = opened.session, opened.store, opened.records
    check_can_approve(run, run.environment)


def _built_here(run: Promotion) -> tuple[str, str]:
    wanted = run.options.release
    if wanted is None:
        release_id = last_built(run.checkout)
        if release_id is None:
            raise NotEligibleError(NOTHING_BUILT, BUILD)
        evidence = "built here last"
        if changed_since(release_id, run.checkout, run.target):
            evidence += "; the checkout has changed since it was built: ./baton build"
        return release_id, evidence
    return named_here(wanted, run.checkout), "built here"


def named_here(wanted: str, checkout: Checkout) -> str:
    """The release on this machine that `wanted` is, or begins.

    Raises
    ------
    UsageError, NotEligibleError
        As `match`.
    """
    folders = [path.name for path in checkout.releases.glob("*") if ID.fullmatch(path.name)]
    return match(wanted, folders, "built here")


def _verified_below(run: Promotion) -> tuple[str, str]:
    assert run.below is not None  # noqa: S101 - tells the type checker
    run.source = store_below(run.target, run.below, run.environment)
    records = read_history(run.source)
    if run.options.release is None and last_verified(records) is None:
        raise NotEligibleError(
            NO_SOURCE.format(run.below.name), next_command(run.checkout, run.target, run.below)
        )
    chosen = choose(run.options.release, records, run.below.name)
    by = step_back(records, run.records) if run.options.release is None else None
    if by:
        name = run.environment.name
        raise NotEligibleError(
            f"{run.below.name} went back to release {short(chosen[0])} by rollback {by.number}, "
            f"from what is verified in {name}: unless it is named, it is not promoted",
            f"./baton rollback {name} goes back here too, and leaves the infrastructure; "
            f"./baton promote {name} {short(chosen[0])} brings all of the older release",
        )
    return chosen
