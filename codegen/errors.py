"""The errors a user sees: what happened, where, and what to do next, with the exit code.

Everything Baton raises on purpose is a `BatonError`; the command prints its message and remedy,
never a traceback. The exit codes are part of the interface (README).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from codegen.place import Place


class BatonError(Exception):
    """Something failed in a way that is understood.

    Parameters
    ----------
    message:
        What happened and where, one sentence, with the value in it.
    remedy:
        What to do next, as a command where there is one.

    Attributes
    ----------
    where:
        The file and line that it is about, where these are known; the message has them as well.
    detail:
        What is shown below the message and kept nowhere: lines of a log, which may hold what
        customers write.
    """

    exit_code = 1
    where: Place | None = None
    detail: str = ""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def at(self, where: Place) -> Self:
        """Say where: `raise BatonError(…).at(place)`."""
        self.where = where
        return self

    def extended(self, message: str, remedy: str) -> Self:
        """Say more, and stay an error of the same class, with the same exit code."""
        self.args = (message,)
        self.message, self.remedy = message, remedy
        return self


def together(errors: Sequence[BatonError]) -> BatonError:
    """One error that says several; of their class where they have one, else a plain failure."""
    if len(errors) == 1:
        return errors[0]
    message = "\n".join(error.message for error in errors)
    remedy = "\n        ".join(dict.fromkeys(error.remedy for error in errors if error.remedy))
    kinds = {type(error) for error in errors}
    found = BatonError(message, remedy)
    found.exit_code = errors[0].exit_code if len(kinds) == 1 else BatonError.exit_code
    return found


class UsageError(BatonError):
    """The command was called in a way that cannot be meant."""

    exit_code = 2


class SettingsError(UsageError):
    """live/project.yaml or an env.yaml says something that is not allowed.

    Parameters
    ----------
    parts:
        Each problem by itself, where the message lists several.
    """

    def __init__(self, message: str, remedy: str = "", parts: Sequence[SettingsError] = ()) -> None:
        super().__init__(message, remedy)
        self.parts = list(parts) or [self]


class GateRefusedError(BatonError):
    """A gate did its work: the release must not go on as it is."""

    exit_code = 4


class NotEligibleError(BatonError):
    """The release may not be promoted to this environment."""

    exit_code = 5


class Interrupted(BatonError):  # noqa: N818  (an interruption is no error)
    """Ctrl-C or SIGTERM; what was begun was ended in order.

    Whoever goes on after a `BatonError` handles this class first: nothing more is to be started.
    """

    exit_code = 130
