"""How tests at random run: on the same examples each time, as a suite that fails must fail again.

They are those of the same command: hypothesis also tries constants of the modules that are loaded.
With `HYPOTHESIS_PROFILE=long` (`make test-long`) they look at more, and at new ones every time.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
MANY = 10_000


def load_profile() -> None:
    """Have all tests at random run like this, unless they say otherwise."""
    # no deadline: a busy machine is not a bug
    settings.register_profile("usual", deadline=None, derandomize=True)
    # said, as hypothesis takes the same examples each time by itself where it sees a CI
    settings.register_profile("long", deadline=None, max_examples=MANY, derandomize=False)
    settings.load_profile("long" if LONG else "usual")


def examples(usually: int, long: int = MANY, **more: Any) -> settings:
    """So many examples, or so many in the long run; they may take their time to make."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=long if LONG else usually, suppress_health_check=checks, **more)
