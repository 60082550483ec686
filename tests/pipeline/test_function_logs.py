"""Failed invocations are seen in the functions' logs, in either format, and shown with a remedy."""

from __future__ import annotations

import datetime
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from codegen.errors import BatonError, Interrupted
from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.log_lines import JSON_FILTER, LINES, LONGEST, excerpt, is_failure
from pipeline.deployed.logs import FailedInvocation, FunctionLogs, LogGroup, Watch
from tests.pipeline.builders import environment

DEV = environment()
SINCE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
START = int(SINCE.timestamp() * 1000)


def platform(kind: str, status: str, **more: Any) -> str:
    return json.dumps({"type": f"platform.{kind}", "record": {"status": status, **more}})


IMPORT = json.dumps(
    {
        "errorType": "Runtime.ImportModuleError",
        "errorMessage": "Unable to import module 'api': No module named 'x'",
        "stackTrace": ["  File a.py, line 1\n    import x"],
        "requestId": "",
    }
)
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/var/task/index.py", line 4, in handler',
    "    raise KeyError('x')",
    "KeyError: 'x'",
)


@pytest.mark.parametrize(
    "message",
    [
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'api': No module named 'x'",
        "[ERROR] KeyError: 'x'\rTraceback (most recent call last):\r  File",
        "2026-01-01T00:00:00Z 5a Task timed out after 3.00 seconds",
        "Task timed out after 3.00 seconds",
        "RequestId: 5a Error: Runtime exited with error: signal: killed",
        "REPORT RequestId: 5a\tDuration: 3000.00 ms\tStatus: timeout",
        "REPORT RequestId: 5a\tDuration: 3 ms\tStatus: error\tError Type: Runtime.ExitError",
        "2026-01-01\t5a\tERROR\tInvoke Error \t{}",
        TRACEBACK[0],
        IMPORT,
        platform("report", "error", errorType="Runtime.ExitError"),
        platform("report", "timeout"),
        platform("runtimeDone", "failure"),
    ],
)
def test_a_failed_invocation_is_seen(message: str) -> None:
    assert is_failure(message)


@pytest.mark.parametrize(
    "message",
    [
        "START RequestId: 5a Version: 3",
        "REPORT RequestId: 5a\tDuration: 3 ms",
        # what a function logs itself of an error that it has handled
        "[ERROR]\t2026-01-01T00:00:00.000Z\t5a\tno such ticket",
        json.dumps({"level": "ERROR", "message": "no such ticket", "exception": "Traceback …"}),
        # an initialisation that took too long is begun once more with the invocation
        "INIT_REPORT Init Duration: 9999.99 ms\tPhase: init\tStatus: timeout",
        platform("initReport", "timeout"),
        platform("report", "success"),
        "{broken",
        "[1, 2]",
        "",
    ],
)
def test_nothing_else_is(message: str) -> None:
    assert not is_failure(message)


@pytest.mark.parametrize("status", ["error", "failure", "timeout"])
def test_cloudwatch_sends_every_status_that_is_a_failure(status: str) -> None:
    assert f'$.record.status = "{status}"' in JSON_FILTER


@pytest.mark.parametrize(
    ("messages", "first"),
    [
        (["START RequestId: 5a", "hello", *TRACEBACK, "END RequestId: 5a"], "KeyError: 'x'"),
        ([IMPORT, platform("report", "error")], "Runtime.ImportModuleError: Unable to import"),
        (["[ERROR] KeyError: 'x'\rTraceback (most recent call last):\r  File"], "KeyError: 'x'"),
        ([TRACEBACK[0]], TRACEBACK[0]),
        ([], "its log says no more"),
    ],
)
def test_the_cause_comes_first(messages: list[str], first: str) -> None:
    shown = excerpt(messages)

    assert shown[0].startswith(first)
    assert "hello" not in shown


def test_what_is_shown_is_short() -> None:
    shown = excerpt([f"[ERROR] {'x' * 999}", *map(str, range(99))])

    assert len(shown) == LINES + 1
    assert max(map(len, shown)) == LONGEST


def _function(name: str, version: str | None = "3", **logging: str) -> DeployedFunction:
    configuration = {"Version": version or "$LATEST", "LoggingConfig": logging}
    live, latest = (configuration, None) if version else (None, configuration)
    return DeployedFunction(name, "live" if version else None, live, latest, {}, version)


@pytest.mark.parametrize(
    ("function", "group"),
    [
        (_function("api"), LogGroup("api", "/aws/lambda/api", "3", is_json=False)),
        (_function("api", LogGroup="/mine"), LogGroup("api", "/mine", "3", is_json=False)),
        (
            _function("api", None, LogGroup="/mine", LogFormat="JSON"),
            LogGroup("api", "/mine", "$LATEST", is_json=True),
        ),
    ],
)
def test_a_function_writes_where_its_configuration_says(
    function: DeployedFunction, group: LogGroup
) -> None:
    assert LogGroup.of(function) == group


@dataclass
class Logs:
    """CloudWatch Logs: events of log groups, as FilterLogEvents gives them."""

    events: dict[str, list[tuple[int, str, str]]]  # group → time, stream, message
    asked: list[dict[str, Any]] = field(default_factory=list)
    refuse: Exception | None = None
    exceptions: Any = field(
        default_factory=lambda: SimpleNamespace(ResourceNotFoundException=LookupError)
    )

    def get_paginator(self, operation: str) -> Any:
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(request)
        if self.refuse:
            raise self.refuse
        if request["logGroupName"] not in self.events:
            raise LookupError
        for at, stream, message in self.events[request["logGroupName"]]:
            named = request.get("logStreamNames", [stream])
            if at >= request["startTime"] and stream in named:
                event = {"timestamp": at, "logStreamName": stream, "message": message}
                yield {"events": [event]}


def _logs(events: dict[str, Any], *functions: DeployedFunction, **more: Any) -> FunctionLogs:
    return FunctionLogs(Logs(events, **more), DEV, functions or [_function("api")], SINCE)  # type: ignore[arg-type]


def test_the_first_failure_is_shown_with_the_lines_of_its_own_stream() -> None:
    # Given two streams, one of an invocation that fails
    events = [(START, "[3]b", "fine"), *((START + 1, "[3]a", line) for line in TRACEBACK)]
    events.insert(2, (START + 1, "[3]b", "not of it"))

    # When the logs are read
    failed = _logs({"/aws/lambda/api": events}).failed()

    # Then the cause is in the sentence, and the lines below it
    assert str(failed) == "the function api failed: KeyError: 'x'"
    assert failed is not None
    assert failed.lines[1:] == TRACEBACK


@pytest.mark.parametrize(
    "event",
    [
        (START - 1, "[3]a", TRACEBACK[0]),  # before the deployment
        (START + 1, "[2]a", TRACEBACK[0]),  # of another version, which is still at work
        (START + 1, "[3]a", "fine"),
    ],
)
def test_what_is_not_of_this_deployment_is_no_failure(event: tuple[int, str, str]) -> None:
    assert _logs({"/aws/lambda/api": [event]}).failed() is None


def test_a_log_group_that_is_not_there_yet_has_no_failures() -> None:
    assert _logs({}).failed() is None


def test_only_json_logs_are_filtered_by_cloudwatch() -> None:
    functions = [_function("a"), _function("b", LogFormat="JSON")]
    logs = _logs({}, *functions)
    logs.failed()

    assert [each.get("filterPattern") for each in logs._client.asked] == [None, JSON_FILTER]  # type: ignore[attr-defined]


def test_the_remedy_is_a_command_of_the_pinned_cli_for_the_group_that_failed() -> None:
    # Given a function with a log group of a name that a shell would take apart
    functions = [_function("a", LogGroup="/a b"), _function("b")]
    logs = _logs({}, *functions)

    # When the commands are made, Then each names a group, and the failed one stands alone
    every = [shlex.split(command) for command in logs.commands()]
    assert [each[:3] for each in every] == [["aws", "logs", "filter-log-events"]] * 2
    assert [each[4] for each in every] == ["/a b", "/aws/lambda/b"]
    failed = FailedInvocation(logs.groups[1], ("x",))
    assert [shlex.split(each)[4] for each in logs.commands(failed)] == ["/aws/lambda/b"]


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _watch(logs: Any) -> tuple[Watch, Clock]:
    clock = Clock()
    return Watch(logs, clock, clock.sleep), clock


def test_the_logs_are_looked_at_now_and_then_and_not_again_from_the_beginning() -> None:
    # Given logs without failures
    seen: list[float] = []
    logs = SimpleNamespace(failed=seen.append, groups=[1, 2, 3])
    watch, clock = _watch(logs)

    # When somebody waits for three minutes, and asks twice a second
    for _ in range(360):
        assert watch() == ""
        clock.sleep(0.5)

    # Then they were read every three seconds, and only as far back as an event may come late
    assert len(seen) == 60
    assert seen[0] == 0.0
    assert seen[-1] == 177.0 - Watch.LATE_S


def test_many_functions_are_asked_for_less_often() -> None:
    # Given as many log groups as would use up what CloudWatch takes of an account
    seen: list[float] = []
    watch, clock = _watch(SimpleNamespace(failed=seen.append, groups=range(50)))

    # When somebody waits for a minute, Then there are fewer than three requests a second
    for _ in range(120):
        watch()
        clock.sleep(0.5)
    assert len(seen) * 50 / 60 < 3


def test_a_log_that_cannot_be_read_ends_the_watch_and_not_the_wait() -> None:
    # Given that nobody may read the logs
    asked: list[float] = []

    def refuse(after: float) -> None:
        asked.append(after)
        raise BatonError("FilterLogEvents said AccessDenied")

    watch, clock = _watch(SimpleNamespace(failed=refuse, groups=[1]))

    # When it is asked again and again, Then they are read once, and the reason is kept
    for _ in range(9):
        assert watch() == ""
        clock.sleep(5)
    assert asked == [0.0]
    assert watch.unreadable == "FilterLogEvents said AccessDenied"
    assert watch.at_last() is None


def test_an_interruption_is_not_taken_for_a_log_that_cannot_be_read() -> None:
    def interrupted(after: float) -> None:
        raise Interrupted("Ctrl-C")

    watch, _ = _watch(SimpleNamespace(failed=interrupted, groups=[1]))

    with pytest.raises(Interrupted):
        watch()


def test_after_a_failure_an_event_is_waited_for_a_few_seconds() -> None:
    # Given a log whose event comes late
    clock = Clock()
    failed = FailedInvocation(LogGroup("api", "/api", "3", is_json=False), ("KeyError: 'x'",))
    logs: Any = SimpleNamespace(
        failed=lambda _: failed if clock.now > 103 else None, groups=[failed.group]
    )

    # When it is asked at last, Then the event is there
    assert Watch(logs, clock, clock.sleep).at_last() == failed

    # And where none comes, it ends
    clock = Clock()
    logs = SimpleNamespace(failed=lambda _: None, groups=[])
    assert Watch(logs, clock, clock.sleep).at_last() is None
    assert clock.now <= 100 + Watch.LAST_S + 1
