"""Failed invocations are seen in the emulator's logs as in Lambda's own."""

from __future__ import annotations

import datetime

import pytest

from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.logs import FailedInvocation, FunctionLogs
from tests.emulator.conftest import Engine, eventually

pytestmark = pytest.mark.engine

RAISES = """
def handler(event, context):
    print("begun")
    raise KeyError("TableName")
"""
SLEEPS = """
import time

def handler(event, context):
    time.sleep(9)
"""
WORKS = """
def handler(event, context):
    print("an error was handled: KeyError")
"""


def failure_of(engine: Engine, code: str, timeout: int = 60) -> FailedInvocation | None:
    """What the log says after a function of this code was invoked."""
    since = datetime.datetime.now(datetime.UTC)
    name = engine.create_function(code)
    client = engine.client("lambda")
    client.update_function_configuration(FunctionName=name, Timeout=timeout)
    configuration = client.get_function_configuration(FunctionName=name)
    function = DeployedFunction(name, None, None, configuration, {}, None)
    logs = FunctionLogs(engine.client("logs"), engine.environment, [function], since)
    assert logs.failed() is None  # there is no log group yet
    client.invoke(FunctionName=name, Payload=b"{}")
    return eventually(logs.failed, bool, seconds=3)


@pytest.mark.parametrize(
    ("code", "timeout", "cause"),
    [(RAISES, 60, "KeyError: 'TableName'"), (SLEEPS, 1, "Task timed out after 1.00 seconds")],
    ids=["raises", "takes too long"],
)
def test_a_failed_invocation_is_seen(patched: Engine, code: str, timeout: int, cause: str) -> None:
    failed = failure_of(patched, code, timeout)

    assert failed is not None
    assert failed.lines[0] == cause
    assert "begun" not in failed.lines


def test_an_invocation_that_ends_is_none(patched: Engine) -> None:
    assert failure_of(patched, WORKS) is None
