"""An HTTP server that answers in S3's and STS's place: as they do, or as nothing should."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What is answered to one request.

    Parameters
    ----------
    claimed:
        The length that is announced, where it is not the body's.
    pause:
        Seconds between two bytes of the body.
    held:
        Say nothing until the server is stopped.
    hangs_up:
        Close the connection without a word.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claimed: int | None = None
    pause: float = 0.0
    held: bool = False
    hangs_up: bool = False


def error(status: int, code: str, message: str = "", **headers: str) -> Answer:
    """An error as S3 writes it."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>"
    )
    return Answer(status, body.encode(), {"Content-Type": "application/xml", **headers})


def caller(account: str) -> Answer:
    """What STS answers to GetCallerIdentity."""
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult><Arn>arn:aws:iam::{account}:root</Arn>"
        f"<UserId>{account}</UserId><Account>{account}</Account></GetCallerIdentityResult>"
        "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
    return Answer(200, body.encode(), {"Content-Type": "text/xml"})


class AnsweringServer(ThreadingHTTPServer):
    """Path → answer; an object that has none is not there. A POST is for STS."""

    daemon_threads = True

    def __init__(self, account: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.identity = caller(account)
        self.asked: list[str] = []
        self.held = threading.Event()
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens; an IP address, for which SDKs put the bucket into the path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop_answering(self) -> None:
        """Be gone, as a server that was stopped."""
        self.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: AnsweringServer

    def do_GET(self) -> None:
        """Answer for S3."""
        path = self.path.partition("?")[0]
        self.server.asked.append(path)
        missing = "NoSuchKey" if path.strip("/").count("/") else "NoSuchBucket"
        self._give(self.server.answers.get(path, error(404, missing, "It is not there.")))

    def do_HEAD(self) -> None:
        """Answer without a body, as boto3 asks for a bucket's region."""
        self.do_GET()

    def do_POST(self) -> None:
        """Answer for STS."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._give(self.server.identity)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name upstream)
        """Keep the tests' output clean."""

    def _give(self, answer: Answer) -> None:
        if answer.held:
            self.server.held.set()
            self.server.stopped.wait()
        if answer.held or answer.hangs_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        length = len(answer.body) if answer.claimed is None else answer.claimed
        for name, value in {"Content-Length": str(length), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if not answer.pause:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            if self.server.stopped.is_set():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.pause)


@contextmanager
def answering(account: str) -> Iterator[AnsweringServer]:
    """A server that answers until the block ends.

    Parameters
    ----------
    account:
        Whose credentials STS says these are.
    """
    server = AnsweringServer(account)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stop_answering()
        thread.join()
