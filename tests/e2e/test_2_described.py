"""What a deployed API answers is what its description says, whatever it is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from tests.e2e.world import World

pytestmark = pytest.mark.e2e
DOCUMENT = Path(__file__).resolve().parents[2] / "sam-app/openapi.json"
schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text()))
# as in tests/service/api/test_schemathesis.py: it depends on what is looked at first
schema.config.checks.negative_data_rejection.expected_statuses = ["4xx"]
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
PAUSE_S = 0.025  # between requests: dev's throttle takes 50 a second

Ask = Callable[[Case], None]


@pytest.fixture(scope="module")
def ask(world: World) -> Ask:
    """Sends a made-up request to dev, as a caller whom it knows, and looks at the answer."""
    address = world.address("dev")
    gateway = world.client("dev", "apigateway")
    key = gateway.get_api_key(apiKey=world.outputs("dev")["ApiKeyId"], includeValue=True)["value"]

    def send(case: Case) -> None:
        time.sleep(PAUSE_S)
        response = case.call(base_url=address, headers={"x-api-key": key})
        case.validate_response(response, checks=CHECKS.get_by_names(NAMES))

    return send


@schema.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_over_http_is_as_described(case: Case, ask: Ask) -> None:
    # Given a request made up from the description / When sent / Then its answer is as described
    ask(case)
