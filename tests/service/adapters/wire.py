"""A DynamoDB client whose answers are made up below botocore's retries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from desk.runtime.clients import DYNAMODB
from desk.store.table import RETRIES, Table

Answer = AWSResponse | Exception


class _Body:
    def __init__(self, text: str) -> None:
        self._text = text

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._text.encode()


class Wire:
    """Answers one after the other, the last one for good; what was sent is in `sent`.

    Parameters
    ----------
    answers:
        What DynamoDB answers, or what happens instead.
    """

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[dict[str, Any]] = []
        self.slept: list[float] = []
        self._answers = list(answers)
        self.client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=DYNAMODB,
        )
        self.client.meta.events.register_first("before-send.dynamodb", self._answer)
        self.table = Table(self.client, "desk", replace(RETRIES, sleep=self.slept.append))

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        self.sent.append(json.loads(request.body))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(**body: Any) -> AWSResponse:
    return _response(200, body)


def refusal(code: str, status: int = 400, **body: Any) -> AWSResponse:
    return _response(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **body})


def cancelled(*codes: str) -> AWSResponse:
    """A transaction that was cancelled for these reasons, one for each write."""
    return refusal(
        "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes]
    )


def _response(status: int, body: Any) -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.0"}
    return AWSResponse("https://dynamodb.test/", status, headers, _Body(json.dumps(body)))
