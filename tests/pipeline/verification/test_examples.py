"""The examples of docs/verify.md run as they are printed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.builders import write_executable
from tests.pipeline.verification.unpacked import Release

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/verify.md"


def example(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.M)
    return str(text)


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """An address that gives every request this answer."""

    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the test's output is for the test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("status", "problems"), [(200, ()), (403, ("the API answers: 403",))])
def test_the_example_in_bash(tmp_path: Path, status: int, problems: tuple[str, ...]) -> None:
    release = Release(tmp_path)
    write_executable(release.work / "sam-app/verify", example("bash"))
    with answering(status, {}) as address:
        release.deployment.stack.outputs["ApiUrl"] = address
        assert release.run().problems == problems


@pytest.mark.parametrize(
    ("state", "problems"), [("ACTIVE", ()), ("CREATING", ("table is active: CREATING",))]
)
def test_the_example_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, problems: tuple[str, ...]
) -> None:
    # Given a profile that leads to an address, as that of the local target does
    release = Release(tmp_path)
    write_executable(release.work / "sam-app/verify", example("python"))
    with answering(200, {"Table": {"TableStatus": state}}) as address:
        profile = release.deployment.environment.aws_profile
        keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
        (tmp_path / "config").write_text(f"[profile {profile}]\nendpoint_url = {address}\n{keys}")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
            monkeypatch.delenv(name, raising=False)
        assert release.run().problems == problems
