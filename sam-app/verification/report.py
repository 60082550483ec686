"""One check of the smoke test: looked at, and printed as a line of JSON for the tool."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.client import HTTPException

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it is right, and what was seen."""

    check: str
    ok: bool
    seconds: float
    detail: str

    def print(self) -> None:
        """Print it at once: the tool reads it while the test goes on."""
        print(json.dumps(asdict(self)), flush=True)


class CheckFailedError(Exception):
    """Ends one check with what was seen; `checked` takes it."""


class StoppedError(BaseException):
    """The tool, or a person, ends the test. botocore would try again after an `Exception`."""


def checked(name: str, step: Callable[[], str]) -> Check:
    """Look at one thing; whatever fails is in the answer.

    Parameters
    ----------
    name:
        What is looked at.
    step:
        Looks, and returns what it saw.
    """
    started = time.monotonic()
    try:
        ok, detail = True, step()
    except StoppedError:
        ok, detail = False, "the test was ended"
    except (CheckFailedError, OSError, ValueError, HTTPException) as error:
        ok, detail = False, str(error)
    except (TypeError, AttributeError, IndexError) as error:
        ok, detail = False, f"the answer has another shape than expected: {error}"
    except (BotoCoreError, ClientError) as error:
        ok, detail = False, f"AWS refused: {error}"
    except KeyError as error:
        ok, detail = False, f"{error} is missing from what was answered, or from the outputs"
    return Check(name, ok, round(time.monotonic() - started, 3), detail)
