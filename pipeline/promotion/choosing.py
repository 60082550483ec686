"""Which release is meant, and which the environment below has verified (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.errors import NotEligibleError, UsageError
from pipeline.records.record import Record, last_of, last_verdict, last_verified, withdrawal
from pipeline.release.manifest import ID, short

NO_SOURCE = "{} has verified no release yet"


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
    remedy = f"fix it and run ./baton promote {below}"
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
