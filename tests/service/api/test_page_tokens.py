from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from desk.api.page_tokens import BETWEEN_READS, LIFETIME, PageTokenError, PageTokens, _key_id
from tests.service.api.client import Clock, InMemorySecret

LIST = '["/tickets", "ops", "", "new"]'
POSITION = {"pk": "TICKET#1", "sk": "META"}


@pytest.fixture
def secret() -> InMemorySecret:
    return InMemorySecret("new key", "old key")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(secret: InMemorySecret, clock: Clock) -> PageTokens:
    return PageTokens(secret, clock)


def forged(payload: Any, key: str = "new key", of: str = LIST) -> str:
    """A token as whoever has the key would make it."""
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    about = of.encode()
    message = b"page token\0" + len(about).to_bytes(8, "big") + about + text
    mac = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(text + mac).rstrip(b"=").decode()


def payload(clock: Clock, **changes: Any) -> dict[str, Any]:
    expires = int(clock().timestamp()) + 60
    return {"v": 1, "k": _key_id("new key"), "e": expires, "p": POSITION} | changes


def test_a_token_stands_for_its_position(tokens: PageTokens) -> None:
    # Given a position / When its token is read / Then it is the position
    assert tokens.position(LIST, tokens.token(LIST, POSITION)) == POSITION


def test_a_token_says_nothing_of_the_key(tokens: PageTokens) -> None:
    # Given a token / When it is decoded / Then the key is not in it
    token = tokens.token(LIST, POSITION)
    assert b"new key" not in base64.urlsafe_b64decode(token + "===")


def test_a_token_is_good_for_its_list_only(tokens: PageTokens) -> None:
    # Given a token of one list / When it is sent for another / Then it is refused
    token = tokens.token(LIST, POSITION)
    for other in ('["/tickets", "net", "", "new"]', LIST + " ", ""):
        with pytest.raises(PageTokenError):
            tokens.position(other, token)


def test_a_token_is_good_for_an_hour(tokens: PageTokens, clock: Clock) -> None:
    # Given a token / When a second is left / Then it is good; when none is / Then it is not
    token = tokens.token(LIST, POSITION)
    clock.pass_(LIFETIME - timedelta(seconds=1))
    assert tokens.position(LIST, token) == POSITION
    clock.pass_(timedelta(seconds=1))
    with pytest.raises(PageTokenError):
        tokens.position(LIST, token)


def test_a_token_of_a_clock_that_is_ahead_is_good(tokens: PageTokens, clock: Clock) -> None:
    # Given a token made where the clock is minutes ahead / When it is read / Then it is good
    clock.pass_(timedelta(minutes=5))
    token = tokens.token(LIST, POSITION)
    clock.pass_(timedelta(minutes=-5))
    assert tokens.position(LIST, token) == POSITION


def test_no_character_of_a_token_can_be_changed(tokens: PageTokens) -> None:
    # Given a token / When any one character is another / Then it is refused
    token = tokens.token(LIST, POSITION)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(PageTokenError):
            tokens.position(LIST, changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "",
        lambda token: "é" * 40,
        lambda token: "\ud800",
        lambda token: token + "=",
        lambda token: token + "A",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token[:-1],
        lambda token: token[:43],
        lambda token: token * 20,
        lambda token: "A" * 3000,
    ],
)
def test_a_token_has_one_spelling(tokens: PageTokens, change: Callable[[str], str]) -> None:
    # Given a token with more, less or other in it / When it is read / Then it is refused
    with pytest.raises(PageTokenError):
        tokens.position(LIST, change(tokens.token(LIST, POSITION)))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": "1"},
        {"k": "x"},
        {"k": None},
        {"k": ["x"]},
        {"e": "9999999999"},
        {"e": None},
        {"p": None},
        {"p": []},
        {"p": {}},
        {"p": {"pk": 1}},
        {"p": {"pk": ""}},
        {"p": {"pk": "x" * 1025}},
        {"p": {"a b": "x"}},
        {"p": dict.fromkeys("abcde", "x")},
        {"more": 1},
    ],
)
def test_what_is_signed_is_looked_at_all_the_same(
    tokens: PageTokens, clock: Clock, changes: dict[str, Any]
) -> None:
    # Given a payload that is none of ours, signed with our key / When it is read / Then refused
    assert tokens.position(LIST, forged(payload(clock))) == POSITION
    with pytest.raises(PageTokenError):
        tokens.position(LIST, forged(payload(clock, **changes)))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 1400])
def test_a_payload_that_is_none_is_refused(tokens: PageTokens, text: bytes) -> None:
    # Given no JSON object, signed / When it is read / Then it is refused
    with pytest.raises(PageTokenError):
        tokens.position(LIST, forged(text))


def test_the_key_before_is_good_too(tokens: PageTokens, clock: Clock) -> None:
    # Given tokens of the key before, and of one long gone / When they are read
    before = forged(payload(clock, k=_key_id("old key")), "old key")
    gone = forged(payload(clock, k=_key_id("gone")), "gone")
    # Then the first is good, and the other is not
    assert tokens.position(LIST, before) == POSITION
    with pytest.raises(PageTokenError):
        tokens.position(LIST, gone)


def test_a_key_newer_than_what_was_read_is_read(
    tokens: PageTokens, secret: InMemorySecret, clock: Clock
) -> None:
    # Given a secret that was replaced after it was read here
    tokens.token(LIST, POSITION)
    secret.stored = ("newest key", "new key")
    # When a token comes that was made with the new one / Then it is good
    token = forged(payload(clock, k=_key_id("newest key")), "newest key")
    assert tokens.position(LIST, token) == POSITION


def test_forged_tokens_read_the_secret_at_most_twice_a_minute(
    tokens: PageTokens, secret: InMemorySecret, clock: Clock
) -> None:
    # Given a secret that was read / When forged tokens come, one a second, for a minute
    tokens.token(LIST, POSITION)
    before = secret.reads
    for _ in range(60):
        with pytest.raises(PageTokenError):
            tokens.position(LIST, forged(payload(clock, k="none"), "forger's"))
        clock.pass_(timedelta(seconds=1))
    # Then the secret was read as often as 30 s go into it
    assert secret.reads - before == timedelta(seconds=60) / BETWEEN_READS
