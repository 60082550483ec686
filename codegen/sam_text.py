r"""How text travels through SAM's parameter overrides, even from a file.

After reading `file://parameters/dev.yaml`, SAM treats every value as if it had been typed in a
shell (samcli/cli/types.py, `_unquote_wrapped_quotes`): a pair of quotes around it is removed, and
`\"`, `\'` and `\ ` lose their backslash. `encode` writes text so that this gives it back.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"""\\(?=[ "'])""")
_QUOTES = ('"', "'")


def encode(text: str) -> str:
    """What to write so that SAM reads `text`."""
    guarded = _ESCAPED.sub(r"\\\\", text)
    # SAM removes one pair of quotes, if there is one: let it be ours
    return f'"{guarded}"' if _is_quoted(guarded) else guarded


def decode(written: str) -> str:
    """What SAM reads, the same steps in the same order."""
    inner = written[1:-1] if _is_quoted(written) else written
    return inner.replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")


def _is_quoted(text: str) -> bool:
    return bool(text) and text[0] == text[-1] and text[0] in _QUOTES
