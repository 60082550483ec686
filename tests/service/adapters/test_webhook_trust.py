"""Whom the webhook trusts, and for how long it tries; and that it gives nothing away."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.adapters.webhook import Limits, NoWebhook, connections, webhooks
from desk.domain.errors import UndeliveredError
from tests.service.adapters.receiver import (
    Receiver,
    answer,
    hang,
    listening,
    malformed,
    reset,
)
from tests.service.adapters.webhooks import SECRET, escalated, refused, told_by


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with listening(tmp_path) as made:
        yield made


@pytest.fixture
def slept() -> list[float]:
    return []


def test_a_certificate_of_an_unknown_authority_is_refused(
    receiver: Receiver, slept: list[float], tmp_path: Path
) -> None:
    # Given a receiver that somebody else vouches for / When told / Then nothing is sent to it
    other = tmp_path / "other"
    other.mkdir()
    with listening(other) as stranger:
        webhook = told_by(receiver, slept, authorities=stranger.authorities)
        assert refused(webhook) == "SSLError"
    assert not receiver.requests
    assert not slept


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    with listening(tmp_path, name="other.example.com") as impostor:
        assert refused(told_by(impostor)) == "SSLError"
        assert not impostor.requests


def test_the_systems_own_authorities_do_not_know_the_tests(receiver: Receiver) -> None:
    # Given the connections as the function makes them / When told / Then TLS is verified
    webhook = webhooks(receiver.url, lambda: SECRET)(lambda: True)
    with pytest.raises(UndeliveredError, match="SSLError"):
        webhook.tell(escalated())
    assert not receiver.requests


def test_what_is_no_longer_safe_is_not_spoken() -> None:
    # Given the connections as the function makes them / Then TLS 1.2 is the oldest
    context = connections(None).connection_pool_kw["ssl_context"]
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_receiver_that_is_down_costs_a_run_three_failures(receiver: Receiver) -> None:
    # Given a receiver that is down / When five escalations are told
    receiver.behave(answer(500))
    webhook = told_by(receiver)
    codes = [refused(webhook, number) for number in range(1, 6)]
    # Then the last two were not even tried
    assert codes == ["HTTP 500"] * 3 + ["not tried any more"] * 2
    assert len(receiver.requests) == 3 * 3
    # And the next run tries again
    receiver.behave(answer(204))
    told_by(receiver).tell(escalated())


def test_failures_here_and_there_do_not_stop_the_rest(receiver: Receiver) -> None:
    # Given a receiver that refuses every other one / When ten are told / Then each was tried
    webhook = told_by(receiver)
    for number in range(1, 11):
        receiver.behave(answer(400) if number % 2 else answer(204))
        if number % 2:
            assert refused(webhook, number) == "HTTP 400"
        else:
            webhook.tell(escalated(number))
    assert len(receiver.requests) == 10


def test_where_time_is_up_nothing_is_tried_again(receiver: Receiver, slept: list[float]) -> None:
    receiver.behave(answer(503))
    assert refused(told_by(receiver, slept, has_time=lambda: False)) == "HTTP 503"
    assert (len(receiver.requests), slept) == (1, [])


def _no_secret() -> str:
    raise LookupError("AWSCURRENT of arn:aws:secretsmanager:… is not there")


@pytest.mark.parametrize(
    ("secret", "code"),
    [(lambda: "", "no secret: it is empty"), (_no_secret, "no secret: LookupError")],
)
def test_without_a_secret_nothing_is_sent(
    receiver: Receiver, secret: Callable[[], str], code: str
) -> None:
    # Given a secret that nobody has put there / When told / Then the event does not go unsigned
    assert refused(told_by(receiver, secret=secret)) == code
    assert not receiver.requests


def test_without_an_address_nobody_is_told_and_no_secret_is_read() -> None:
    webhook = webhooks("", _no_secret)(lambda: True)
    assert isinstance(webhook, NoWebhook)
    webhook.tell(escalated())


def test_runs_share_their_connections() -> None:
    # Given an address / When two runs begin / Then the authorities were read once
    of_run = webhooks("https://example.com/", lambda: SECRET)
    first, second = of_run(lambda: True), of_run(lambda: True)
    assert vars(first)["_pool"] is vars(second)["_pool"]


@pytest.mark.parametrize("bad", [answer(503), reset, malformed, hang])
def test_no_log_has_the_address_or_the_secret(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, bad: Any
) -> None:
    # Given a receiver that fails in some way / When told, with logs as far as the function's go
    receiver.behave(bad)
    webhook = told_by(receiver)
    with caplog.at_level(logging.DEBUG):
        code = refused(webhook)
    # Then neither the log nor the code has what is secret
    for text in (caplog.text, code):
        assert not [each for each in ("t0ken", "s3cret", SECRET) if each in text]


def test_it_ends_well_within_the_margin_of_the_sweep() -> None:
    # Given what a receiver may take / When the worst of one more try is added up
    from desk.jobs.scheduled import SPARE_MS

    limits = Limits()
    worst = limits.retry_after + limits.answer
    # Then the margin holds it, and cursor and lease: three tries of three seconds each
    assert (worst + 2 * 9) * 1000 <= SPARE_MS
