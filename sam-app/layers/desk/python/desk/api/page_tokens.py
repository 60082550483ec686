"""Where a list's next page begins, as a text that only we can make.

A token is base64url of a JSON payload and its HMAC-SHA256, 32 bytes. The payload holds the store's
position, until when the token may be used, and which key signed it. What list it belongs to is not
in it: that is signed with it, so that it is good for the same list only.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from desk.domain.paging import Position

LIFETIME = timedelta(hours=1)
VERSION = 1
LONGEST = 2048  # characters
# A token of an unknown key may be one of a key that is newer than what we have read. Most are
# forged: each of those must not cost a call to Secrets Manager.
BETWEEN_READS = timedelta(seconds=30)
_MAC_BYTES = 32
_KEY_NAME = re.compile(r"[a-z0-9]{1,16}")
_KEY_LENGTH = 1024  # characters


class PageTokenError(Exception):
    """The token is not one of ours, too old, or of another list."""


class Keys(Protocol):
    """The secret that tokens are signed with."""

    def current(self) -> str:
        """What is signed with."""

    def valid(self) -> tuple[str, ...]:
        """What may have been signed with: the current one, then the previous if any."""

    def forget(self) -> None:
        """Read the secret anew next time."""


class PageTokens:
    """Makes tokens of positions, and positions of tokens.

    Parameters
    ----------
    keys:
        The secret.
    clock:
        What time it is.
    """

    def __init__(self, keys: Keys, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._clock = clock
        self._read_anew_at: datetime | None = None

    def token(self, of: str, position: Position) -> str:
        """The token of a position in a list.

        Parameters
        ----------
        of:
            The list: its route and its filters, without what may differ between its pages.
        position:
            Where the next page begins.
        """
        key = self._keys.current()
        payload = {
            "v": VERSION,
            "k": _key_id(key),
            "e": int((self._clock() + LIFETIME).timestamp()),
            "p": dict(position),
        }
        text = json.dumps(payload, separators=(",", ":")).encode()
        return _encoded(text + _mac(key, of, text))

    def position(self, of: str, token: str) -> Position:
        """The position that a token of this list is for.

        Raises
        ------
        PageTokenError
            The token is not valid here; why is not said.
        """
        signed = _decoded(token)
        text, mac = signed[:-_MAC_BYTES], signed[-_MAC_BYTES:]
        payload = _payload(text)
        key = self._key(payload["k"])
        if key is None or not hmac.compare_digest(mac, _mac(key, of, text)):
            raise PageTokenError
        return self._checked(payload)

    def _key(self, key_id: Any) -> str | None:
        found = _with_id(key_id, (self._keys.current(),)) or _with_id(key_id, self._keys.valid())
        if found is None and self._may_read_anew():
            self._keys.forget()
            found = _with_id(key_id, self._keys.valid())
        return found

    def _may_read_anew(self) -> bool:
        now = self._clock()
        if self._read_anew_at is not None and now - self._read_anew_at < BETWEEN_READS:
            return False
        self._read_anew_at = now
        return True

    def _checked(self, payload: Mapping[str, Any]) -> Position:
        # signed by us, and yet: what goes to the store is known to be a position
        version, expires, position = payload["v"], payload["e"], payload["p"]
        if version != VERSION or not isinstance(expires, int):
            raise PageTokenError
        if self._clock().timestamp() >= expires or not _is_position(position):
            raise PageTokenError
        checked: Position = position
        return checked


def _key_id(key: str) -> str:
    # says which key it is without saying anything of the key
    return hmac.digest(key.encode(), b"page token key id", "sha256").hex()[:12]


def _with_id(key_id: Any, keys: tuple[str, ...]) -> str | None:
    return next((key for key in keys if _key_id(key) == key_id), None)


def _mac(key: str, of: str, text: bytes) -> bytes:
    # the list's length goes first: where it ends and the payload begins is signed, too
    about = of.encode()
    message = b"page token\0" + len(about).to_bytes(8, "big") + about + text
    return hmac.digest(key.encode(), message, "sha256")


def _encoded(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _decoded(token: str) -> bytes:
    if len(token) > LONGEST:
        raise PageTokenError
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error) as error:
        raise PageTokenError from error
    # the decoder passes over what is no base64, and over unused bits: one token has one spelling
    if _encoded(signed) != token:
        raise PageTokenError
    return signed


def _payload(text: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageTokenError from error
    if not isinstance(payload, dict) or payload.keys() != {"v", "k", "e", "p"}:
        raise PageTokenError
    return payload


def _is_position(position: Any) -> bool:
    return (
        isinstance(position, dict)
        and 1 <= len(position) <= 4
        and all(_KEY_NAME.fullmatch(name) for name in position)
        and all(isinstance(key, str) and 0 < len(key) <= _KEY_LENGTH for key in position.values())
    )
