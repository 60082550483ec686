"""Lambda: what is said of a Python function that cannot start, or raises.

AWS: the answer has errorType (of a failed import Runtime.ImportModuleError, of a syntax error
Runtime.UserCodeSyntaxError, of a handler that is not there Runtime.HandlerNotFound, else the
exception's own class), errorMessage, requestId and stackTrace. The log has these, too.
MiniStack: answers RuntimeError and Runtime.HandlerError; a function that cannot start leaves START,
END and REPORT in its log, and nothing else.
Here: both are as AWS's runtime for Python makes them.
https://github.com/aws/aws-lambda-python-runtime-interface-client, bootstrap.py
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# How a fault travels from the function's process to here: as an error's text.
MARK = "baton-fault:"
EXITED = "Worker process exited immediately. stderr: "
# In the function's process; `mod`, `handler_fn` and what they raise are the bootstrap's own.
FAULT = """
def _baton_fault(error, module, handler):
    import traceback
    kind, message = type(error).__name__, str(error)
    frames = traceback.extract_tb(error.__traceback__)[1:]
    frames = [f for f in frames if "importlib" not in f.filename]
    stack = traceback.format_list(frames)
    if isinstance(error, ImportError):
        kind, stack = "Runtime.ImportModuleError", []
        message = f"Unable to import module '{module}': {message}"
    elif isinstance(error, SyntaxError):
        kind = "Runtime.UserCodeSyntaxError"
        stack = [f'  File "{error.filename}" Line {error.lineno}\\\\n    {error.text}']
        message = f"Syntax error in module '{module}': {message}"
    elif handler and isinstance(error, AttributeError) and not frames:
        kind, stack = "Runtime.HandlerNotFound", []
        message = f"Handler '{handler}' missing on module '{module}'"
    return "MARK" + json.dumps(
        {"errorMessage": message, "errorType": kind, "stackTrace": stack})
""".replace("MARK", MARK)
REPLACED = (
    (
        'json.dumps({"status": "error", "error": str(e)})',
        'json.dumps({"status": "error", "error": _baton_fault(e, module_name, handler_name)})',
    ),
    (
        '{"status": "error", "error": str(e), "trace": traceback.format_exc()}',
        '{"status": "error", "error": _baton_fault(e, "", "")}',
    ),
    ("def run():", FAULT.replace("\\\\n", "\\n") + "\ndef run():"),
)


def install() -> None:
    """Replace what a function's process says of a fault, and what is made of that here."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    for before, after in REPLACED:
        if before not in script:
            raise LookupError(f"the bootstrap of functions has no {before!r}")
        script = script.replace(before, after, 1)
    lambda_runtime._PYTHON_WORKER_SCRIPT = script
    execute = lambda_svc._execute_function_warm

    def execute_warm(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = execute(function, event, request_id)
        handler = (function.get("config") or function).get("Handler", "")
        fault = _fault(result, handler, request_id) if result.get("error") else None
        return _told(result, fault, request_id) if fault else result

    lambda_svc._execute_function_warm = execute_warm


def _fault(result: dict[str, Any], handler: str, request_id: str) -> dict[str, Any] | None:
    """What is wrong, as AWS's runtime says it; None where MiniStack's own words are right."""
    said = str(result["body"].get("errorMessage", ""))
    if MARK in said:
        found: dict[str, Any] = json.loads(said.partition(MARK)[2])
        return found
    if "." not in handler:
        message = f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)"
        return _without_stack("Runtime.MalformedHandlerName", message)
    if said.startswith(EXITED):
        result["log"] = said.removeprefix(EXITED)
        message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
        return _without_stack("Runtime.ExitError", message)
    return None


def _without_stack(kind: str, message: str) -> dict[str, Any]:
    return {"errorMessage": message, "errorType": kind, "stackTrace": []}


def _told(result: dict[str, Any], fault: dict[str, Any], request_id: str) -> dict[str, Any]:
    """The answer and the log of a fault."""
    said = "\n".join(
        [
            f"[ERROR] {fault['errorType']}: {fault['errorMessage']}",
            "Traceback (most recent call last):",
            *(line.rstrip("\n") for line in fault["stackTrace"]),
        ]
    )
    printed = [line for line in (result.get("log") or "").splitlines() if MARK not in line]
    body = {**fault, "requestId": request_id}
    return {**result, "body": body, "log": "\n".join([*printed, said])}
