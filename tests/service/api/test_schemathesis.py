"""Requests made up from the API's description, good and bad, through the gateway to the handler."""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import schemathesis
from aws_lambda_powertools import Metrics
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from tests.service.api.client import Service
from tests.service.api.gateway import Wsgi
from tests.service.samples import ticket

DOCUMENT = Path(__file__).resolve().parents[3] / "sam-app/openapi.json"
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


def ask(service: Service, case: Case) -> int:
    """Send it, look at its answer, and say what its status is."""
    # every other request that is as described is for a ticket that there is, or for the first page
    # of one list: an id that is made up never hits one, and a page token never fits
    parameters, query = case.path_parameters or {}, case.query or {}
    described = case.meta is not None and case.meta.generation.mode.is_positive
    if described and zlib.crc32(repr((case.method, parameters, query, case.body)).encode()) % 2:
        if "ticket_id" in parameters:
            parameters["ticket_id"] = ticket().id
        query.pop("page", None)
        if "team" in query:
            query.pop("assignee", None)
    response = case.call(app=Wsgi(service.take))
    case.validate_response(response, checks=CHECKS.get_by_names(NAMES))
    return int(response.status_code)


@schema.parametrize()
@chosen(15)
def test_every_answer_is_as_described(case: Case, service: Service) -> None:
    # Given a request made up from the description / When sent / Then its answer is as described
    ask(service, case)


# in one process: the last of them looks back at the others
thousands = pytest.mark.xdist_group("thousands")
answered: defaultdict[str, Counter[int]] = defaultdict(Counter)  # by operation


@thousands
@pytest.mark.engine
@schema.parametrize()
@chosen(MANY // OPERATIONS + 20)
def test_every_one_of_many_answers_is_as_described(case: Case, service: Service) -> None:
    # Given thousands of them / When they are sent / Then their answers are as described
    answered[case.operation.label][ask(service, case)] += 1


@thousands
@pytest.mark.engine
def test_there_were_thousands_of_answers_good_and_bad() -> None:
    # Given what was answered to all of these requests (it needs the tests before it)
    assert len(answered) == OPERATIONS
    statuses = sum(answered.values(), Counter())
    # Then there are as many as there should be, with each kind of refusal among them
    assert statuses.total() >= MANY
    assert set(statuses) >= {200, 201, 204, 400, 404, 405, 412, 415, 422, 428}
    # And each operation has done its work, often enough for its answer to be looked at
    for operation, of in answered.items():
        assert sum(n for status, n in of.items() if status < 300) >= 10, operation
