"""Where things are: the checkout, its tools, and the folder for what a run leaves behind."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from pathlib import Path

from codegen.settings import Environment, load_all, load_environment


def whoami() -> str:
    """Who is at work, for records: whoever started the workflow, where one is at work.

    A container's user may have no name.
    """
    if actor := _on_github("GITHUB_ACTOR"):
        return actor
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError until Python 3.13
        return f"uid {os.getuid()}"


def run_address() -> str:
    """Where the workflow run can be looked at that is at work; empty on a person's machine."""
    server, repository, number = map(
        _on_github, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    if not (server and repository and number):
        return ""
    return f"{server}/{repository}/actions/runs/{number}"


def _on_github(name: str) -> str:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return ""
    return os.environ.get(name, "")


@dataclass(frozen=True)
class Checkout:
    """A checkout of Baton and the folders in it.

    Parameters
    ----------
    root:
        The repository's root.
    home:
        Where releases, work folders, logs and the emulators' state go; not committed.
    """

    root: Path
    home: Path

    @classmethod
    def here(cls) -> Checkout:
        """The checkout this code runs from; `BATON_HOME` moves its home."""
        root = Path(__file__).resolve().parent.parent
        return cls(root, Path(os.environ.get("BATON_HOME") or root / ".baton").resolve())

    @property
    def live(self) -> Path:
        return self.root / "live"

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def sam_app(self) -> Path:
        return self.root / "sam-app"

    @property
    def releases(self) -> Path:
        """The releases built here or fetched, a folder each, named by id."""
        return self.home / "releases"

    def work(self, environment: str) -> Path:
        """Where an environment's promotion unpacks its release; made anew by each run."""
        return self.home / "work" / environment

    def log(self, environment: str, tool: str) -> Path:
        """The file that takes what a tool printed last for an environment."""
        return self.home / "logs" / environment / f"{tool}.log"

    def environment(self, name: str) -> Environment:
        """Read one environment's settings; raises as `codegen.settings.load_environment`."""
        return load_environment(self.live, name)

    def environments(self) -> list[Environment]:
        """Read all environments in promotion order; raises as `codegen.settings.load_all`."""
        return load_all(self.live)
