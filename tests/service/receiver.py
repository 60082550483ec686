"""A receiver of webhooks on this machine, over TLS, that behaves as badly as it is told."""

from __future__ import annotations

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

ENOUGH = 30  # seconds, for what would not end


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

    def behave(self, *behaviours: Behaviour) -> None:
        self.behaviours[:] = behaviours


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append(Request("POST", self.path, dict(self.headers), body))
        behaviours = self.receiver.behaviours
        (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def drip(self, first: bytes, piece: bytes) -> None:
        """Send pieces without end, until nobody listens any more."""
        try:
            self.wfile.write(first)
            while not self.receiver.over.wait(0.05):
                self.wfile.write(piece)
        except OSError:
            pass


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
    handler.receiver.over.wait(ENOUGH)


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
    """A receiver whose certificate is for this name, by an authority of its own."""
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
