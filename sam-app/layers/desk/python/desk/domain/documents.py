"""Documents that are kept for later: JSON, whatever the values come as."""

from __future__ import annotations

import base64
import json
from typing import Any


def text(document: Any) -> str:
    """The document as JSON.

    What the table can hold and JSON has no word for is written as what comes nearest: sets as
    sorted lists, bytes in base64, fractions as texts of all their digits. An attribute of which
    this code knows nothing must not keep its item from being stored.
    """
    return json.dumps(document, default=_nearest)


def _nearest(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    # their order is another one in each process
    return sorted(value, key=str) if isinstance(value, set | frozenset) else str(value)
