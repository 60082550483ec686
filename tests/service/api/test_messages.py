"""What a refused request is told of each field: what is meant, in words of ours."""

from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from tests.service.api.client import BODY, Service


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (BODY | {"title": " "}, "something visible is meant, and no NUL"),
        (BODY | {"title": "a\0"}, "something visible is meant, and no NUL"),
        (BODY | {"title": 5}, "a text is meant"),
        (BODY | {"title": ""}, "at least 1 character is meant"),
        (BODY | {"title": "x" * 201}, "at most 200 characters are meant"),
        (BODY | {"due_at": "x"}, "an instant is meant, as in 2026-01-31T08:00:00Z"),
        (BODY | {"colour": "red"}, "there is no such field"),
        (BODY | {"priority": "x"}, "one of these is meant: 'low', 'normal', 'high' or 'urgent'"),
        (BODY | {"team": "OPS"}, "what matches ^[a-z][a-z0-9-]{1,39}$ is meant"),
        ({name: BODY[name] for name in ("title", "team")}, "this is missing"),
        ([], "an object is meant"),
        (5, "an object is meant"),
    ],
)
def test_a_field_of_a_body(metrics: Metrics, body: Any, message: str) -> None:
    # Given a body with one mistake / When it is sent / Then it is said what is meant
    answer = Service(metrics=metrics).send("POST", "/tickets", body)
    assert answer.status == 422
    assert [each["message"] for each in answer.body["errors"]] == [message]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("x", "a list is meant"),
        ([], "at least 1 item is meant"),
        (["01J00000000000000000000001"] * 101, "at most 100 items are meant"),
    ],
)
def test_a_list_of_a_body(metrics: Metrics, ids: Any, message: str) -> None:
    # Given a list with one mistake / When it is sent / Then it is said what is meant
    answer = Service(metrics=metrics).send("POST", "/tickets:batchGet", {"ids": ids})
    assert [each["message"] for each in answer.body["errors"]] == [message]


@pytest.mark.parametrize("body", [{}, []])
def test_an_edit_of_nothing(metrics: Metrics, body: Any) -> None:
    # Given an edit that says nothing / When it is sent / Then it is said what is meant
    service = Service(metrics=metrics)
    answer = service.send("PATCH", f"/tickets/{service.kept().id}", body, {"If-Match": "*"})
    expected = "at least one field is meant" if body == {} else "an object is meant"
    assert answer.body["errors"] == [{"field": "body", "message": expected}]


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("team=ops&team=ops&status=new", "query.team", "this is meant once"),
        ("team=ops&status=new&status=new", "query.status", "this is meant once"),
        ("assignee=ada&limit=1&limit=1", "query.limit", "this is meant once"),
        ("assignee=ada&limit=x", "query.limit", "a whole number in decimal digits is meant"),
        ("assignee=ada&limit=0", "query.limit", "at least 1 is meant"),
        ("assignee=ada&limit=101", "query.limit", "at most 100 is meant"),
        ("assignee=ada&colour=red", "query.colour", "there is no such parameter"),
    ],
)
def test_a_parameter(metrics: Metrics, query: str, field: str, message: str) -> None:
    # Given a query with one mistake / When it is sent / Then it is said what is meant
    answer = Service(metrics=metrics).send("GET", "/tickets", query=query)
    assert answer.body["errors"] == [{"field": field, "message": message}]
