"""An outside system that is told of events by HTTPS (`desk.ports.jobs.Webhook`).

The receiver knows that a request is the desk's, and that it is whole, by its signature:
`v1=` and the hexadecimal HMAC-SHA256, under the shared secret, of the request's timestamp (seconds
since 1970), a full stop and the body. The timestamp is that of the try, however late the run is: a
receiver may refuse what is older than a few minutes. It drops repeats by the event's id.

urllib3 is in Lambda's runtime, in its first or second major version: botocore needs it.
"""

from __future__ import annotations

import hmac
import logging
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader, SSLError

from desk.adapters.refusals import Refusal
from desk.domain.errors import UndeliveredError
from desk.domain.event import Event
from desk.domain.jobs import HasTime
from desk.domain.notifying import text
from desk.ports.jobs import Webhook
from desk.runtime.retries import Retries

RETRIES = Retries(tries=3, first_pause=0.5)
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500
# Undelivered in a row: the receiver is down, and the rest of the run is spent on the tickets.
PATIENCE = 3


@dataclass(frozen=True)
class Limits:
    """How long the receiver may take, in seconds.

    Parameters
    ----------
    connect, read:
        For a connection, and for each piece of an answer.
    answer:
        For an answer's status, from the beginning: pieces may come one by one without end.
    retry_after:
        What it may ask to be spared for; where it asks for more, there is no further try.
    """

    connect: float = 2
    read: float = 3
    answer: float = 6
    retry_after: float = 5


class NoWebhook:
    """Nobody outside is told."""

    def tell(self, event: Event) -> None:
        """See `desk.ports.jobs.Webhook.tell`."""


class HttpWebhook:
    """The outside system, for one run.

    Parameters
    ----------
    url:
        Where it listens. It may hold a token, so it is never logged.
    secret:
        Gives the secret that both sides know.
    has_time:
        Asked before a request is sent again.
    pool:
        Gives connections.
    clock:
        The time, in seconds since 1970; each try is signed with it.
    """

    def __init__(
        self,
        url: str,
        secret: Callable[[], str],
        has_time: HasTime,
        pool: urllib3.PoolManager,
        retries: Retries = RETRIES,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._has_time = has_time
        self._pool = pool
        self._retries = retries
        self._limits = limits or Limits()
        self._clock = clock
        self._undelivered = 0

    def tell(self, event: Event) -> None:
        """See `desk.ports.jobs.Webhook.tell`."""
        if self._undelivered >= PATIENCE:
            raise UndeliveredError(event.id, "not tried any more")
        try:
            self._send(event.id, text(event).encode())
        except UndeliveredError:
            self._undelivered += 1
            raise
        self._undelivered = 0

    def _send(self, event_id: str, body: bytes) -> None:
        secret = self._shared_secret(event_id)
        pauses = self._retries.pauses()
        while (refusal := self._try_signed(secret, event_id, body)) is not None:
            pause = next(pauses, None)
            if (
                pause is None
                or not refusal.passing
                or refusal.retry_after > self._limits.retry_after
                or not self._has_time()
            ):
                raise UndeliveredError(event_id, refusal.code)
            self._retries.sleep(max(pause, refusal.retry_after))

    def _shared_secret(self, event_id: str) -> str:
        try:
            secret = self._secret()
        except Exception as error:
            # a person puts it there, and may not have yet: tickets do not wait for that
            raise UndeliveredError(event_id, f"no secret: {type(error).__name__}") from error
        if not secret:
            raise UndeliveredError(event_id, "no secret: it is empty")
        return secret

    def _try_signed(self, secret: str, event_id: str, body: bytes) -> Refusal | None:
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "X-Desk-Event-Id": event_id,
            "X-Desk-Timestamp": timestamp,
            "X-Desk-Signature": signature(secret, timestamp, body),
        }
        return self._try_within_time(headers, body)

    def _try_within_time(self, headers: dict[str, str], body: bytes) -> Refusal | None:
        # a time-out of a connection begins anew with each byte; a thread can be left behind
        thread = ThreadPoolExecutor(max_workers=1)
        try:
            return thread.submit(self._try, headers, body).result(timeout=self._limits.answer)
        except TimeoutError:
            return Refusal("no answer in time", passing=False)
        except HTTPError as error:
            return Refusal(type(error).__name__, passing=not _is_certificate(error))
        finally:
            thread.shutdown(wait=False)

    def _try(self, headers: dict[str, str], body: bytes) -> Refusal | None:
        response = self._pool.request(
            "POST",
            self._url,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=self._limits.connect, read=self._limits.read),
            # urllib3's own would log the address, token and all, when a connection breaks
            retries=False,
            redirect=False,
            preload_content=False,
        )
        # its body says nothing that is needed, and may have no end. With it goes the connection:
        # the next run would find it broken anyway
        response.close()
        return _refusal(response)


def webhooks(url: str, secret: Callable[[], str]) -> Callable[[HasTime], Webhook]:
    """The outside system for any run; nobody, where there is no address."""
    pool = cache(connections)  # made when there is somebody to be told, and kept

    def of_run(has_time: HasTime) -> Webhook:
        return HttpWebhook(url, secret, has_time, pool()) if url else NoWebhook()

    return of_run


def connections(authorities: str | None = None) -> urllib3.PoolManager:
    """Connections to receivers whose certificate these authorities vouch for, by TLS 1.2 or later.

    Parameters
    ----------
    authorities:
        A file with their certificates; the system's own without one.
    """
    # its warnings quote addresses
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    context = ssl.create_default_context(cafile=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return urllib3.PoolManager(ssl_context=context)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the receiver knows the desk by."""
    signed = hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256")
    return f"v1={signed.hex()}"


def _refusal(response: urllib3.BaseHTTPResponse) -> Refusal | None:
    status = response.status
    if 200 <= status < 300:
        return None
    passing = status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS
    return Refusal(f"HTTP {status}", passing, _retry_after(response.headers.get("Retry-After")))


def _retry_after(header: str | None) -> float:
    try:
        return urllib3.Retry().parse_retry_after(header) if header else 0
    except (InvalidHeader, OverflowError):
        return 0


def _is_certificate(error: HTTPError) -> bool:
    return isinstance(error, SSLError) and any(
        isinstance(each, ssl.SSLCertVerificationError) for each in error.args
    )
