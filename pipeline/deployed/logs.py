"""The functions' logs: whether an invocation has failed since a moment, and what its log says."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError, Interrupted
from pipeline.adapters.aws import explained
from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.log_lines import JSON_FILTER, excerpt, is_failure

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from codegen.settings import Environment

READ = {"PageSize": 100, "MaxItems": 100}  # of the events after a failure


@dataclass(frozen=True)
class LogGroup:
    """Where a function writes its log.

    Parameters
    ----------
    function:
        The function's name.
    name:
        The log group's.
    version:
        The version that is looked at: others may still be at work.
    is_json:
        Whether Lambda writes the log as JSON.
    """

    function: str
    name: str
    version: str
    is_json: bool

    @classmethod
    def of(cls, function: DeployedFunction) -> LogGroup:
        """The log group of what runs of a function."""
        configuration = function.live or function.latest or {}
        logging = configuration.get("LoggingConfig") or {}
        return cls(
            function=function.name,
            name=logging.get("LogGroup") or f"/aws/lambda/{function.name}",
            version=str(configuration.get("Version", "$LATEST")),
            is_json=logging.get("LogFormat") == "JSON",
        )


@dataclass(frozen=True)
class FailedInvocation:
    """An invocation that failed, and the lines of its log, the cause first."""

    group: LogGroup
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"the function {self.group.function} failed: {self.lines[0]}"


class FunctionLogs:
    """The logs of a stack's functions since a moment.

    Parameters
    ----------
    client:
        CloudWatch Logs', of the environment.
    environment:
        Whose functions they are.
    functions:
        The functions as they are deployed.
    since:
        Older events are of no interest.
    """

    def __init__(
        self,
        client: CloudWatchLogsClient,
        environment: Environment,
        functions: Iterable[DeployedFunction],
        since: datetime,
    ) -> None:
        self._client = client
        self._environment = environment
        self._since = int(since.timestamp() * 1000)
        self.groups = [LogGroup.of(each) for each in functions if each.live or each.latest]

    def failed(self, after_s: float = 0.0) -> FailedInvocation | None:
        """The first invocation that failed; None where no log says so.

        Parameters
        ----------
        after_s:
            Seconds from the beginning on that need not be read again.

        Raises
        ------
        BatonError
            A log cannot be read.
        """
        start = self._since + int(after_s * 1000)
        for group in self.groups:
            pattern = {"filterPattern": JSON_FILTER} if group.is_json else {}
            for event in self._events(group, startTime=start, **pattern):
                stream, at = event["logStreamName"], event["timestamp"]
                if is_failure(event["message"]) and f"[{group.version}]" in stream:
                    more = {"logStreamNames": [stream], "startTime": at, "PaginationConfig": READ}
                    messages = [each["message"] for each in self._events(group, **more)]
                    return FailedInvocation(group, excerpt(messages))
        return None

    def _events(self, group: LogGroup, **request: Any) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator("filter_log_events")
        with (
            explained(self._environment, f"read the log {group.name}"),
            # the group may be made by the first invocation
            suppress(self._client.exceptions.ResourceNotFoundException),
        ):
            for page in pages.paginate(logGroupName=group.name, **request):
                yield from page["events"]

    def commands(self, failed: FailedInvocation | None = None) -> list[str]:
        """What shows the log of the function that failed; the logs of all where it is not known."""
        groups = [failed.group] if failed else self.groups
        return [
            f"aws logs filter-log-events --log-group-name {shlex.quote(group.name)} "
            f"--start-time {self._since} --query 'events[].[message]' --output text "
            f"--profile {shlex.quote(self._environment.aws_profile)} "
            f"--region {self._environment.region}"
            for group in groups
        ]


class Watch:
    """Looks at the logs now and then while somebody waits for what the functions do.

    Parameters
    ----------
    logs:
        What is looked at.
    clock, sleep:
        Seconds that never jump, and a pause of some.

    Attributes
    ----------
    unreadable:
        Why the logs cannot be read; empty while they can. The wait goes on without them.
    """

    # CloudWatch takes ten of these requests a second, of a whole account
    EVERY_S, EVERY_GROUP_S = 3.0, 0.4
    LATE_S = 60.0  # how late an event may come
    LAST_S = 5.0  # how long the log of what has failed already is waited for

    def __init__(
        self,
        logs: FunctionLogs,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.logs = logs
        self._clock, self._sleep = clock, sleep
        self._began = self._next = clock()
        self.found: FailedInvocation | None = None
        self.unreadable = ""

    def __call__(self) -> str:
        """Which function has failed, and why, in a line; empty while none has."""
        now = self._clock()
        if self.found is None and not self.unreadable and now >= self._next:
            self._next = now + max(self.EVERY_S, self.EVERY_GROUP_S * len(self.logs.groups))
            try:
                self.found = self.logs.failed(max(0.0, now - self._began - self.LATE_S))
            except Interrupted:
                raise
            except BatonError as error:
                self.unreadable = error.message
        return str(self.found or "")

    def at_last(self) -> FailedInvocation | None:
        """What the logs say after something has failed; an event may take seconds to come."""
        ends = self._clock() + self.LAST_S
        while not self() and not self.unreadable and self._clock() < ends:
            self._sleep(1.0)
            self._next = self._clock()
        return self.found
