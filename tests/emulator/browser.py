"""A real browser, and a site of somebody else that it visits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REQUIRED = "BATON_REQUIRE_BROWSER"  # "1": where there is none, its tests fail
# Names of sites, all of which are this machine: the browser asks no DNS server.
RESOLVER = "MAP *.example 127.0.0.1"
SECONDS = 60


def program() -> str:
    """The browser; skips the test where there is none, unless one is required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    missing = f"no browser is installed: none of {', '.join(NAMES)} is in PATH"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED} is set, but {missing}")
    pytest.skip(missing)


@dataclass(frozen=True)
class Browser:
    """A headless browser without a history."""

    program: str
    profile: Path

    def page(self, address: str) -> str:
        """What an address shows."""
        return subprocess.run(
            self._command("--dump-dom", address),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        ).stdout

    @contextmanager
    def visiting(self, address: str) -> Iterator[None]:
        """A visit, for as long as the block lasts."""
        # without a way to be debugged it would be over at once
        command = self._command("--remote-debugging-port=0", address)
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=quiet, stderr=quiet) as visit:
            try:
                yield
            finally:
                visit.terminate()

    def _command(self, *arguments: str) -> list[str]:
        return [
            self.program,
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--no-first-run", "--disable-background-networking", "--no-proxy-server"),
            *(f"--user-data-dir={self.profile}", f"--host-resolver-rules={RESOLVER}"),
            *arguments,
        ]


@dataclass
class Site:
    """Somebody else's site: its page runs a script, which hands in what it has found out."""

    port: int
    found: dict[str, Any] = field(default_factory=dict)
    handed_in: Event = field(default_factory=Event)

    def visited_by(self, browser: Browser) -> dict[str, Any]:
        """What the script found out, in this browser."""
        with browser.visiting(f"http://evil.example:{self.port}/"):
            assert self.handed_in.wait(SECONDS), "the page has handed in nothing"
        return self.found


@contextmanager
def site(script: str) -> Iterator[Site]:
    """A site whose page runs a script: the body of an async function."""
    page = f"""<!doctype html><body><script>
      (async () => {{ {script} }})()
        .catch(error => ({{failed: String(error)}}))
        .then(found => fetch("/found", {{method: "POST", body: JSON.stringify(found)}}));
    </script>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(page.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(b"")
            served.found = json.loads(body)
            served.handed_in.set()

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Site(server.server_address[1])
        Thread(target=server.serve_forever, daemon=True).start()
        yield served
        server.shutdown()
