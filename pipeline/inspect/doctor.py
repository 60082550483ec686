"""The doctor's checks: each finds one thing, and knows how to fix it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError, SettingsError
from codegen.terraform.engine import MINIMUM, engine_of
from pipeline.adapters.aws import check_account

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class Check:
    """One thing looked at: what it is, what was found, and what to do if that is not right."""

    what: str
    ok: bool
    found: str
    remedy: str = ""

    def as_row(self) -> tuple[str, ...]:
        """The columns of the table."""
        return ("✓" if self.ok else "✗", self.what, self.found, "" if self.ok else self.remedy)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


def check_tools(checkout: Checkout, target: Target) -> list[Check]:
    """Every tool that a promotion calls: there, and new enough."""
    pins = tomllib.loads((checkout.root / "mise.toml").read_text())["tools"]
    minimum = {
        engine_of(checkout.root).command: ".".join(map(str, MINIMUM)),
        "terragrunt": pins["terragrunt"],
        "sam": pins["pipx:aws-sam-cli"],
        "checkov": pins["pipx:checkov"],
        "aws": pins["pipx:awscli"],
        "uv": pins["uv"],
        "git": "2.28",
    }
    env = target.child()
    return [_check_tool(name, needed, env) for name, needed in minimum.items()]


def _check_tool(name: str, needed: str, env: dict[str, str]) -> Check:
    try:
        done = subprocess.run(
            [name, "--version"], env=env, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return Check(name, ok=False, found=error.strerror or "not there", remedy="make setup")
    printed = done.stdout or done.stderr
    found = version_in(printed)
    if found is None:
        return Check(name, ok=False, found=printed.strip()[:60], remedy="make setup")
    shown = ".".join(map(str, found))
    remedy = f"{needed} or newer is needed" + ("" if name == "git" else ": make clean-tools setup")
    return Check(name, ok=found >= (version_in(needed) or ()), found=shown, remedy=remedy)


def version_in(text: str) -> tuple[int, ...] | None:
    """The first version in a text, as numbers: "Terraform v1.11.4" → (1, 11, 4)."""
    found = VERSION.search(text)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def check_settings(checkout: Checkout) -> tuple[Check, list[Environment]]:
    """Every environment's settings can be read; and those that can, if all can."""
    try:
        found = checkout.environments()
    except SettingsError as error:
        return Check("settings", ok=False, found=error.message, remedy=error.remedy), []
    return Check("settings", ok=True, found=", ".join(each.name for each in found)), found


def check_environment(target: Target, environment: Environment) -> Check:
    """The environment's credentials lead to its account."""
    what = f"{environment.name} ({environment.aws_profile})"
    try:
        check_account(target.session(environment), environment)
    except BatonError as error:
        return Check(what, ok=False, found=error.message, remedy=error.remedy)
    return Check(what, ok=True, found=f"account {environment.account_id} answers")
