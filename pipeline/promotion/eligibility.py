"""Which release goes to an environment, and whether it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.errors import NotEligibleError, UsageError
from pipeline.adapters.aws import check_account
from pipeline.adapters.store import ArtifactStore
from pipeline.promotion.approval import check_can_approve
from pipeline.promotion.promotion import Promotion, StepResult
from pipeline.promotion.records import Record, last_of, last_verified, read_all
from pipeline.release.build import last_built
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID, Release, short

if TYPE_CHECKING:
    from pipeline.target import Target


def eligible(run: Promotion) -> StepResult:
    """Choose the release, and refuse one that was not verified in the environment below.

    Raises
    ------
    NotEligibleError
        There is nothing to promote, or it may not go here yet.
    BatonError
        A profile leads to another account than env.yaml says.
    UsageError
        The environment is protected, and there is nobody to approve.
    """
    run.session = run.target.session(run.environment)
    check_account(run.session, run.environment)
    run.store = ArtifactStore(run.session, run.environment)
    run.records = read_all(run.store)
    check_can_approve(run, run.environment)
    if run.below is None:
        release_id, evidence = _built_here(run)
    else:
        release_id, evidence = _verified_below(run)
    run.folder = ReleaseFolder(run.checkout.releases / release_id)
    return StepResult(f"{short(release_id)} {evidence}")


def _built_here(run: Promotion) -> tuple[str, str]:
    wanted = run.options.release
    if wanted is None:
        release_id = last_built(run.checkout)
        if release_id is None:
            raise NotEligibleError("no release has been built here yet", "./baton build")
        return release_id, "built here last"
    folders = [path.name for path in run.checkout.releases.glob("*") if ID.fullmatch(path.name)]
    return match(wanted, folders, "built here"), "built here"


def _verified_below(run: Promotion) -> tuple[str, str]:
    assert run.below is not None  # noqa: S101 - tells the type checker
    session = run.target.session(run.below)
    check_account(session, run.below)
    return choose(run.options.release, read_all(ArtifactStore(session, run.below)), run.below.name)


def choose(wanted: str | None, records: list[Record], below: str) -> tuple[str, str]:
    """The release that the environment below has verified, and the words for it (pure).

    Raises
    ------
    NotEligibleError
        None was verified there, or the wanted one's last record there does not say so.
    """
    record = last_verified(records)
    if wanted is not None:
        release_id = match(wanted, {r.release for r in records}, f"promoted to {below}")
        record = last_of(records, release_id)
    if record is None:
        raise NotEligibleError(f"{below} has verified no release yet", f"./baton promote {below}")
    if not record.verified:
        raise NotEligibleError(
            f"release {short(record.release)} is not verified in {below}: {record.failure}",
            f"mend it and run ./baton promote {below}",
        )
    last = last_of(records, record.release)
    if last is not None and not last.verified:
        raise NotEligibleError(
            f"release {short(last.release)} was verified in {below} once, but failed there since: "
            f"{last.failure}",
            f"mend it and run ./baton promote {below}",
        )
    return record.release, f"verified in {below} (promotion {record.number})"


def match(wanted: str, known: set[str] | list[str], where: str) -> str:
    """The one known id that `wanted` is, or begins.

    Raises
    ------
    UsageError
        It is too short to mean anything, or fits several.
    NotEligibleError
        It fits none.
    """
    if len(wanted) < 6:
        raise UsageError(f"{wanted!r} is too short for a release id", "give six digits or more")
    found = [release for release in sorted(known) if release.startswith(wanted)]
    if not found:
        raise NotEligibleError(f"no release {wanted} was {where}", "./baton status")
    if len(found) > 1:
        raise UsageError(f"{wanted} fits {len(found)} releases", "give more of its digits")
    return found[0]


def check_fit(release: Release, target: Target, dirty: bool) -> None:
    """Refuse a release that was built for something else, or from uncommitted files for AWS.

    Raises
    ------
    NotEligibleError
        It cannot, or may not, run there.
    """
    built_for = (release.target, release.runtime, release.architecture)
    wanted = (target.name, target.platform.runtime, target.platform.architecture)
    if built_for != wanted:
        raise NotEligibleError(
            f"release {short(release.id)} was built for {' '.join(built_for)}, "
            f"this is {' '.join(wanted)}",
            "./baton build, with the same BATON_TARGET",
        )
    if dirty and target.name == "aws":
        raise NotEligibleError(
            f"release {short(release.id)} was built from files that are not committed",
            "commit them and run ./baton build",
        )
