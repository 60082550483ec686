"""Requests made up from the API's description, good and bad, through the gateway to the handler."""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from aws_lambda_powertools import Metrics
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from desk.api.fields import ULID
from tests.service.api_client import Service
from tests.service.gateway import Wsgi
from tests.service.samples import ticket

DOCUMENT = Path(__file__).resolve().parents[2] / "sam-app/openapi.json"
schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text()))
# what is wrong may be refused for being too long (413), or for the ticket it is about, before it is
# looked at; that the status is one that is described is a check of its own
schema.config.checks.negative_data_rejection.expected_statuses = ["4xx"]
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
MANY = 2_000
OPERATIONS = sum(len(verbs) for verbs in json.loads(DOCUMENT.read_text())["paths"].values())


def chosen(examples: int) -> settings:
    """So many examples of each operation, the same ones each time."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def service(metrics: Metrics) -> Service:
    made = Service(metrics=metrics)
    made.kept()
    made.kept(2, assignee="ada")
    return made


answered: Counter[int] = Counter()


def ask(service: Service, case: Case) -> None:
    # every other request is for a ticket that there is: an id that is made up never hits one
    parameters = case.path_parameters or {}
    is_id = re.fullmatch(ULID, str(parameters.get("ticket_id", "")))
    if is_id and zlib.crc32(repr((case.method, case.path, case.body)).encode()) % 2:
        parameters["ticket_id"] = ticket().id
    response = case.call(app=Wsgi(service.take))
    answered[response.status_code] += 1
    case.validate_response(response, checks=CHECKS.get_by_names(NAMES))


@schema.parametrize()
@chosen(15)
def test_every_answer_is_as_described(case: Case, service: Service) -> None:
    # Given a request made up from the description / When sent / Then its answer is as described
    ask(service, case)


@pytest.mark.engine
@schema.parametrize()
@chosen(MANY // OPERATIONS + 20)
def test_every_one_of_many_answers_is_as_described(case: Case, service: Service) -> None:
    # Given thousands of them / When they are sent / Then their answers are as described
    ask(service, case)
