"""When the state of a running emulator is saved: soon after a change, when all is quiet.

AWS: keeps what it has answered.
MiniStack: saves its state when it is stopped in order, and S3's objects at once. A process that is
killed leaves buckets and records of what is gone: tables, stacks and functions.
Here: a snapshot is taken half a second after the last request, or ten seconds after the first
change where there is no pause. None is taken while CloudFormation works on a stack or Terraform
holds a state's lock: an emulator that goes on from there would have half of what they do.

A copy is made on the event loop, where MiniStack serves its requests: none is half done meanwhile.
What its own threads change (stream mappings, stacks) may raise RuntimeError; then it is made later.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from ministack import app as ministack
from ministack.core import persistence
from snapshots import Snapshots

QUIET_SECONDS = 0.5
LONGEST_SECONDS = 10.0
PAUSES_APART = 100  # a copy keeps requests waiting: 60 ms after a promotion, more with many items
TICK_SECONDS = 0.1
LOCK_SUFFIX = ".tflock"
LOCK_MINUTES = 15.0  # the lock of a Terraform that was killed stays
READS = ("GET", "HEAD", "OPTIONS")
UNREADABLE = (TypeError, ValueError, KeyError, AttributeError)
logger = logging.getLogger("baton.saving")


class Saver:
    """Watches the requests, and takes snapshots."""

    def __init__(self, snapshots: Snapshots, port: int) -> None:
        self._snapshots, self._port = snapshots, port
        self._changed = False
        self._first_change = self._last_request = self._pause = 0.0
        self._task: asyncio.Task[None] | None = None

    def watching(self, app: Any) -> Any:
        """The ASGI application, watched."""

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                self._task = asyncio.create_task(self._save_when_quiet())
                await app(scope, receive, send)
                return
            self._note(scope)
            try:
                await app(scope, receive, send)
            finally:
                self._note(scope)

        return watched

    def save_at_the_end(self, _services: Any) -> None:
        """Save everything, in the place of MiniStack's own way; the server has stopped serving."""
        states = self._captured()
        self._snapshots.finish(self._snapshots.prepare(states), states, self._port)
        self._snapshots.note_saved()

    def _note(self, scope: Any) -> None:
        self._last_request = time.monotonic()
        if not self._changed and scope.get("method") not in READS:
            self._changed, self._first_change = True, self._last_request
            self._snapshots.note_change()

    async def _save_when_quiet(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                if self._changed and self._is_quiet() and not _at_work():
                    await self._save()
            except RuntimeError as error:
                logger.info("the state is saved later: %s", error)
            except OSError:
                logger.exception("the state could not be saved")

    def _is_quiet(self) -> bool:
        now, longest = time.monotonic(), max(LONGEST_SECONDS, PAUSES_APART * self._pause)
        return now - self._last_request >= QUIET_SECONDS or now - self._first_change >= longest

    async def _save(self) -> None:
        """Take a snapshot: the copy at once, so that it is of one moment; the files after it."""
        began = time.monotonic()
        states = self._captured()
        draft = self._snapshots.prepare(states)
        self._pause = time.monotonic() - began
        self._changed = False
        try:
            await asyncio.to_thread(self._snapshots.finish, draft, states, self._port)
        except OSError:
            self._changed, self._first_change = True, time.monotonic()
            raise
        if not self._changed:
            self._snapshots.note_saved()

    def _captured(self) -> dict[str, str]:
        """The state of each service, as MiniStack's own files have it."""
        states = {}
        services: dict[str, Callable[[], Any]] = ministack._build_persistence_save_dict()
        for name, get_state in services.items():
            try:
                states[name] = _text(name, get_state())
            except UNREADABLE:
                logger.exception("the state of %s cannot be written", name)
        return {name: text for name, text in states.items() if text}


def _text(name: str, state: Any) -> str:
    """A service's state as JSON; empty where it has none to report."""
    if state is None:
        return ""
    version = persistence._state_format_version(name)
    whole = {"__ministack_format__": version, "payload": state}
    return json.dumps(whole, default=persistence._json_default)


def _at_work() -> bool:
    """Whether somebody is in the middle of what is many requests."""
    cloudformation = sys.modules.get("ministack.services.cloudformation")
    stacks = cloudformation._stacks._data.values() if cloudformation else ()
    if any(_in_progress(stack.get("StackStatus", "")) for stack in stacks):
        return True
    s3 = sys.modules.get("ministack.services.s3")
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=LOCK_MINUTES)
    return any(
        key.endswith(LOCK_SUFFIX) and dt.datetime.fromisoformat(stored["last_modified"]) > oldest
        for bucket in (s3._buckets._data.values() if s3 else ())
        for key, stored in bucket["objects"].items()
    )


def _in_progress(status: str) -> bool:
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
