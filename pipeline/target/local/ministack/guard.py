"""The door of the emulator: who may send it requests at all.

AWS: every request is signed, but for what is public on purpose; no API of AWS answers a web page of
another site unless its owner said so.
MiniStack: answers every web page that the user visits (Access-Control-Allow-Origin: *), takes any
Host, resets without credentials, and does not verify an account's root. Functions run on this
machine, so whoever may create one may run code as the user.
Here: requests of web pages of other origins and to other hosts are refused, and all others must be
signed with a key that the emulator knows. What is open without a signature, `is_public` lists.

Not defended: another process of the same user, which can read the profile as any AWS tool does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ministack import app as ministack
from signatures import Reply, Request, Scope, denied, unverified

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Names that always mean this machine, whatever a DNS server says: another one is DNS rebinding.
HOSTS = ("127.0.0.1", "localhost")
# What browsers say of a request that no page of another origin has caused: Fetch Metadata.
SAME_ORIGIN = ("same-origin", "none")
POOL_KEYS = re.compile(r"/([^/]+)/\.well-known/(?:jwks\.json|openid-configuration)")
logger = logging.getLogger("baton.guard")


def guarded(app: App) -> App:
    """The ASGI application behind the door."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        request = Request(scope)
        refusal = foreign(request)
        if refusal is None and request.access_key:
            body = await _whole(receive) if scope["type"] == "http" else b""
            refusal = unverified(request, body)
            receive = _again(body, receive) if scope["type"] == "http" else receive
        elif refusal is None and not is_public(request):
            refusal = denied(request, "MissingAuthenticationToken", "the request is not signed")
        if refusal is None:
            await app(scope, receive, send if request.invokes else _without_cors(send))
        else:
            await _refuse(scope, send, refusal)

    return door


def foreign(request: Request) -> Reply | None:
    """Refuse a request that a web page of another origin has caused, or one to another host."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if host.partition(":")[0] not in HOSTS:
        return _plain(f"refused: this emulator answers as {' or '.join(HOSTS)}, not as {host!r}")
    if origin not in (None, f"http://{host}"):
        return _plain(f"refused: a web page of {origin} may not send requests to this emulator")
    if request.headers.get("sec-fetch-site", "none") not in SAME_ORIGIN:
        return _plain("refused: a web page of another origin may not send requests here")
    return None


def is_public(request: Request) -> bool:
    """Whether a request needs no signature.

    An API's stage and a function's URL decide that themselves, as on AWS, where the keys of a user
    pool are public, too. Two paths take a random token instead, as the presigned URL does that
    CloudFormation gives out on AWS.
    """
    if request.scope["type"] == "websocket":
        return ministack._parse_execute_api_url("", request.path) is not None
    by_token = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")
    return (
        request.invokes
        or (request.method in ("GET", "HEAD") and request.path == "/_ministack/health")
        or (request.method == "GET" and _has_keys_of_a_pool(request.path))
        or (request.method == "PUT" and request.path.startswith(by_token))
    )


def _has_keys_of_a_pool(path: str) -> bool:
    found = POOL_KEYS.fullmatch(path)
    pools = ministack._get_module("cognito") if found else None
    return pools is not None and pools._get_pool_unscoped(found[1]) is not None


def _plain(text: str) -> Reply:
    return 403, {"Content-Type": "text/plain; charset=utf-8"}, f"{text}\n".encode()


async def _refuse(scope: Scope, send: Send, reply: Reply) -> None:
    status, headers, body = reply
    logger.warning("%s %r: %r", scope.get("method"), scope["path"], body.decode(errors="replace"))
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await ministack._send_response(send, status, headers, body, head=scope["method"] == "HEAD")


async def _whole(receive: Receive) -> bytes:
    """The request's body: a signature is of all of it."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then what follows it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _without_cors(send: Send) -> Send:
    """Send answers without the headers by which a page of another origin might read them."""

    async def send_without(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                header
                for header in message.get("headers", [])
                if not header[0].lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return send_without
