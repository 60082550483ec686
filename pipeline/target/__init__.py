"""The target: where "dev" is. Locally an emulator per environment, otherwise an AWS account.

A profile leads there: for the local target from a generated AWS config file, for `aws` from the
user's own. This, and the platform, is all that differs; every tool is called in the same way.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codegen.errors import UsageError
from pipeline.checkout import Checkout

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment
    from pipeline.target.local.home import LocalHome

# What the functions run on in AWS. Locally they run on the emulator's own interpreter and CPU.
AWS_RUNTIME, AWS_ARCHITECTURE = "python3.13", "arm64"
# Variables that would change what Terraform, Terragrunt or git do: a release decides that alone.
STEERS = re.compile(
    r"TF_(VAR_|CLI_ARGS|WORKSPACE|DATA_DIR)|TG_|TERRAGRUNT_|GIT_(DIR|WORK_TREE|INDEX)"
)
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Platform:
    """What a function's code is built for: Lambda's names of runtime and architecture."""

    runtime: str
    architecture: str


@dataclass(frozen=True)
class Target:
    """`local` or `aws`, seen from one checkout."""

    name: Literal["local", "aws"]
    checkout: Checkout
    _sessions: dict[tuple[str, str], boto3.Session] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def selected(cls, checkout: Checkout) -> Target:
        """The target named by `BATON_TARGET`, `local` by default; UsageError for another word."""
        name = os.environ.get("BATON_TARGET") or "local"
        if name not in ("local", "aws"):
            raise UsageError(f"BATON_TARGET is {name!r}", "it can be local (the default) or aws")
        return cls("local" if name == "local" else "aws", checkout)

    @property
    def platform(self) -> Platform:
        """What functions are built for on this target."""
        if self.name == "aws":
            return Platform(AWS_RUNTIME, AWS_ARCHITECTURE)
        major, minor = sys.version_info[:2]  # the emulator's environment has the same Python
        return Platform(f"python{major}.{minor}", ARCHITECTURES[platform.machine().lower()])

    def variables(self, environment: Environment | None = None) -> dict[str, str | None]:
        """Environment variables for a child process; None means: to be unset.

        Without an environment, only those that lead to the pinned tools.
        """
        own = self._tool_variables()
        if environment is None:
            return own
        if self.name == "local":
            from pipeline.target.local import profiles

            own |= dict.fromkeys(profiles.variables_to_unset())
            own |= profiles.environment_variables(environment, self.local_home())
        else:
            own |= dict.fromkeys(self._left_by_local())
            own["AWS_PROFILE"] = environment.aws_profile
            # the SDKs of Go ask for the one, boto3 and the AWS CLI for the other
            own |= dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), environment.region)
        return own

    def _left_by_local(self) -> list[str]:
        """Variables of this shell that `baton env` has set for the local target."""
        own = self.checkout.home.resolve() / "local"
        files = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
        left = [
            name
            for name in files
            if name in os.environ and Path(os.environ[name]).resolve().is_relative_to(own)
        ]
        # on AWS credentials may well come from the machine's metadata
        return [*left, "AWS_EC2_METADATA_DISABLED"] if left else []

    def child(self, environment: Environment | None = None) -> dict[str, str]:
        """The whole environment for a child process that works on `environment`.

        Raises
        ------
        BatonError
            Its emulator does not run.
        """
        if environment is not None:
            self.require(environment)
        kept = {name: value for name, value in os.environ.items() if not STEERS.match(name)}
        return merged(kept, self.variables(environment))

    def activate(self) -> None:
        """Lead this process's own boto3 sessions to the target; each names its profile itself."""
        self.write_profiles()
        for name, value in self.variables(self.checkout.environments()[0]).items():
            os.environ.pop(name, None)
            if value is not None and name != "AWS_PROFILE":
                os.environ[name] = value

    def write_profiles(self) -> None:
        """Write the AWS config file that the local target's profiles come from."""
        if self.name == "local":
            from pipeline.target.local import profiles

            profiles.write_profiles(self.local_home())

    def local_home(self) -> LocalHome:
        """Where the emulators of this checkout live."""
        from pipeline.target.local.home import LocalHome

        return LocalHome.find(self.checkout.home, tuple(self.checkout.environments()))

    def session(self, environment: Environment) -> boto3.Session:
        """The boto3 session with the environment's profile, one for as long as the target lives.

        On the local target it is given, and asks, only while the environment's emulator runs.

        A session reads the models of the services that it makes clients for: S3's takes it longer
        than all calls of a rendering.

        Raises
        ------
        BatonError
            The profile gives no credentials, or its emulator does not run.
        """
        from pipeline.target.session import open_session

        self.require(environment)
        key = environment.aws_profile, environment.region
        if key not in self._sessions:
            self._sessions[key] = self.guarded(open_session(environment), environment)
        return self._sessions[key]

    def require(self, environment: Environment) -> None:
        """Refuse to work on an environment whose emulator does not run, on the local target.

        Raises
        ------
        BatonError
            It does not run; what answers in its place may be another checkout's.
        """
        if self.name == "local":
            from pipeline.target.local.home import LocalHome

            LocalHome(self.checkout.home, ()).require_running(environment)

    def guarded(self, session: boto3.Session, environment: Environment) -> boto3.Session:
        """A session whose every request requires that as well, however old its clients are."""
        session.events.register("before-send", lambda **_: self.require(environment))
        return session

    def _tool_variables(self) -> dict[str, str | None]:
        tools = self.checkout.tools
        return {
            "PATH": _first(str(tools / "bin"), os.environ.get("PATH", os.defpath)),
            "TF_CLI_CONFIG_FILE": str(tools / "terraform.rc"),
            "TG_TF_PATH": None,  # terragrunt.hcl chooses the engine
            "TG_NO_AUTO_PROVIDER_CACHE_DIR": "true",  # else links to this checkout stay in ~/.cache
            "TG_NON_INTERACTIVE": "true",
            "TG_BACKEND_BOOTSTRAP": "true",
            "TG_STRICT_MODE": "true",
            "SAM_CLI_TELEMETRY": "0",
            "__SAM_CLI_APP_DIR": str(tools / "sam"),  # else it writes into the home folder
            "AWS_PAGER": "",
        }


def merged(base: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """`base` with `changes` made; a change to None takes the variable out."""
    kept = {name: value for name, value in base.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def _first(folder: str, path: str) -> str:
    rest = [part for part in path.split(os.pathsep) if part and part != folder]
    return os.pathsep.join([folder, *rest])
