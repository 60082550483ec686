"""The API's description: valid, up to date, and true of what the code answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from aws_lambda_powertools import Metrics
from openapi import __main__ as script
from openapi import document as documents
from openapi.operations import OPERATIONS
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from desk.api.app import resolver
from tests.service.api.client import BODY, Service
from tests.service.api.gateway import HttpAnswer

SAM_APP = Path(__file__).resolve().parents[3] / "sam-app"
SERVICE = (SAM_APP.parent / "docs/service.md").read_text()
DOCUMENT = json.loads((SAM_APP / "openapi.json").read_text())
METHODS = {
    operation["operationId"]: operation
    for verbs in DOCUMENT["paths"].values()
    for operation in verbs.values()
}


@pytest.mark.parametrize("name", ["openapi.json", "gateway.yaml"])
def test_what_is_written_is_what_the_code_says(name: str) -> None:
    # Given a generated file / When it is generated again / Then it is the same
    assert (SAM_APP / name).read_text() == script.texts()[name], "run make docs"


def test_a_stale_file_is_found_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given one file that is stale and one that is missing
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    (tmp_path / "openapi.json").write_text("{}")
    # When they are checked / Then both are found, and left alone
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    assert script.main() == 1
    assert (tmp_path / "openapi.json").read_text() == "{}"
    # When they are written / Then the check finds nothing any more
    monkeypatch.setattr(sys, "argv", ["openapi"])
    assert script.main() == 0
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    assert script.main() == 0


def test_the_script_runs_as_its_text_says() -> None:
    # Given the checkout / When the script is run as told / Then it finds nothing stale
    done = subprocess.run(
        [sys.executable, "sam-app/openapi", "--check"],
        cwd=SAM_APP.parent,
        env={"PYTHONPATH": "sam-app:sam-app/layers/desk/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_description_is_openapi() -> None:
    # Given the description / When it is held against OpenAPI 3.1 / Then it is valid
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_every_route_is_described() -> None:
    # Given the routes / When the description is read / Then it has these, and no others
    app = resolver()
    routes = {route.func.__name__ for route in app._static_routes + app._dynamic_routes}
    assert routes == OPERATIONS.keys() == METHODS.keys()


def test_a_route_whose_answers_nobody_described_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a route that is not among the operations / When the description is made
    fewer = {name: each for name, each in OPERATIONS.items() if name != "get_health"}
    monkeypatch.setattr(documents, "OPERATIONS", fewer)
    # Then the route is named
    with pytest.raises(documents.DescriptionError, match="get /health"):
        documents.document()


def test_a_description_without_a_route_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given an operation whose route is gone / When the description is made
    more = {**OPERATIONS, "get_nothing": OPERATIONS["get_health"]}
    monkeypatch.setattr(documents, "OPERATIONS", more)
    # Then it is named, with the file to change
    with pytest.raises(documents.DescriptionError, match=r"get_nothing: .*operations\.py"):
        documents.document()


def test_what_does_not_fit_is_printed_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(documents, "OPERATIONS", {})
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    assert script.main() == 2
    said = capsys.readouterr().out
    assert "get /health" in said
    assert "sam-app/openapi/operations.py" in said


@pytest.mark.parametrize("name", sorted(METHODS))
def test_an_example_is_one(name: str) -> None:
    # Given an operation's examples / When they are held against their schemas / Then they fit
    operation = METHODS[name]
    media = [
        each
        for response in [operation.get("requestBody", {}), *operation["responses"].values()]
        for each in response.get("content", {}).values()
        if "example" in each
    ]
    for each in media:
        _validator(each["schema"]).validate(each["example"])
    successes = [status for status in operation["responses"] if status.startswith("2")]
    assert media or successes == ["204"]


def test_headers_and_limits_are_described() -> None:
    # Given the description / When the parameters that are easily forgotten are looked for
    of = {
        name: {each["name"]: each for each in operation["parameters"]}
        for name, operation in METHODS.items()
    }
    # Then they are there, with what they may hold
    assert of["edit_ticket"]["If-Match"]["required"] is True
    assert of["create_ticket"]["Idempotency-Key"]["schema"]["maxLength"] == 128
    assert of["create_comment"]["Idempotency-Key"]["required"] is False
    limit = of["list_tickets"]["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 50)
    assert all("X-Correlation-Id" in parameters for parameters in of.values())


def test_real_answers_are_as_described(metrics: Metrics) -> None:
    # Given the API / When each operation is asked, well and badly
    service = Service(metrics=metrics)
    created = service.send("POST", "/tickets", BODY)
    path, identity = created.headers["Location"], created.body["id"]
    service.send("POST", f"{path}/comments", {"text": "x"})
    listed = {"team": "ops", "status": "new"}
    asked: list[tuple[str, HttpAnswer]] = [
        ("create_ticket", created),
        ("create_ticket", service.send("POST", "/tickets", {})),
        ("create_ticket", service.send("POST", "/tickets", raw_body="{")),
        ("list_tickets", service.send("GET", "/tickets", query=listed)),
        ("list_tickets", service.send("GET", "/tickets")),
        ("get_tickets", service.send("POST", "/tickets:batchGet", {"ids": [identity]})),
        ("get_ticket", service.send("GET", path)),
        ("get_ticket", service.send("GET", "/tickets/x")),
        ("edit_ticket", service.send("PATCH", path, {"title": "y"}, {"If-Match": "*"})),
        ("edit_ticket", service.send("PATCH", path, {"title": "y"}, {"If-Match": '"1"'})),
        ("edit_ticket", service.send("PATCH", path, {"title": "y"})),
        ("edit_ticket", service.send("PATCH", path, {"status": "closed"}, {"If-Match": "*"})),
        ("create_comment", service.send("POST", f"{path}/comments", {"text": "x"})),
        ("list_comments", service.send("GET", f"{path}/comments", query={"limit": 1})),
        ("list_comments", service.send("GET", f"{path}/comments", query={"page": "x"})),
        ("add_watcher", service.send("PUT", f"{path}/watchers/ada")),
        ("list_watchers", service.send("GET", f"{path}/watchers")),
        ("remove_watcher", service.send("DELETE", f"{path}/watchers/ada")),
        ("get_stats", service.send("GET", "/teams/ops/stats")),
        ("get_health", service.send("GET", "/health")),
    ]
    # Then each answer is one that is described: its status, its headers, its document
    for name, answer in asked:
        _must_be_described(name, answer)
    successes = {name for name, answer in asked if answer.status < 300}
    assert successes == OPERATIONS.keys()


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"version": 0}, {"team": "UPPER"}, {"status": "gone"}]
)
def test_an_answer_that_is_not_as_described_is_found(
    metrics: Metrics, change: dict[str, Any]
) -> None:
    # Given an answer with something wrong in it / When it is held against the schema
    created = Service(metrics=metrics).send("POST", "/tickets", BODY)
    wrong = HttpAnswer(201, created.headers, json.dumps(created.body | change))
    # Then that is found
    with pytest.raises(jsonschema.ValidationError):
        _must_be_described("create_ticket", wrong)


def test_the_gateway_has_the_routes_of_the_description() -> None:
    # Given what the template includes / When its routes are read / Then they are the description's
    body = yaml.safe_load((SAM_APP / "gateway.yaml").read_text())
    routes = {path: set(verbs) for path, verbs in body["paths"].items()}
    assert routes == {path: set(verbs) for path, verbs in DOCUMENT["paths"].items()}


def _must_be_described(name: str, answer: HttpAnswer) -> None:
    response = _resolved(METHODS[name]["responses"][str(answer.status)])
    headers = {header: _resolved(each) for header, each in response["headers"].items()}
    for header, described in headers.items():
        if header in answer.headers or described.get("required"):
            _validator(described["schema"]).validate(answer.headers[header])
    unknown = answer.headers.keys() - headers.keys() - {"Content-Type"}
    assert not unknown, f"{name} {answer.status} has {unknown}"
    if "content" not in response:
        assert answer.text == ""
        return
    media = response["content"][answer.headers["Content-Type"]]
    _validator(media["schema"]).validate(answer.body)


def _resolved(described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in described:
        return described
    _, _, section, name = described["$ref"].split("/")
    found: dict[str, Any] = DOCUMENT["components"][section][name]
    return found


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_documents_list_of_routes_is_the_descriptions() -> None:
    # Given the routes in docs/service.md / When they are compared / Then they are all of them
    listed = re.findall(r"^\| `([A-Z]+) (\S+)` \|", SERVICE, re.MULTILINE)
    described = [
        (verb.upper(), path) for path, verbs in DOCUMENT["paths"].items() for verb in verbs
    ]
    assert sorted(listed) == sorted(described)


GATEWAY = yaml.safe_load((SAM_APP / "gateway.yaml").read_text())
BY_ITSELF = GATEWAY["x-amazon-apigateway-gateway-responses"]


@pytest.mark.parametrize("kind", BY_ITSELF)
def test_what_api_gateway_answers_by_itself_is_a_problem_document(kind: str) -> None:
    # Given what it answers to a request, with the id that it fills in
    answer = BY_ITSELF[kind]
    (text,) = answer["responseTemplates"].values()
    problem = json.loads(text.replace("$context.requestId", "id-1"))

    # When it is held against the description / Then it is a problem, with the request's id in it
    _valid(problem, "GatewayProblem")
    assert problem["correlation_id"] == "id-1"
    assert answer["responseParameters"] == {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.X-Correlation-Id": "context.requestId",
    }

    # And it says the status that it has, where there is one for this kind
    assert problem.get("status") == (int(answer["statusCode"]) if "statusCode" in answer else None)
    if not kind.startswith("DEFAULT"):
        _valid(problem, "Problem")


def test_api_gateway_has_a_document_for_every_status_that_is_described_as_its_own() -> None:
    own = {
        status
        for operation in METHODS.values()
        for status, answer in operation["responses"].items()
        if DOCUMENT["components"]["responses"]
        .get(answer.get("$ref", "").rpartition("/")[2], {})
        .get("description", "")
        .startswith("By API Gateway")
    }

    # of a function that crashed or was cut off it has no kind: that is among all others
    assert "502" in own
    assert own - {"502"} <= {each.get("statusCode") for each in BY_ITSELF.values()}
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= BY_ITSELF.keys()


def _valid(document: dict[str, Any], name: str) -> None:
    components = {"components": DOCUMENT["components"]}
    jsonschema.validate(document, {"$ref": f"#/components/schemas/{name}", **components})
