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
    show, replay, discard:
        What to do; none of them is to list.
    ids:
        The entries that are meant.
    everything:
        `--all`: all that there are.
    dry_run:
        Say what would be done, and do nothing.
    approved:
        `--yes`: do not ask.
    """

    environment: str
    show: bool = False
    replay: bool = False
    discard: bool = False
    ids: tuple[str, ...] = ()
    everything: bool = False
    dry_run: bool = False
    approved: bool = False

    @property
    def action(self) -> Action:
        """The one thing to do."""
        if self.show:
            return "show"
        if self.replay:
            return "replay"
        return "discard" if self.discard else "list"

    @property
    def changes(self) -> bool:
        """Whether anything would be different afterwards."""
        return self.action in ("replay", "discard") and not self.dry_run

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises
        ------
        UsageError
            Says what is wrong, and a command that is right.
        """
        command = f"./baton redrive {self.environment}"
        if self.show + self.replay + self.discard > 1:
            raise UsageError("--show, --replay and --discard are one at a time", f"{command} -h")
        if self.action == "list":
            self._check_list(command)
        elif self.everything and self.action != "replay":
            raise UsageError(f"--{self.action} takes ids, not --all", command)
        elif self.everything == bool(self.ids):
            both = "ids or --all, not both" if self.ids else "what to take: ids, or --all of it"
            raise UsageError(
                f"--{self.action} needs {both}" if self.replay else f"--{self.action} needs an id",
                command,
            )
        elif self.show and (len(self.ids) > 1 or self.dry_run):
            raise UsageError("--show is of one id, and changes nothing anyway", command)

    def _check_list(self, command: str) -> None:
        if self.ids or self.everything:
            wanted = "--all" if self.everything else " ".join(self.ids)
            raise UsageError(
                f"what is to be done with {wanted}: --show, --replay or --discard?",
                f"{command} --replay {wanted}",
            )
        if self.dry_run:
            raise UsageError("--dry-run is of --replay or --discard", f"{command} --replay --all")


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
        words = " ".join([f"--{request.action}", *(request.ids or ["--all"])])
        raise UsageError(
            f"{environment.name} is protected, {said}, and there is no terminal to ask at",
            f"./baton redrive {environment.name} {words} --yes",
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
