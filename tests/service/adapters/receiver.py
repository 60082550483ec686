"""A receiver of webhooks on this machine, over TLS, that behaves as badly as it is told."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

# Seconds that a sender may stay with one that behaves badly: several times what it should, and
# short enough that one without time-outs of its own fails here, instead of hanging.
DEADLINE = 4
PAUSE = 0.05


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["_Handler"], None]


@dataclass
class Receiver:
    """What came, and what is answered: each behaviour once, the last one from then on."""

    url: str
    authorities: str
    requests: list[Request] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    outstayed: list[str] = field(default_factory=list)

    def behave(self, *behaviours: Behaviour) -> None:
        self.behaviours[:] = behaviours


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    timeout = DEADLINE  # of each read and write

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append(Request("POST", self.path, dict(self.headers), body))
        behaviours = self.receiver.behaviours
        (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def drip(self, first: bytes, piece: bytes) -> None:
        """Send pieces until nobody listens any more, or somebody does so for too long."""
        try:
            self.wfile.write(first)
            while self.somebody_stays():
                self.wfile.write(piece)
        except TimeoutError:
            self.receiver.outstayed.append("neither read nor left")
        except OSError:
            pass

    def somebody_stays(self) -> bool:
        """Whether, a moment later, the sender is still there, and may be."""
        self.pauses = getattr(self, "pauses", 0) + 1
        if self.pauses * PAUSE > DEADLINE:
            self.receiver.outstayed.append("stayed")
            return False
        # a sender that goes closes the connection, which can be read
        gone, _, _ = select.select([self.connection], [], [], PAUSE)
        return not gone and not self.receiver.over.is_set()


def answer(status: int, **headers: str) -> Behaviour:
    """Answer with this status."""

    def behave(handler: _Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def hang(handler: _Handler) -> None:
    """Never answer."""
    while handler.somebody_stays():
        pass


def headers_without_end(handler: _Handler) -> None:
    """Answer byte by byte, so that no single wait is long."""
    handler.drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"z")


def body_without_end(handler: _Handler) -> None:
    """Say that it is taken, and then talk."""
    handler.drip(b"HTTP/1.1 200 OK\r\n\r\n", b"z" * 65536)


def reset(handler: _Handler) -> None:
    """Break the connection off, without a word."""
    connection = handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def malformed(handler: _Handler) -> None:
    """Answer what is no HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n\r\n")


@contextmanager
def listening(folder: Path, name: str = "localhost") -> Iterator[Receiver]:
    """A receiver whose certificate is for this name, by an authority of its own.

    Raises
    ------
    AssertionError
        A sender stayed until it was sent away.
    """
    authority = trustme.CA()
    authorities = folder / "authorities.pem"
    authority.cert_pem.write_to_path(str(authorities))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    port = server.server_address[1]
    receiver = Receiver(f"https://localhost:{port}/hook/t0ken?key=s3cret", str(authorities))
    receiver.behave(answer(204))
    server.RequestHandlerClass = type("Handler", (_Handler,), {"receiver": receiver})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
    assert not receiver.outstayed, receiver.outstayed
