"""Which release goes to an environment, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.errors import NotEligibleError, UsageError
from pipeline.adapters.aws import check_account
from pipeline.adapters.reader import store_below
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.approval import check_can_approve
from pipeline.promotion.next_command import BUILD, next_command
from pipeline.promotion.promotion import Promotion
from pipeline.promotion.records.history import read_history
from pipeline.promotion.records.record import (
    Record,
    last_of,
    last_verdict,
    last_verified,
    step_back,
    withdrawal,
)
from pipeline.release.build import changed_since, last_built
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID, short
from pipeline.step_runner import StepResult

if TYPE_CHECKING:
    from pipeline.checkout import Checkout


NOTHING_BUILT = "no release has been built here yet"
NO_SOURCE = "{} has verified no release yet"


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
            "mend it and promote the new release; or, to promote this one all the same: "
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
    run.session = run.target.session(run.environment)
    check_account(run.session, run.environment)
    run.store = ArtifactStore(run.session, run.environment)
    run.records = read_history(run.store)
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


def choose(wanted: str | None, records: Sequence[Record], below: str) -> tuple[str, str]:
    """The release that the environment below has verified, and the words for it (pure).

    What the newest record says of a release counts, whatever older ones say: that it was verified,
    or that it failed. What a rollback took out stays out until it is verified again.

    Raises
    ------
    NotEligibleError
        None was verified there, or the newest record of the release does not say so.
    """
    release = _last_verified(records, below) if wanted is None else named(wanted, records, below)
    newest = last_verdict(records, release)
    assert newest is not None  # noqa: S101 - it is one of those in the records
    remedy = f"mend it and run ./baton promote {below}"
    if by := withdrawal(records, release):
        raise NotEligibleError(
            f"release {short(release)} was taken out of {below} by rollback {by.number}", remedy
        )
    if not newest.verified:
        how = f"is not verified in {below}"
        if wanted is None:
            how = f"was verified in {below} once, but failed there since"
        raise NotEligibleError(f"release {short(release)} {how}: {newest.failure}", remedy)
    return release, f"verified in {below} ({newest.kind} {newest.number})"


def _last_verified(records: Sequence[Record], below: str) -> str:
    record = last_verified(records)
    if record is None:
        raise NotEligibleError(NO_SOURCE.format(below), f"./baton promote {below}")
    return record.release


def named(wanted: str, records: Sequence[Record], environment: str) -> str:
    """The release among an environment's records that `wanted` is, or begins.

    Raises
    ------
    UsageError, NotEligibleError
        As `match`.
    """
    if ID.fullmatch(wanted):  # no other begins with it, so that not every record must be read
        known = {wanted} if last_of(records, wanted) else set()
    else:
        known = {record.release for record in records}
    return match(wanted, known, f"promoted to {environment}")


def match(wanted: str, known: set[str] | list[str], where: str) -> str:
    """The one known id that `wanted` is, or begins.

    Raises
    ------
    UsageError
        It is too short to mean anything, or fits several.
    NotEligibleError
        It fits none.
    """
    if not set(wanted) <= set("0123456789abcdef"):
        raise UsageError(
            f"{wanted!r} is no release id, nor the beginning of one: those are digits and a to f",
            "./baton status",
        )
    if len(wanted) < 6:
        raise UsageError(f"{wanted!r} is too short for a release id", "give six digits or more")
    found = [release for release in sorted(known) if release.startswith(wanted)]
    if not found:
        raise NotEligibleError(f"no release {wanted} was {where}", "./baton status")
    if len(found) > 1:
        raise UsageError(f"{wanted} fits {len(found)} releases", "give more of its digits")
    return found[0]
