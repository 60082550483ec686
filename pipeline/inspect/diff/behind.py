"""Which of two environments runs the older release, as far as their records tell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.release.manifest import short

if TYPE_CHECKING:
    from pipeline.inspect.diff.comparing import Side


def behind(left: Side, right: Side) -> str:
    """Say which side has the older of two releases, and by how much.

    A release is older than another where one environment has verified first it, then the other.
    """
    for side in (left, right):
        record = side.record
        if record.kind == "rollback":
            return (
                f"{record.environment} went back to {short(record.release)} by rollback "
                f"{record.number}"
            )
    for ahead, other in ((left, right), (right, left)):
        if other.record.release in ahead.releases:
            count = ahead.releases.index(other.record.release)
            return (
                f"{other.record.environment} is behind {ahead.record.environment} by {count} "
                f"{'release' if count == 1 else 'releases'}"
            )
    return "neither has verified the other's release"
