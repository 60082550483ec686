"""A download counts only when it is what its published checksums say."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tools import download


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    """A release folder over HTTP, on this machine only."""
    handler = partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


def _publish(folder: Path, content: bytes, digest: str) -> None:
    (folder / "tool_linux_amd64").write_bytes(content)
    (folder / "SHA256SUMS").write_text(f"{digest}  tool_linux_amd64\n{'0' * 64} *other\n")


def test_the_right_content_is_returned(base: str, tmp_path: Path) -> None:
    _publish(tmp_path, b"program", hashlib.sha256(b"program").hexdigest())

    assert download.verified(base, "tool_linux_amd64", "SHA256SUMS") == b"program"


def test_other_content_than_the_list_says_is_refused(base: str, tmp_path: Path) -> None:
    _publish(tmp_path, b"tampered", hashlib.sha256(b"program").hexdigest())

    with pytest.raises(download.DownloadError, match="its list says"):
        download.verified(base, "tool_linux_amd64", "SHA256SUMS")


@pytest.mark.parametrize("name", ["tool_darwin_arm64", "SHA256SUMS"])
def test_a_file_that_the_list_does_not_name_is_refused(
    base: str, tmp_path: Path, name: str
) -> None:
    _publish(tmp_path, b"program", "0" * 64)

    with pytest.raises(download.DownloadError, match="lists no"):
        download.verified(base, name, "SHA256SUMS")


def test_an_address_that_does_not_answer_is_named(base: str) -> None:
    with pytest.raises(download.DownloadError, match="SHA256SUMS: File not found"):
        download.verified(base, "x", "SHA256SUMS")


def test_an_executable_is_never_seen_half_written(tmp_path: Path) -> None:
    target = tmp_path / "bin" / "tool"

    download.save_executable(b"program", target)

    assert target.read_bytes() == b"program"
    assert target.stat().st_mode & 0o111
    assert list(target.parent.iterdir()) == [target]
