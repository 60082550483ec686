"""A function called synchronously, and what it made of that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.aws import code_of, explained

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

# As long as a function can run at most; called again it would only run beside itself.
CONFIG = Config(read_timeout=910, tcp_keepalive=True, retries={"total_max_attempts": 1})
LONGEST = 300  # of what is repeated of a function's error


@dataclass(frozen=True)
class Answer:
    """What a function answered.

    Parameters
    ----------
    body:
        Its JSON; None where it has failed.
    error:
        The error's type and message; empty where it has not failed.
    """

    body: Any = None
    error: str = ""


class Functions:
    """The functions of one environment, reached with its profile."""

    def __init__(self, session: boto3.Session, environment: Environment) -> None:
        self.environment = environment
        self._lambda = session.client("lambda", config=CONFIG)

    def call(self, function: str, event: Any) -> Answer:
        """Call a function and wait for its answer.

        Parameters
        ----------
        function:
            The ARN of its alias.
        event:
            What it is given, as JSON.

        Raises
        ------
        BatonError
            There is no such function, or Lambda does not call it.
        """
        name = self.environment.name
        with explained(self.environment, f"call {function}"):
            try:
                answer = self._lambda.invoke(FunctionName=function, Payload=json.dumps(event))
                content = answer["Payload"].read()
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                raise BatonError(
                    f"{name}: there is no function {function}, though the stack names it",
                    f"./baton drift {name}, then ./baton promote {name}",
                ) from error
        body = _json(content)
        if "FunctionError" in answer:
            return Answer(error=_error(body))
        return Answer(body)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")


def _error(body: Any) -> str:
    if not isinstance(body, dict):
        return str(body)[:LONGEST]
    said = [str(body[name]) for name in ("errorType", "errorMessage") if body.get(name)]
    return " ".join(": ".join(said).split())[:LONGEST] or "an error without a word"
