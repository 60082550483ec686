"""The smoke test: one ticket's way through API, stream and schedule of a deployed environment.

It works as a client does, over HTTP, authenticated by key, signature or token. It has a team of its
own, and deletes every item of that team at the end. A failure is a check that is not ok.

It looks into the table for what it waits for, and asks the API when that is there: an answer that
came too early could stay in the API's cache for longer than this test waits.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from uuid import uuid4

import boto3
from botocore.config import Config

from verification.callers import UNKNOWN, Callers
from verification.http_api import Answer, HttpApi
from verification.report import Check, CheckFailedError, StoppedError, checked
from verification.traces import Traces

# A new event source mapping may take minutes until it polls, a changed one 90 s (Lambda's guide).
STREAM_DEADLINE_S = 300.0
SETTLE_DEADLINE_S = 120.0
SWEEP_DEADLINE_S = 60.0
CALLER_DEADLINE_S = 120.0  # API Gateway does not know a new key at once
POLL_S = 0.5
# A sweep may take as long as a function can; sent again it would only run beside itself.
SWEEP_CONFIG = Config(read_timeout=900, retries={"total_max_attempts": 1})
TITLE = "Smoke test ✓"


@dataclass(frozen=True)
class Deployment:
    """What is tested: a session of the environment, its stack's outputs and parameters.

    The session may read the API key or call the API, invoke the scheduled function, and read and
    delete from the table.
    """

    session: boto3.Session
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass
class Journey:
    """One run of the smoke test.

    Attributes
    ----------
    is_stopped:
        Whether the test is to end: it begins no further check, and deletes its data at once.
    """

    deployment: Deployment
    team: str = field(default_factory=lambda: f"smoke-{uuid4().hex[:12]}")
    tickets: list[str] = field(default_factory=list)
    is_stopped: bool = False
    _is_checking: bool = False

    def run(self) -> Iterator[Check]:
        """Make the checks, one after the other; the last one deletes the test data."""
        for name, step in self.steps():
            check = checked(name, partial(self._stoppable, step))
            yield check
            # a check that needs what an earlier one did not get would only repeat its failure
            if self.is_stopped or not check.ok:
                break
        yield checked("test data is deleted", self.clean_up)

    def stop(self) -> None:
        """End the test in order: for a signal's handler.

        Raises
        ------
        StoppedError
            Into the check at work, if one is.
        """
        self.is_stopped = True
        if self._is_checking:
            self._is_checking = False
            raise StoppedError

    def _stoppable(self, step: Callable[[], str]) -> str:
        self._is_checking = True
        try:
            return step()
        finally:
            self._is_checking = False

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("an unauthenticated request is rejected", self.reject_stranger),
            ("an authenticated request is answered", self.answer_caller),
            ("a ticket is created once", self.create),
            ("the ticket is read back", self.read),
            ("the processor counts it", self.counted),
            ("an overdue ticket is escalated", self.escalate),
        ]

    @cached_property
    def api(self) -> HttpApi:
        return HttpApi(self.deployment.outputs["ApiUrl"], self.callers.known())

    @cached_property
    def callers(self) -> Callers:
        return Callers(self.deployment.session, self.deployment.outputs)

    @cached_property
    def traces(self) -> Traces:
        client = self.deployment.session.client("dynamodb")
        return Traces(client, self.deployment.parameters["TableName"], self.team)

    def reject_stranger(self) -> str:
        url = self.deployment.outputs["ApiUrl"]
        return f"{_expect(HttpApi(url).get('/health'), *UNKNOWN).status}"

    def answer_caller(self) -> str:
        def known() -> str | None:
            answer = self.api.get("/health")
            return None if answer.status in UNKNOWN else f"{_expect(answer, 200).status}"

        return self._poll(known, CALLER_DEADLINE_S, "the API does not know its caller")

    def create(self) -> str:
        due_at = datetime.now(UTC) + timedelta(days=1)
        idempotency_key = uuid4().hex
        first = self._post(due_at, idempotency_key)
        again = self._post(due_at, idempotency_key)
        if again != first:
            raise CheckFailedError(f"one Idempotency-Key made two tickets, {first} and {again}")
        return f"{first}, and the same when sent again"

    def read(self) -> str:
        answer = _expect(self.api.get(f"/tickets/{self.tickets[0]}"), 200)
        seen = (answer.headers.get("ETag"), answer.body["team"], answer.body["title"])
        if seen != ('"1"', self.team, TITLE):
            raise CheckFailedError(f"it came back as {seen}")
        return 'ETag "1"'

    def counted(self) -> str:
        def seen() -> str | None:
            if self.traces.uncounted(self.tickets):
                return None
            answer = _expect(self.api.get(f"/teams/{self.team}/stats"), 200)
            return "1 open" if answer.body["open"]["normal"] == 1 else None

        return self._poll(seen, STREAM_DEADLINE_S, "the stream did not reach the counters")

    def escalate(self) -> str:
        ticket = self._post(datetime.now(UTC) - timedelta(hours=1), uuid4().hex)

        def escalated() -> str | None:
            self._sweep()  # again each time: the index that it reads may lag behind
            if self.traces.events(ticket) < 2:
                return None
            body = _expect(self.api.get(f"/tickets/{ticket}"), 200).body
            return f"{body['priority']}, version {body['version']}" if body["escalated"] else None

        seen = self._poll(escalated, SWEEP_DEADLINE_S, "the sweep did not escalate it")
        if seen != "high, version 2":
            raise CheckFailedError(f"{ticket} is {seen}, not high, version 2")
        return f"{ticket} is {seen}"

    def clean_up(self) -> str:
        try:
            return self._delete_items()
        finally:
            self.callers.delete_user()

    def _delete_items(self) -> str:
        traces = self.traces
        tickets = traces.tickets(self.tickets)
        # what is still in the stream would be counted after its counters are gone
        settled = time.monotonic() + SETTLE_DEADLINE_S
        while (uncounted := traces.uncounted(tickets)) and time.monotonic() < settled:
            if self.is_stopped:  # because a function has failed, perhaps the one that counts
                break
            time.sleep(POLL_S)
        deleted = f"{traces.delete(tickets)} items of {self.team}"
        if uncounted:
            raise CheckFailedError(f"{deleted}, but the processor may yet count {uncounted}")
        return deleted

    def _post(self, due_at: datetime, idempotency_key: str) -> str:
        body = {"title": TITLE, "team": self.team, "due_at": due_at.isoformat()}
        answer = self.api.post("/tickets", body, {"Idempotency-Key": idempotency_key})
        ticket = str(_expect(answer, 201).body["id"])
        self.tickets.append(ticket)
        return ticket

    def _sweep(self) -> None:
        outputs, session = self.deployment.outputs, self.deployment.session
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": session.region_name,
            "resources": [outputs["SweepRuleArn"]],
            "detail": {},
        }
        client = session.client("lambda", config=SWEEP_CONFIG)
        answer = client.invoke(FunctionName=outputs["ScheduledAliasArn"], Payload=json.dumps(event))
        if "FunctionError" in answer:
            raise CheckFailedError(f"the sweep failed: {answer['Payload'].read()[:500]!r}")

    def _poll(self, look: Callable[[], str | None], deadline_s: float, otherwise: str) -> str:
        ends = time.monotonic() + deadline_s
        while True:
            seen = look()
            if seen is not None:
                return seen
            if time.monotonic() >= ends:
                raise CheckFailedError(f"{otherwise} within {deadline_s:.0f} s")
            time.sleep(POLL_S)


def _expect(answer: Answer, *expected: int) -> Answer:
    if answer.status not in expected:
        wanted = " or ".join(map(str, expected))
        raise CheckFailedError(f"answered {answer.status}, not {wanted}: {answer.body}")
    return answer
