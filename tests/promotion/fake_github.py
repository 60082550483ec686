"""GitHub's REST API, as far as comments and issues need it; what is written can be looked at."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = "example/desk"
BOT = "github-actions[bot]"


@dataclass
class GitHub:
    """What is in the repository; `refuses` is a status that every request gets."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refuses: int | None = None
    address: str = ""
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    def written(self, body: str, by: str = BOT, **more: Any) -> dict[str, Any]:
        """An issue or a comment as the API shows it."""
        number = next(self.ids)
        base = {
            "id": number,
            "number": number,
            "title": "",
            "body": body,
            "state": "open",
            "user": {"login": by},
            "url": f"{self.address}/repos/{REPOSITORY}/issues/{number}",
            "html_url": f"https://github.example/{number}",
        }
        return base | more

    def comment(self, body: str, by: str = BOT) -> dict[str, Any]:
        """A comment, whose address is not an issue's."""
        made = self.written(body, by)
        return made | {"url": made["url"].replace("/issues/", "/issues/comments/")}

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """One request: status, and what is answered."""
        self.requests.append(f"{method} {path}")
        if self.refuses:
            return self.refuses, {"message": "Resource not accessible by integration"}
        path = path.removeprefix(f"/repos/{REPOSITORY}")
        if method == "GET":
            return 200, self._read(path)
        if method == "POST":
            return 201, self._create(path, body)
        return 200, self._change(path, body)

    def _read(self, path: str) -> Any:
        if path == "/issues/12/comments":
            return self.comments
        if path == "/issues":
            return [issue for issue in self.issues if issue["state"] == "open"]
        return self.written("the pull request", number=12, url=f"{self.address}{PULL}")

    def _create(self, path: str, body: dict[str, Any]) -> Any:
        if path == "/issues":
            self.issues.append(self.written(**body))
            return self.issues[-1]
        self.comments.append(self.comment(body["body"]))
        return self.comments[-1]

    def _change(self, path: str, body: dict[str, Any]) -> Any:
        number = int(re.findall(r"\d+", path)[-1])
        found = next(e for e in (*self.comments, *self.issues) if e["id"] == number)
        found.update(body)
        return found


PULL = f"/repos/{REPOSITORY}/issues/12"


@contextmanager
def served(github: GitHub) -> Iterator[GitHub]:
    """Answer on a port of loopback, named in `github.address`."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, answer = github.answer(self.command, urlsplit(self.path).path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    github.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
