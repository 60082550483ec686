"""What redrive makes of a function's answer."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from codegen.errors import BatonError
from pipeline.adapters.invocation import Answer, Functions
from tests.pipeline.builders import environment
from tests.pipeline.redriving import (
    PROCESSOR,
)

DEV = environment("dev")


class Payload:
    """What botocore gives as a body."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self) -> bytes:
        return self.content


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ({"Payload": Payload(b'{"a": 1}')}, Answer({"a": 1})),
        ({"Payload": Payload(b"")}, Answer(None)),
        (
            {
                "FunctionError": "Unhandled",
                "Payload": Payload(b'{"errorType": "E", "errorMessage": "two\\nlines"}'),
            },
            Answer(error="E: two lines"),
        ),
        ({"FunctionError": "Unhandled", "Payload": Payload(b"{}")}, Answer(error="an error ")),
    ],
)
def test_what_a_function_answers_is_told_apart_from_its_failure(
    answer: dict[str, Any], meant: Answer, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions = Functions(session, DEV)
    monkeypatch.setattr(functions._lambda, "invoke", lambda **_: {"StatusCode": 200, **answer})

    seen = functions.call(PROCESSOR, {})

    assert seen.body == meant.body
    assert seen.error.startswith(meant.error)
    assert bool(seen.error) is bool(meant.error)


def test_a_function_that_is_gone_ends_the_run(session: boto3.Session) -> None:
    functions = Functions(session, DEV)
    with Stubber(functions._lambda) as stub:
        stub.add_client_error("invoke", "ResourceNotFoundException")

        with pytest.raises(BatonError, match="there is no function") as raised:
            functions.call(PROCESSOR, {})
    assert raised.value.remedy == "./baton drift dev, then ./baton promote dev"
