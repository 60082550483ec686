"""Doing one piece of work after another, for as long as there is time and some of it works."""

from __future__ import annotations

from collections.abc import Callable

from desk.domain.jobs import HasTime

# By then it is not this or that piece of work that is broken.
FAILURES_IN_A_ROW = 3
# What data that is not as it was foreseen comes to: that piece of work is broken, and it says
# nothing of the others. If these counted, three such tickets after each other would end each run.
OF_ITS_OWN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Effort:
    """Keeps what failed, so that one broken thing does not hold up the others.

    Parameters
    ----------
    has_time:
        Asked before each piece of work.
    """

    def __init__(self, has_time: HasTime) -> None:
        self.errors: list[Exception] = []
        self._has_time = has_time
        self._in_a_row = 0
        self._over = False

    @property
    def complete(self) -> bool:
        """Whether it has not ended early so far."""
        return not self._over

    def goes_on(self) -> bool:
        """Whether there can be one more piece of work; once there cannot, it stays so."""
        if not self._over:
            self._over = self._in_a_row >= FAILURES_IN_A_ROW or not self._has_time()
        return not self._over

    def does(self, work: Callable[[], bool]) -> bool:
        """Do a piece of work; whether it is done: not where it says so, and not where it fails."""
        try:
            done = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the run says so at its end
            self.errors.append(error)
            if not isinstance(error, OF_ITS_OWN):
                self._in_a_row += 1
            return False
        if done:
            self._in_a_row = 0
        return done
