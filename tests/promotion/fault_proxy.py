"""A proxy between AWS's callers and an emulator that can refuse, lose, hold and count calls."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
PATIENCE_SECONDS = 60
# How a service of the query protocol and S3 say an error; who asks by JSON gets the first too.
QUERY = "<ErrorResponse><Error><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>"
REST = "<Error><Code>{code}</Code><Message>{code}</Message></Error>"


@dataclass(frozen=True)
class Call:
    """One call: "sts", "GetCallerIdentity"; for S3 "s3", "PUT /bucket/key?query"."""

    service: str
    operation: str

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass
class Rule:
    """What is done with calls that match, so many times."""

    pattern: re.Pattern[str]
    times: int
    status: int = 0  # to be refused with; 0: to be held
    code: str = ""
    skip: int = 0  # so many are passed on first
    answered: bool = False  # whether the emulator has done it already when it is held
    arrived: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Hold the call that has come."""
        self.arrived.set()
        self.go.wait(PATIENCE_SECONDS)

    def wait(self) -> None:
        """Wait until a call is held."""
        assert self.arrived.wait(PATIENCE_SECONDS), f"nobody has called {self.pattern.pattern}"


class FaultProxy:
    """The proxy: what it has seen, and what it is to do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self.calls: list[str] = []
        self.port = 0

    def refuse(self, pattern: str, status: int, code: str, times: int = 1) -> None:
        """Answer the next calls that match with an error; the emulator sees none of them."""
        self._rules.append(Rule(re.compile(pattern), times, status, code))

    def hold(self, pattern: str, *, answered: bool = False, skip: int = 0, times: int = 1) -> Rule:
        """Hold the next call that matches until its caller is gone, or `go` is set."""
        rule = Rule(re.compile(pattern), times, answered=answered, skip=skip)
        self._rules.append(rule)
        return rule

    def count(self, pattern: str) -> int:
        """How many calls that match have come."""
        return sum(bool(re.match(pattern, call)) for call in self.calls)

    def waits(self, pattern: str) -> bool:
        """Whether a fault of that pattern has not been met as often as it was to be."""
        return any(rule.times for rule in self._rules if rule.pattern.pattern == pattern)

    def forget(self) -> None:
        """No more faults; whatever is held goes on."""
        for rule in self._rules:
            rule.times = 0
            rule.go.set()
        self._rules.clear()
        self.calls.clear()

    def rule_for(self, call: Call) -> Rule | None:
        with self._lock:
            self.calls.append(str(call))
            for rule in self._rules:
                if rule.times > 0 and rule.pattern.match(str(call)):
                    if rule.skip:
                        rule.skip -= 1
                        return None
                    rule.times -= 1
                    return rule
        return None

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


def call_of(method: str, path: str, headers: dict[str, str], body: bytes) -> Call:
    """What a request is."""
    scope = SCOPE.search(headers.get("authorization", ""))
    service = scope["service"] if scope else "unsigned"
    target = headers.get("x-amz-target", "")
    if target:
        return Call(service, target.rpartition(".")[2])
    if service != "s3" and b"Action=" in body[:2000]:
        return Call(service, parse_qs(body.decode(errors="replace"))["Action"][0])
    return Call(service, f"{method} {path}")


class Handler(BaseHTTPRequestHandler):
    """One connection of a caller."""

    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # whoever asked has been killed
            self.close_connection = True

    def take(self) -> None:
        """Do as the first rule says that fits, or pass the call on."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        call = call_of(self.command, self.path, headers, body)
        rule = self.proxy.rule_for(call)
        if rule and rule.status:
            form = REST if call.service == "s3" else QUERY
            self._answer(rule.status, [], form.format(code=rule.code).encode())
            return
        if rule and not rule.answered:
            rule.hold()
        kept = {name: value for name, value in headers.items() if name not in HOP_BY_HOP}
        answer = self.proxy.forward(self.command, self.path, kept, body)
        if rule and rule.answered:
            rule.hold()
        self._answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = take  # noqa: N815 - http.server's names

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
            elif name.lower() == "content-length" and self.command == "HEAD":
                length = value  # of the object, of which nothing is sent
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


@contextmanager
def proxied(endpoint: str) -> Iterator[FaultProxy]:
    """A proxy in front of the emulator at `endpoint`."""
    proxy = FaultProxy(int(endpoint.rpartition(":")[2]))
    server = _Server(("127.0.0.1", 0), type("", (Handler,), {"proxy": proxy}))
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.forget()
        server.shutdown()
        server.server_close()
        thread.join()
