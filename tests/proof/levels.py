"""How near to AWS a test is, which follows from where it stands."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePosixPath


class Level(Enum):
    """From the nearest to the furthest; the value is how it is said."""

    END_TO_END = "end to end"
    EXPANDED = "template or plan"
    SIMULATED = "simulator"
    UNIT = "unit or contract"


# The first pattern that fits decides.
PLACES = (
    ("tests/e2e/*.py", Level.END_TO_END),
    ("tests/service/template/*.py", Level.EXPANDED),
    ("tests/terraform/test_autoscaling.py", Level.SIMULATED),  # applied, on moto
    ("tests/terraform/*.py", Level.EXPANDED),
    ("modules/*/tests/*.tftest.hcl", Level.EXPANDED),
    ("tests/emulator/*.py", Level.SIMULATED),
)


def level_of(file: PurePosixPath) -> Level:
    """The level of the tests in a file, by its path in the checkout."""
    return next((level for place, level in PLACES if file.match(place)), Level.UNIT)
