"""The teams that tickets belong to."""

from __future__ import annotations

import re

# What the smoke test of a deployment makes up: it runs in production too. Narrow on purpose: a
# real team may be called smoke-control.
_SMOKE_TEST = re.compile(r"smoke-[0-9a-f]{12}")


def is_real(team: str) -> bool:
    """Whether there are people behind a team; the tickets of a smoke test's are nobody's."""
    return _SMOKE_TEST.fullmatch(team) is None
