"""The outside system, over TLS on this machine: told well, and however badly it behaves."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.adapters.webhook import HttpWebhook, connections, signature
from desk.domain.notifying import document
from tests.service.adapters.receiver import (
    Receiver,
    answer,
    body_without_end,
    hang,
    headers_without_end,
    listening,
    malformed,
    reset,
)
from tests.service.adapters.webhooks import SECRET, escalated, refused, told_by
from tests.service.samples import NOW, ticket


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with listening(tmp_path) as made:
        yield made


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def webhook(receiver: Receiver, slept: list[float]) -> HttpWebhook:
    return told_by(receiver, slept)


def test_the_receiver_is_told_and_can_check_who_says_so(
    receiver: Receiver, webhook: HttpWebhook
) -> None:
    # Given a receiver / When an escalation is told
    webhook.tell(escalated())
    # Then it gets the event as it is announced anywhere, and its id
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/hook/t0ken?key=s3cret")
    assert json.loads(request.body) == document(escalated())
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Desk-Event-Id"] == f"{ticket().id}#2"
    # And a signature that it can check by itself
    timestamp = request.headers["X-Desk-Timestamp"]
    assert timestamp == "1773145800"
    code = hmac.digest(SECRET.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256)
    assert request.headers["X-Desk-Signature"] == f"v1={code.hex()}"


def test_each_try_is_signed_with_its_own_time(receiver: Receiver) -> None:
    # Given a receiver that takes what is five minutes old at most, and is not there at first
    receiver.behave(answer(503), answer(204))
    tried_at = iter([NOW.timestamp(), NOW.timestamp() + 900.7])
    # When it is told / Then the second try has the second time, and a signature of it
    told_by(receiver, clock=lambda: next(tried_at)).tell(escalated())
    first, second = (request.headers for request in receiver.requests)
    assert int(second["X-Desk-Timestamp"]) == int(first["X-Desk-Timestamp"]) + 900
    signed = signature(SECRET, second["X-Desk-Timestamp"], receiver.requests[1].body)
    assert second["X-Desk-Signature"] == signed != first["X-Desk-Signature"]
    # And the same id, by which the receiver drops repeats
    assert first["X-Desk-Event-Id"] == second["X-Desk-Event-Id"]


def test_a_run_of_long_ago_is_signed_with_the_time_of_now(receiver: Receiver) -> None:
    # Given the webhook as the function makes it, and an event of long ago / When told
    HttpWebhook(receiver.url, lambda: SECRET, lambda: True, connections(receiver.authorities)).tell(
        escalated()
    )
    # Then a receiver with the usual window of five minutes takes it
    (request,) = receiver.requests
    assert abs(time.time() - int(request.headers["X-Desk-Timestamp"])) < 300


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_one(receiver: Receiver, webhook: HttpWebhook, status: int) -> None:
    receiver.behave(answer(status))
    webhook.tell(escalated())
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("bad", [answer(500), answer(503), answer(429), reset, malformed])
def test_what_may_pass_is_tried_again(
    receiver: Receiver, webhook: HttpWebhook, slept: list[float], bad: Any
) -> None:
    # Given a receiver that fails twice / When an escalation is told / Then the third try tells it
    receiver.behave(bad, bad, answer(204))
    webhook.tell(escalated())
    assert len({request.headers["X-Desk-Event-Id"] for request in receiver.requests}) == 1
    assert len(receiver.requests) == 3
    # And the pauses grow
    assert slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (answer(500), "HTTP 500"),
        (answer(429), "HTTP 429"),
        (reset, "ProtocolError"),
        (hang, "ReadTimeoutError"),
    ],
)
def test_what_does_not_pass_is_given_up(
    receiver: Receiver, webhook: HttpWebhook, bad: Any, code: str
) -> None:
    receiver.behave(bad)
    assert refused(webhook) == code
    assert len(receiver.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 422])
def test_a_refusal_is_not_argued_with(
    receiver: Receiver, webhook: HttpWebhook, status: int
) -> None:
    receiver.behave(answer(status))
    assert refused(webhook) == f"HTTP {status}"
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(
    receiver: Receiver, webhook: HttpWebhook, tmp_path: Path, status: int
) -> None:
    # Given a receiver that sends elsewhere, where somebody else listens
    with listening(tmp_path) as elsewhere:
        receiver.behave(answer(status, Location=elsewhere.url))
        # When an escalation is told / Then nobody goes there with it
        assert refused(webhook) == f"HTTP {status}"
        assert not elsewhere.requests
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("header", "waited"),
    [("3", 3), ("0", 0.5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.5), ("soon", 0.5), ("-1", 0.5)],
)
def test_a_receiver_is_spared_for_as_long_as_it_asks(
    receiver: Receiver, webhook: HttpWebhook, slept: list[float], header: str, waited: float
) -> None:
    receiver.behave(answer(429, Retry_After=header), answer(204))
    webhook.tell(escalated())
    assert slept == [waited]


@pytest.mark.parametrize("header", ["6", "3600", "9" * 400, "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_receiver_that_asks_for_more_than_there_is_time_for_is_not_tried_again(
    receiver: Receiver, webhook: HttpWebhook, slept: list[float], header: str
) -> None:
    receiver.behave(answer(503, Retry_After=header))
    assert refused(webhook) == "HTTP 503"
    assert (len(receiver.requests), slept) == (1, [])


def test_an_answer_byte_by_byte_is_not_waited_for(receiver: Receiver) -> None:
    # Given a receiver that sends a byte just before each time-out / When told / Then it is left
    receiver.behave(headers_without_end)
    assert refused(told_by(receiver)) == "no answer in time"
    assert len(receiver.requests) == 1


def test_a_body_without_end_is_not_read(receiver: Receiver, webhook: HttpWebhook) -> None:
    # Given a receiver that takes it, and then talks without end / When told / Then it is told
    receiver.behave(body_without_end)
    webhook.tell(escalated())
    assert len(receiver.requests) == 1


def test_nobody_listening_is_a_failure_like_any_other(receiver: Receiver) -> None:
    # Given an address that nobody listens at / When told / Then it says so
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://localhost:{free.getsockname()[1]}/"
    assert refused(told_by(replace(receiver, url=url))) == "NewConnectionError"
