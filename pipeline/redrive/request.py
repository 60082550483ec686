"""What a redrive was asked to do, and whether it may. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codegen.errors import GateRefusedError, UsageError
from pipeline.promotion.protection import protected_by

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.records.record import Record

Action = Literal["list", "show", "replay", "discard"]


@dataclass(frozen=True)
class Request:
    """What the caller asked for.

    Parameters
    ----------
    environment:
        The environment's name.
    action:
        The subcommand.
    ids:
        The entries to work on: their ids or the beginnings of them.
    everything:
        `--all`: all entries.
    dry_run:
        `--dry-run`: report what would be done, and do nothing.
    approved:
        `--yes`: do not ask.
    """

    environment: str
    action: Action
    ids: tuple[str, ...] = ()
    everything: bool = False
    dry_run: bool = False
    approved: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything would be different afterwards."""
        return self.action in ("replay", "discard") and not self.dry_run

    def check(self) -> None:
        """Refuse a replay of nothing, and one of ids and of everything at once.

        Raises
        ------
        UsageError
            Names a command that is right.
        """
        if self.action == "replay" and self.everything == bool(self.ids):
            both = "ids or --all, not both" if self.ids else "ids, or --all"
            raise UsageError(f"replay needs {both}", f"./baton redrive list {self.environment}")


def check_can_approve(
    request: Request, environment: Environment, records: Sequence[Record], asked: bool
) -> str | None:
    """Refuse early where an approval is needed and there is nobody to give it.

    Parameters
    ----------
    records:
        The environment's promotion records.
    asked:
        Whether there is a person to ask.

    Returns
    -------
    str | None
        What says that the environment is protected; None where no approval is needed.

    Raises
    ------
    UsageError
        The environment is protected, without a terminal and without `--yes`.
    """
    said = protected_by([environment], records)
    if said and not request.approved and not asked:
        words = " ".join([environment.name, *(request.ids or ["--all"])])
        raise UsageError(
            f"{environment.name} is protected, {said}, and there is no terminal to ask at",
            f"./baton redrive {request.action} {words} --yes",
        )
    return said


def approve(request: Request, entries: int, ask: Callable[[str], bool] | None) -> None:
    """Ask a person before anything of a protected environment is done.

    Raises
    ------
    GateRefusedError
        The answer was no.
    """
    what = f"{request.action} {entries} {'entry' if entries == 1 else 'entries'}"
    if request.approved or (ask and ask(f"{what} of {request.environment}?".capitalize())):
        return
    raise GateRefusedError(f"{request.environment}: not approved, nothing was done")
