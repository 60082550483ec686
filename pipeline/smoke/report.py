"""What a smoke test looked at, and what it saw."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it is right, and what was seen."""

    name: str
    ok: bool
    detail: str
    seconds: float


@dataclass(frozen=True)
class SmokeReport:
    """All checks in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check is right."""
        return all(check.ok for check in self.checks)


class CheckFailedError(Exception):
    """Ends one check with what was seen; `checked` takes it."""


def checked(name: str, step: Callable[[], str]) -> Check:
    """Look at one thing; whatever fails is in the answer.

    Parameters
    ----------
    name:
        What is looked at.
    step:
        Looks, and says what it saw.
    """
    started = time.monotonic()
    try:
        ok, detail = True, step()
    except (CheckFailedError, OSError, ValueError, HTTPException) as error:
        ok, detail = False, str(error)
    except (TypeError, AttributeError, IndexError) as error:
        ok, detail = False, f"the answer has another shape than expected: {error}"
    except (BotoCoreError, ClientError) as error:
        ok, detail = False, f"AWS refused: {error}"
    except KeyError as error:
        ok, detail = False, f"{error} is missing from what was answered, or from the outputs"
    return Check(name, ok, detail, round(time.monotonic() - started, 3))
