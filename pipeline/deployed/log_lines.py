"""What the log of a failed invocation looks like, and what of it people need to see. Pure.

Sources: docs.aws.amazon.com/lambda, "Lambda Telemetry API Event schema reference" (platform.report,
platform.runtimeDone) and "Log and monitor Python Lambda functions" (the text format).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

FAILED = {"error", "failure", "timeout"}
# An initialisation that fails or takes too long by itself is begun once more with the invocation.
TEXT = re.compile(
    r"\[ERROR\] "  # Python's runtime; what a function logs itself has a tab there
    r"|Traceback \(most recent call last\):"
    r"|.*\bTask timed out after \d"
    r"|.*\bError: Runtime exited"
    r"|.*\tERROR\t(Invoke Error|Uncaught Exception|Unhandled Promise Rejection)"  # Node's runtime
    r"|REPORT .*\tStatus: (error|failure|timeout)"
)
# The same of JSON logs, as CloudWatch filters them: fewer events are sent, and none is missed.
JSON_FILTER = "{{ {} }}".format(
    " || ".join([*(f'$.record.status = "{each}"' for each in sorted(FAILED)), '$.errorType = "*"'])
)
FRAME = re.compile(r"(START|END) RequestId: ")
LINES, LONGEST = 15, 300  # of a log that are shown, and characters of each


def is_failure(message: str) -> bool:
    """Whether a line of a log says that an invocation failed."""
    document = _parsed(message)
    if document is None:
        return TEXT.match(message) is not None
    record = document.get("record")
    if document.get("type") in ("platform.report", "platform.runtimeDone"):
        return isinstance(record, dict) and record.get("status") in FAILED
    # what Lambda's runtimes write of an exception that nothing has caught
    return "errorType" in document and "stackTrace" in document


def excerpt(messages: Sequence[str]) -> tuple[str, ...]:
    """What a log says of the first failed invocation in it, the cause first."""
    first = next((i for i, message in enumerate(messages) if is_failure(message)), 0)
    lines = [
        line.rstrip()
        for message in messages[first:]
        if not FRAME.match(message)
        for line in _readable(message)
        if line.strip()
    ]
    return tuple(line[:LONGEST] for line in [_cause(lines), *lines][: LINES + 1])


def _cause(lines: Sequence[str]) -> str:
    """The line that names the error: below a traceback's frames, otherwise the first."""
    if lines[:1] != ["Traceback (most recent call last):"]:
        return lines[0] if lines else "its log says no more"
    return next((line for line in lines[1:] if not line.startswith(" ")), lines[0])


def _readable(message: str) -> list[str]:
    """A message as people read it: of JSON, the error and its frames."""
    document = _parsed(message)
    if document is None:
        return message.removeprefix("[ERROR] ").replace("\r", "\n").splitlines()
    if "errorType" in document:
        frames = document.get("stackTrace")
        shown = [str(frame) for frame in frames] if isinstance(frames, list) else []
        said = f"{document['errorType']}: {document.get('errorMessage', '')}"
        return "\n".join([said, *shown]).splitlines()
    return [message]


def _parsed(message: str) -> Mapping[str, Any] | None:
    if not message.startswith("{"):
        return None
    try:
        document = json.loads(message)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
