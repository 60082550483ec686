"""What only the user may read: the emulators' folders, and the secret of their credentials."""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path

from pipeline.target.local.ministack.keys import SECRET_BYTES

FOLDER, FILE = 0o700, 0o600


def make(folder: Path, top: Path) -> Path:
    """Make a folder below `top`, which nobody else may enter, and return it."""
    top.mkdir(FOLDER, parents=True, exist_ok=True)
    if top.stat().st_mode & 0o777 != FOLDER:
        top.chmod(FOLDER)  # an earlier version made it
    folder.mkdir(FOLDER, parents=True, exist_ok=True)
    return folder


def secret_file(top: Path) -> Path:
    """The file with a random secret, which is made once: of two commands, the first wins."""
    file = make(top, top) / "secret"
    if not file.exists():
        draft = top / f".secret.{os.getpid()}.{threading.get_ident()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "w") as stream:
            stream.write(secrets.token_hex(SECRET_BYTES))
        with suppress(FileExistsError):
            file.hardlink_to(draft)  # whole, or not at all
        draft.unlink()
    return file
