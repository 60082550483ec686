"""What shows that a record was changed after it was written: versions, numbers, and the chain.

Records are created once. So each has one version, their numbers have no gap, and each holds the
digest of the one before: who changes one has to change all that came after, and who removes one
leaves a gap. The newest record alone has none after it; its versions are all that shows there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from pydantic import ValidationError

from codegen.errors import BatonError
from codegen.shown import command
from pipeline.records.record import PREFIX, Record
from pipeline.release.manifest import digest, short

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.adapters.store import Version

KEY = re.compile(rf"{PREFIX}(\d{{6,}})\.json")


def check_versions(environment: Environment, versions: Sequence[Version]) -> int:
    """Check that every record was created once, and that none is missing.

    Parameters
    ----------
    versions:
        All versions and delete markers of the records, an object's newest first.

    Returns
    -------
    int
        How many records there are: they have the numbers from 1 to it.

    Raises
    ------
    BatonError
        Names the first object that was overwritten, deleted, or is none of the records.
    """
    numbers = []
    for key, group in groupby(sorted(versions, key=lambda each: each.key), lambda each: each.key):
        of_key = list(group)
        if len(of_key) > 1 or of_key[0].marker:
            raise _changed(environment, key, of_key)
        found = KEY.fullmatch(key)
        if not found or key != key_of(int(found[1])):
            raise BatonError(
                f"s3://{environment.artifact_bucket}/{key} is no promotion record, and nothing "
                "else belongs there",
                "see whose it is, and move it elsewhere",
            )
        numbers.append(int(found[1]))
    for place, number in enumerate(sorted(numbers), start=1):
        if number != place:
            raise _missing(environment, place, number)
    return len(numbers)


def _changed(environment: Environment, key: str, versions: Sequence[Version]) -> BatonError:
    """An object with a history: what it is, and how its first version comes back."""
    *later, first = versions
    listed = ", ".join(
        f"{'a delete marker' if each.marker else 'version'} {each.id} of {each.at}"
        for each in reversed(versions)
    )
    what = "deleted" if versions[0].marker else "overwritten"
    where = f"s3://{environment.artifact_bucket}/{key}"
    if first.marker:
        return BatonError(
            f"{where} was deleted, and its versions with it: all there is is {listed}",
            "bring it back from a copy: the record after it has its SHA-256 in previous; then "
            + _remove(environment, key, versions),
        )
    return BatonError(
        f"{where} was {what}, and records are created once: {listed}",
        "see who did it; what brings the first version back: " + _remove(environment, key, later),
    )


def _remove(environment: Environment, key: str, versions: Sequence[Version]) -> str:
    return " && ".join(
        "aws s3api delete-object "
        + command(
            *("--bucket", environment.artifact_bucket, "--key", key),
            *("--version-id", each.id, "--profile", environment.aws_profile),
        )
        for each in versions
    )


def _missing(environment: Environment, number: int, following: int) -> BatonError:
    return BatonError(
        f"s3://{environment.artifact_bucket}/{key_of(number)} is missing, though promotion "
        f"{following} is there",
        "bring it back from a copy: each record has the SHA-256 of the one before in previous",
    )


def key_of(number: int) -> str:
    """The key of the record with a number."""
    return f"{PREFIX}{number:06d}.json"


def parse(environment: Environment, number: int, content: bytes | None) -> Record:
    """Read a record, and check that it is the one that belongs in its place.

    Raises
    ------
    BatonError
        It is no record, or says another number or environment than where it lies.
    """
    where = f"s3://{environment.artifact_bucket}/{key_of(number)}"
    remedy = "records are created once and never changed: look at the object's versions"
    try:
        record = Record.model_validate_json(content or b"")
    except ValidationError as error:
        raise BatonError(
            f"{where} is no promotion record: {error.errors()[0]['msg']}", remedy
        ) from error
    if (record.number, record.environment) != (number, environment.name):
        raise BatonError(
            f"{where} is not the record that belongs there: it says promotion {record.number} of "
            f"{record.environment}",
            "it is a copy of that one: " + remedy,
        )
    return record


def check_link(environment: Environment, before: Record, content: bytes, record: Record) -> None:
    """Check that a record names the one before it, whose bytes are `content`.

    Records that are older than the chain name none; but once one does, all that follow do.

    Raises
    ------
    BatonError
        One of the two was changed after it was written.
    """
    actual = digest(content)
    if record.previous == actual or (not record.previous and not before.previous):
        return
    bucket = environment.artifact_bucket
    raise BatonError(
        f"s3://{bucket}/{before.key} is not what s3://{bucket}/{record.key} says was before it: "
        f"its SHA-256 is {short(actual)}, not {short(record.previous) or 'named there'}",
        "one of the two was changed after it was written: bring back the copy of the first whose "
        "SHA-256 the second names, or the second as it was",
    )
