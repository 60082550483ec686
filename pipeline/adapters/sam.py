"""SAM's deployment of the packaged template, and what the CloudFormation stack says of itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.errors import BatonError
from codegen.shown import command
from pipeline.adapters import process
from pipeline.adapters.aws import explained
from pipeline.target import Target

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

# deleting a function in a VPC takes up to 40 minutes, shifting by tenths every ten minutes 100
SETTLE_SECONDS = 7200
# A stack whose creation was rolled back holds nothing and takes no update: it can only be deleted.
EMPTY = "ROLLBACK_COMPLETE"
# The last: an update was rolled back before, and this time there was nothing to change.
GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}

# Of what has been half updated, all is kept; of what was never whole, nothing is lost.
WAYS_OUT = {
    "UPDATE_FAILED": "rollback-stack",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
}


@dataclass(frozen=True)
class Stack:
    """A CloudFormation stack as it is: its status, outputs and parameters."""

    status: str
    outputs: dict[str, str]
    parameters: dict[str, str]


class Sam:
    """Deployments of one environment's stack."""

    def __init__(self, session: boto3.Session, environment: Environment, target: Target) -> None:
        self.environment = environment
        self.name = environment.stack_name
        self._target = target
        self._cloudformation = session.client("cloudformation")

    def stack(self) -> Stack | None:
        """The stack as it is now, None where there is none."""
        with explained(self.environment, f"look at the stack {self.name}"):
            try:
                found = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
            except self._cloudformation.exceptions.ClientError as error:
                if "does not exist" in str(error):  # CloudFormation has no code of its own for it
                    return None
                raise
        return Stack(
            status=found["StackStatus"],
            outputs={o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])},
            parameters={
                p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])
            },
        )

    def make_ready(self, say: Callable[[str], None], sleep: Callable[[float], None]) -> None:
        """Wait for an update that an earlier run left behind; delete a creation that failed.

        Raises
        ------
        BatonError
            The stack does not settle, or is in a state that a person must look at.
        """
        stack = self._settled(say, sleep)
        if stack is None or stack.status in GOOD | {"REVIEW_IN_PROGRESS"}:
            return
        if stack.status == EMPTY:
            say(f"deleting the stack {self.name}, whose creation had failed ({stack.status})")
            with explained(self.environment, f"delete the stack {self.name}"):
                self._cloudformation.delete_stack(StackName=self.name)
            stack = self._settled(say, sleep)
            if stack is None:
                return
        raise BatonError(
            f"the stack {self.name} is in {stack.status}, which a person must look at",
            self._way_out(stack.status),
        )

    def _way_out(self, status: str) -> str:
        """What a person does with a stack that CloudFormation has given up on."""
        options = command("--stack-name", self.name, "--profile", self.environment.aws_profile)
        way = WAYS_OUT.get(status, "delete-stack")
        return (
            f"aws cloudformation describe-stack-events {options} says why; fix that, then "
            f"aws cloudformation {way} {options}, then run the same command again"
        )

    def delete(self, say: Callable[[str], None], sleep: Callable[[float], None]) -> bool:
        """Delete the stack with all that it made, and wait for its end.

        CloudFormation does it with the role that last deployed the stack, so that role must still
        be there. A deletion that failed, or is at work, is gone on with.

        Returns
        -------
        bool
            False where there was no stack.

        Raises
        ------
        BatonError
            A resource could not be deleted, with CloudFormation's first reason.
        """
        if self._settled(say, sleep) is None:
            return False
        newest = self._newest_event()
        with explained(self.environment, f"delete the stack {self.name}"):
            self._cloudformation.delete_stack(StackName=self.name)
        stack = self._settled(say, sleep)
        if stack is not None:
            reason = first_failure(self.name, self._events_since(newest)) or "no reason given"
            raise BatonError(
                f"the stack {self.name} is {stack.status}: {reason}",
                f"aws cloudformation describe-stack-events --stack-name {self.name}",
            )
        return True

    def _settled(self, say: Callable[[str], None], sleep: Callable[[float], None]) -> Stack | None:
        deadline = time.monotonic() + SETTLE_SECONDS
        told = False
        while (stack := self.stack()) is not None:
            if not stack.status.endswith("_IN_PROGRESS") or stack.status == "REVIEW_IN_PROGRESS":
                return stack
            if time.monotonic() > deadline:
                raise BatonError(
                    f"the stack {self.name} is still in {stack.status} after "
                    f"{SETTLE_SECONDS // 60} minutes",
                    f"aws cloudformation describe-stack-events --stack-name {self.name}",
                )
            if not told:
                say(f"waiting for the stack {self.name} ({stack.status})")
                told = True
            sleep(2)
        return None

    def deploy(self, folder: Path) -> Stack:
        """`sam deploy --config-env <env>` in a folder that holds the rendered samconfig.toml.

        Raises
        ------
        BatonError
            The deployment failed; the message has CloudFormation's first reason.
        """
        log = self._target.checkout.log(self.environment.name, "sam-deploy")
        newest = self._newest_event()
        code = process.run(
            ["sam", "deploy", "--config-env", self.environment.name],
            cwd=folder,
            env=self._target.child(self.environment),
            log=log,
            check=False,
        )
        if code:
            reason = first_failure(self.name, self._events_since(newest)) or (
                f"sam ended with exit code {code}:\n{process.tail(log)}"
            )
            raise BatonError(
                f"{self.environment.name}: the deployment failed: {reason}",
                f"the whole output: {log}",
            )
        stack = self.stack()
        if stack is None or stack.status not in GOOD:
            raise BatonError(f"the stack {self.name} is {stack.status if stack else 'missing'}")
        return stack

    def _newest_event(self) -> str | None:
        return next((event["EventId"] for event in self._events()), None)

    def _events_since(self, newest: str | None) -> Iterator[Mapping[str, Any]]:
        """The events after one that was the newest, newest first."""
        return takewhile(lambda event: event["EventId"] != newest, self._events())

    def _events(self) -> Iterator[Mapping[str, Any]]:
        """The stack's events, newest first; none where there is no stack."""
        pages = self._cloudformation.get_paginator("describe_stack_events")
        with explained(self.environment, f"read the events of the stack {self.name}"):
            try:
                for page in pages.paginate(StackName=self.name):
                    yield from page["StackEvents"]
            except self._cloudformation.exceptions.ClientError as error:
                if "does not exist" not in str(error):
                    raise


def first_failure(stack: str, events: Iterable[Mapping[str, Any]]) -> str:
    """The earliest failure since the stack's last operation began: the cause of the others.

    Parameters
    ----------
    stack:
        The stack's name; its own events delimit the operations.
    events:
        As describe_stack_events returns them: newest first.
    """
    failed = ""
    for event in events:
        status = event.get("ResourceStatus", "")
        if status.endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            failed = f"{event['LogicalResourceId']} {status}: {reason}"
        if event["LogicalResourceId"] == stack and status in (
            "CREATE_IN_PROGRESS",
            "UPDATE_IN_PROGRESS",
        ):
            break
    return failed
