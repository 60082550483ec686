"""HTTP requests as they are, signed or not: what no SDK would send."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .conftest import Engine


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


def root(engine: Engine) -> Credentials:
    """The credentials of the emulator's account, as its profile has them."""
    return Credentials(engine.environment.account_id, engine.secret_key)


def signature(
    engine: Engine,
    method: str,
    path: str,
    credentials: Credentials,
    service: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> dict[str, str]:
    """The headers that sign a request."""
    request = AWSRequest(method, engine.endpoint + path, data=body, headers=dict(headers or {}))
    SigV4Auth(credentials, service, engine.environment.region).add_auth(request)
    return dict(request.headers)


def presigned(
    engine: Engine, method: str, path: str, credentials: Credentials, service: str, seconds: int
) -> str:
    """The path with a signature in its query."""
    request = AWSRequest(method, engine.endpoint + path)
    signer = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
    signer(credentials, service, engine.environment.region, seconds).add_auth(request)
    address = urlsplit(str(request.url))
    return f"{address.path}?{address.query}"


def send(
    engine: Engine,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Answer:
    """Send a request; a header Host among `headers` replaces the usual one."""
    connection = http.client.HTTPConnection(urlsplit(engine.endpoint).netloc, timeout=30)
    try:
        path = quote(path, safe="/?=&%+-_.~*:,;@!$'()")
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read().decode(errors="replace"))
    finally:
        connection.close()
