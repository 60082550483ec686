"""The smoke test's HTTP client: JSON over urllib, authenticated or not."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    import boto3

TIMEOUT_S = 15.0

# Method, address and body of a request → the headers that say who sends it.
Caller = Callable[[str, str, bytes | None], Mapping[str, str]]


@dataclass(frozen=True)
class ByKey:
    """A caller who is known by an API key, which is in its header and in no `repr`."""

    key: str = field(repr=False)

    def __call__(self, method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        """The key, whatever the request."""
        return {"X-Api-Key": self.key}


@dataclass(frozen=True)
class ByToken:
    """A caller who is known by a user pool's token, which is in its header and in no `repr`."""

    token: str = field(repr=False)

    def __call__(self, method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        """The token, whatever the request."""
        return {"Authorization": self.token}


@dataclass(frozen=True)
class BySignature:
    """A caller who is known by IAM: a session, whose credentials sign each request."""

    session: boto3.Session

    def __call__(self, method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        """The signature (version 4, for execute-api), its date, and a session's token.

        Raises
        ------
        NoCredentialsError
            The session has none.
        """
        request = AWSRequest(method, url, data=body)
        credentials = self.session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        SigV4Auth(credentials, "execute-api", self.session.region_name).add_auth(request)
        return dict(request.headers.items())


def stranger(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
    """A caller without credentials."""
    return {}


@dataclass(frozen=True)
class Answer:
    """A response, whatever its status."""

    status: int
    headers: Message
    body: Any


@dataclass(frozen=True)
class HttpApi:
    """An API at an address, called by somebody."""

    base: str
    caller: Caller = stranger

    def get(self, path: str) -> Answer:
        """GET a path.

        Raises
        ------
        OSError
            Nothing answers there.
        ValueError
            What answers is not JSON.
        """
        return self._send("GET", path)

    def post(self, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """POST a JSON body; raises as `get`."""
        sent = {"Content-Type": "application/json", **headers}
        return self._send("POST", path, json.dumps(body).encode(), sent)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        url = self.base + path
        sent = {**(headers or {}), **self.caller(method, url, body)}
        request = urllib.request.Request(url, body, sent, method=method)  # noqa: S310
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
