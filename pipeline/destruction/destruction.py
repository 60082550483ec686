"""One destruction as it goes: what the steps are given, and what they find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.sources.s3 import units_of
from pipeline.adapters.terragrunt import Terragrunt

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.adapters.sam import Sam
    from pipeline.adapters.states import StateStore
    from pipeline.checkout import Checkout
    from pipeline.destruction.inventory import Inventory
    from pipeline.runs.step_runner import StepRecord
    from pipeline.target import Target


@dataclass(frozen=True)
class Options:
    """What the caller asked for.

    Parameters
    ----------
    confirmation:
        The environment's full name, typed beforehand; None where a person is to be asked.
    keep_state:
        Leave the state bucket, with the states of what was destroyed, where it is.
    """

    confirmation: str | None = None
    keep_state: bool = False

    def command(self, environment: Environment, *, confirmed: bool = False) -> str:
        """The command that asks for the same again; `confirmed` adds the right confirmation."""
        words = ["./baton destroy", environment.name]
        if self.keep_state:
            words.append("--keep-state")
        if confirmed:
            words.append(f"--confirm {environment.prefix}")
        return " ".join(words)


@dataclass
class Destruction:
    """The state of one run; a step reads what earlier ones set."""

    checkout: Checkout
    target: Target
    environment: Environment
    others: list[Environment]
    options: Options
    say: Callable[[str], None]
    ask: Callable[[str], str] | None

    # set by: survey
    session: boto3.Session = field(init=False)
    sam: Sam = field(init=False)
    states: StateStore = field(init=False)
    inventory: Inventory = field(init=False)
    # set by the runner
    steps: list[StepRecord] = field(default_factory=list)

    @property
    def units(self) -> list[str]:
        """The units that this checkout has for the environment."""
        return units_of(self.checkout.live, self.environment.name)

    @property
    def terragrunt(self) -> Terragrunt:
        """Terragrunt in this checkout."""
        return Terragrunt(self.checkout.root, self.environment, self.target)
