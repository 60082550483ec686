r"""How text travels through SAM's parameter overrides, even from a file.

SAM treats every value of `file://parameters/dev.yaml` as if it had been typed in a shell
(samcli/cli/types.py, `_unquote_wrapped_quotes`): a pair of quotes around it is removed, and
`\"`, `\'` and `\ ` lose their backslash. It does so twice, once as it reads the file and once as
it takes over what the file gave. `encode` writes text so that this gives it back.
"""

from __future__ import annotations

import re

READS = 2  # CfnParameterOverridesType.convert calls itself for a file, and unquotes in both
_ESCAPED = re.compile(r"""\\(?=[ "'])""")
_QUOTES = ('"', "'")


def encode(text: str) -> str:
    """What to write so that SAM reads `text`."""
    for _ in range(READS):
        text = _quote(text)
    return text


def decode(written: str) -> str:
    """What SAM reads, the same steps in the same order."""
    for _ in range(READS):
        written = _unquote(written)
    return written


def _quote(text: str) -> str:
    guarded = _ESCAPED.sub(r"\\\\", text)
    # one pair of quotes is removed, if there is one: let it be ours
    return f'"{guarded}"' if _is_quoted(guarded) else guarded


def _unquote(written: str) -> str:
    inner = written[1:-1] if _is_quoted(written) else written
    return inner.replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")


def _is_quoted(text: str) -> bool:
    return bool(text) and text[0] == text[-1] and text[0] in _QUOTES
