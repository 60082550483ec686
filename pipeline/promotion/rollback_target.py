"""Which release that was verified in an environment before is to run there again (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.errors import NotEligibleError
from pipeline.promotion.choosing import named
from pipeline.records.record import Record, last_of, last_verdict, last_verified, running
from pipeline.release.manifest import short


def last_good(records: Sequence[Record], but: str = "") -> Record | None:
    """The newest verified record of a release that has not failed, nor been taken out, since.

    A run that was interrupted says nothing about its release.

    Parameters
    ----------
    records:
        The environment's own.
    but:
        A release that is not meant.
    """
    for record in reversed(records):
        if record.verified and record.release != but:
            newest = last_verdict(records, record.release)
            if newest is not None and newest.verified and newest.release == record.release:
                return record
    return None


def to_put_back(wanted: str | None, records: Sequence[Record], environment: str) -> Record:
    """The record of the release that a rollback puts back.

    Parameters
    ----------
    records:
        The environment's own, one at least.
    wanted:
        Its id, or the beginning of one, though it may have failed, or been taken out, since it was
        verified; None for the last good one besides the newest.

    Raises
    ------
    NotEligibleError
        It was never verified here, it is what runs, or there is none.
    """
    newest = records[-1]
    if wanted is None:
        found = last_good(records, but=newest.release)
        if found is None:
            raise NotEligibleError(
                f"{environment} has no release to go back to: each one besides "
                f"{short(newest.release)} was never verified there, or has failed or been taken "
                "out since",
                f"fix it and run ./baton promote {environment}",
            )
        return found
    release = named(wanted, records, environment)
    if newest.verified and newest.release == release:
        raise NotEligibleError(
            f"release {short(release)} is what runs in {environment}, "
            f"{newest.kind} {newest.number} says",
            f"./baton rollback {environment}, for the one before",
        )
    found = last_verified(records, release)
    if found is None:
        last = last_of(records, release)
        raise NotEligibleError(
            f"release {short(release)} was never verified in {environment}: "
            + (last.failure if last else ""),
            f"./baton rollback {environment}, for the last one that was",
        )
    return found


def taken_out(records: Sequence[Record], release: str) -> str | None:
    """The release that is withdrawn when `release` is put back: the one that runs until then.

    Where that is `release` itself, put back after a promotion failed, it is the failed one.
    """
    newest, runs = records[-1], running(records)[0]
    if runs != release:
        return runs
    return newest.release if newest.release != release else newest.withdraws


def fall_back_target(records: Sequence[Record], failed: str) -> Record | None:
    """The record of the release to fall back to; None where that is the failed one itself."""
    last = last_good(records)
    return last if last is not None and last.release != failed else None
