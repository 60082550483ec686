"""What is done for each event of the stream, one stage after the other."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stages, in their order."""

    AGGREGATE = "aggregate"
    NOTIFY = "notify"
    INTEGRATE = "integrate"
