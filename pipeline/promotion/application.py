"""What rendering, deploying and verifying have to know: a release's application, and where it goes.

A promotion is one; so is what a failed promotion falls back to.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import boto3

    from codegen.handoff import Rendering
    from codegen.settings import Environment
    from codegen.sources.state import StateOutputs
    from pipeline.adapters.sam import Stack
    from pipeline.adapters.store import ArtifactStore
    from pipeline.release.folder import ReleaseFolder
    from pipeline.release.manifest import Release
    from pipeline.target import Target


class Application(Protocol):
    """A release's application in an environment; rendering and deploying add what they made.

    Attributes
    ----------
    deployed_at:
        When its deployment began; None before.
    may_run:
        Whether the stack may have this release: from the moment on at which its deployment begins,
        until CloudFormation is known to have rolled it back.
    """

    outputs: StateOutputs
    rendering: Rendering
    stack: Stack
    deployed_at: datetime.datetime | None
    may_run: bool

    @property
    def session(self) -> boto3.Session: ...
    @property
    def target(self) -> Target: ...
    @property
    def environment(self) -> Environment: ...
    @property
    def store(self) -> ArtifactStore: ...
    @property
    def folder(self) -> ReleaseFolder: ...
    @property
    def release(self) -> Release: ...
    @property
    def work(self) -> Path: ...
    @property
    def settings(self) -> Environment: ...
    @property
    def units(self) -> list[str]: ...
    @property
    def at_once(self) -> bool: ...
    @property
    def say(self) -> Callable[[str], None]: ...
