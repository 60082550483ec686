"""The smoke test's HTTP client: JSON over urllib, the API key in its header and nowhere else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

TIMEOUT_S = 15.0


@dataclass(frozen=True)
class Answer:
    """A response, whatever its status."""

    status: int
    headers: Message
    body: Any


@dataclass(frozen=True)
class HttpApi:
    """An API at an address, called with a key or without; the key is in no `repr`."""

    base: str
    key: str | None = field(default=None, repr=False)

    def get(self, path: str) -> Answer:
        """GET a path.

        Raises
        ------
        OSError
            Nothing answers there.
        ValueError
            What answers is not JSON.
        """
        return self._send(urllib.request.Request(self.base + path))  # noqa: S310

    def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """POST a JSON body; raises as `get`."""
        data = json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        return self._send(urllib.request.Request(self.base + path, data, sent))  # noqa: S310

    def _send(self, request: urllib.request.Request) -> Answer:
        if self.key:
            request.add_header("X-Api-Key", self.key)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
                return Answer(response.status, response.headers, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, _json_or_text(error.read()))


def _json_or_text(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
