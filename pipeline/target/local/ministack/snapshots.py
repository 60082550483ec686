"""An emulator's state on the disk: snapshots, each of one moment, whole or not there.

    live/       what MiniStack works in: S3's objects as they are written, all else as of its start
    saved-N/    a snapshot; the one with the highest number counts
    unsaved     is there while something has been done that no snapshot has

S3 replaces files and never writes into one, so the objects of a snapshot are links to the files.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

# What the emulator prints with its own address in it: queues' addresses, stacks' outputs and
# parameters, functions' variables. Items and objects are the application's, and stay as they are.
WITH_ADDRESSES = ("cloudformation", "lambda", "sqs")


@dataclass(frozen=True)
class Snapshots:
    """The folder of one emulator's state."""

    folder: Path

    @property
    def live(self) -> Path:
        """What MiniStack works in."""
        return self.folder / "live"

    @property
    def _unsaved(self) -> Path:
        return self.folder / "unsaved"

    def newest(self) -> Path | None:
        """The snapshot that counts."""
        found = [path for path in self.folder.glob("saved-*") if path.suffix != ".part"]
        return max(found, key=_number, default=None)

    def note_change(self) -> None:
        """Remember that something is done which no snapshot has."""
        self._unsaved.touch(0o600)

    def restore(self, port: int) -> None:
        """Begin with the newest snapshot, on this port."""
        self.folder.mkdir(0o700, parents=True, exist_ok=True)
        for left in (self.live, *self.folder.glob("*.part")):
            shutil.rmtree(left, ignore_errors=True)
        self.live.mkdir(0o700)
        if (newest := self.newest()) is not None:
            _link(newest, self.live)
            before = int((newest / "port").read_text())
            if before != port:
                _move_addresses(self.live, before, port)
        self._unsaved.unlink(missing_ok=True)

    def prepare(self, replaced: Collection[str]) -> Path:
        """A draft with all that is live but the states that are going to be replaced."""
        newest = self.newest()
        number = _number(newest) + 1 if newest else 1
        draft = self.folder / f"saved-{number:09}.part"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(0o700)
        _link(self.live, draft, {"port", *(f"{name}.json" for name in replaced)})
        return draft

    def finish(self, draft: Path, states: Mapping[str, str], port: int) -> None:
        """Write states into a draft, and let it count."""
        for name, text in states.items():
            (draft / f"{name}.json").write_text(text)
        (draft / "port").write_text(str(port))
        before = self.newest()
        draft.rename(draft.with_suffix(""))
        if before is not None:
            shutil.rmtree(before)

    def note_saved(self) -> None:
        """Forget that something was not saved."""
        self._unsaved.unlink(missing_ok=True)

    def lost(self) -> str:
        """What the end of a killed process has cost, in words."""
        if not self._unsaved.exists():
            return "nothing is lost"
        newest = self.newest()
        if newest is None:
            return "all that was in it is lost"
        saved = time.localtime(newest.stat().st_mtime)
        return f"what was done since {time.strftime('%H:%M:%S', saved)} is lost"


def _number(snapshot: Path) -> int:
    return int(snapshot.name.removeprefix("saved-"))


def _link(source: Path, target: Path, left_out: Collection[str] = ()) -> None:
    """Make a tree of links; drafts of files, and these names at the top, are left out."""
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        for name in folders:
            (here / name).mkdir(0o700)
        top = Path(folder) == source
        for name in files:
            if not name.endswith(".tmp") and not (top and name in left_out):
                os.link(Path(folder) / name, here / name)


def _move_addresses(folder: Path, before: int, port: int) -> None:
    """Let the addresses of this emulator's previous port be those of its new one."""
    address = re.compile(rf"(?<=//)(localhost|127\.0\.0\.1):{before}\b")
    for name in WITH_ADDRESSES:
        file = folder / f"{name}.json"
        if file.exists():
            text = address.sub(rf"\g<1>:{port}", file.read_text())
            file.unlink()  # it is a link to the snapshot's
            file.write_text(text)
