"""A function that cannot start, or raises, says why: in its answer and in its log."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Engine, eventually, unique, zipped

pytestmark = pytest.mark.engine
Gap = Callable[[Callable[[Engine], Any], Any], None]

OK = "def handler(event, context):\n    return 1\n"
RAISES = """
print("printed")

def inner():
    raise ValueError("no such thing")

def handler(event, context):
    inner()
"""
# code, handler → type, message, and what else the log has
CASES: dict[str, tuple[str, str, str, str, str]] = {
    "a module that is not there": (
        "import nothing_of_that_name\n" + OK,
        "index.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'index': No module named 'nothing_of_that_name'",
        "Traceback (most recent call last):",
    ),
    "the handler's module is not there": (
        OK,
        "main.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'main': No module named 'main'",
        "Traceback (most recent call last):",
    ),
    "a name that a module has not": (
        "from json import nothing\n" + OK,
        "index.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'index': cannot import name 'nothing' from 'json'",
        "Traceback (most recent call last):",
    ),
    "a syntax error": (
        "def handler(event, context)\n    pass\n",
        "index.handler",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'index': expected ':' (index.py, line 1)",
        'index.py" Line 1',
    ),
    "the handler is not there": (
        OK,
        "index.main",
        "Runtime.HandlerNotFound",
        "Handler 'main' missing on module 'index'",
        "Traceback (most recent call last):",
    ),
    "a handler without a module": (
        OK,
        "handler",
        "Runtime.MalformedHandlerName",
        "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
        "Traceback (most recent call last):",
    ),
    "a variable that is not set": (
        'import os\nos.environ["TABLE_NAME"]\n' + OK,
        "index.handler",
        "KeyError",
        "'TABLE_NAME'",
        'index.py", line 2, in <module>',
    ),
    "an attribute that a module has not": (
        "import json\njson.nothing\n" + OK,
        "index.handler",
        "AttributeError",
        "module 'json' has no attribute 'nothing'",
        'index.py", line 2, in <module>',
    ),
    "an exception of the handler": (
        RAISES,
        "index.handler",
        "ValueError",
        "no such thing",
        'index.py", line 5, in inner',
    ),
}


def invoked(engine: Engine, code: str, handler: str) -> tuple[dict[str, Any], str, str]:
    """A function's answer, the log that comes with it, and that of its log group."""
    functions, name = engine.client("lambda"), unique("function")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler=handler,
        Role=engine.role,
        Code={"ZipFile": zipped(code)},
    )
    answer = functions.invoke(FunctionName=name, LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    tail = base64.b64decode(answer.get("LogResult", "")).decode()
    events = eventually(
        lambda: engine.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")[
            "events"
        ],
        bool,
    )
    logged = "\n".join(event["message"] for event in events)
    return json.loads(answer["Payload"].read()), tail, logged


@pytest.mark.parametrize("what", CASES)
def test_what_is_wrong_is_in_the_answer_and_in_the_log(gap: Gap, what: str) -> None:
    # Given a function with something wrong
    code, handler, kind, message, also = CASES[what]

    # When it is invoked
    def observe(engine: Engine) -> list[Any]:
        body, tail, logged = invoked(engine, code, handler)
        said = [
            text in log for text in (f"[ERROR] {kind}: {message}", also) for log in (tail, logged)
        ]
        return [body["errorType"], body["errorMessage"].startswith(message), *said]

    # Then
    gap(observe, [kind, True, True, True, True, True])


def test_the_answer_has_the_request_and_the_stack(patched: Engine) -> None:
    body, tail, logged = invoked(patched, RAISES, "index.handler")
    assert f"START RequestId: {body['requestId']}" in logged
    handler, inner = body["stackTrace"]
    assert "in handler" in handler
    assert 'raise ValueError("no such thing")' in inner
    assert tail.count("ValueError") == 2  # the error, and the line that raised it
    assert "baton" not in tail + logged + json.dumps(body)


def test_what_it_printed_before_is_in_the_log(patched: Engine) -> None:
    code = 'import sys\nprint("printed")\nprint("on stderr", file=sys.stderr)\n'
    _, _, logged = invoked(patched, code + RAISES, "index.handler")
    assert "printed" in logged


def test_a_process_that_ends_says_so(patched: Engine) -> None:
    body, _, logged = invoked(patched, "import sys\nsys.exit('enough')\n" + OK, "index.handler")
    assert body["errorType"] == "Runtime.ExitError"
    assert body["errorMessage"].startswith(f"RequestId: {body['requestId']} Error: Runtime exited")
    assert "Runtime.ExitError" in logged


def test_a_function_that_is_corrected_answers(patched: Engine) -> None:
    functions = patched.client("lambda")
    name = patched.create_function("import nothing_of_that_name\n")
    assert functions.invoke(FunctionName=name)["FunctionError"] == "Unhandled"
    functions.update_function_code(FunctionName=name, ZipFile=zipped(OK))
    assert functions.invoke(FunctionName=name)["Payload"].read() == b"1"
