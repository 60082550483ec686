"""Who may send the emulator requests: signed ones, and those of no web page of another origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials

from .conftest import Engine, unique, zipped
from .raw_requests import Answer, root, send, signature

pytestmark = pytest.mark.engine

HEALTH = "/_ministack/health"
RESET = "/_ministack/reset"
CONFIG = "/_ministack/config"
# What a web page of another site, or of another port of this machine, cannot help sending.
FOREIGN: dict[str, Mapping[str, str]] = {
    "another site's page": {"Origin": "https://evil.example"},
    "a page without an origin": {"Origin": "null"},
    "a page of another port": {"Origin": "http://127.0.0.1:1"},
    "a page by TLS": {"Origin": "https://{host}"},
    "an image of another site": {"Sec-Fetch-Site": "cross-site"},
    "an image of another port": {"Sec-Fetch-Site": "same-site"},
    "a rebound name": {"Host": "evil.example"},
    "a rebound name with the port": {"Host": "evil.example:{port}"},
    "a name that begins like this machine": {"Host": "127.0.0.1.evil.example"},
    "every interface": {"Host": "0.0.0.0:{port}"},
    "no name": {"Host": ""},
}


def foreign(engine: Engine, kind: str) -> dict[str, str]:
    host = engine.endpoint.removeprefix("http://")
    port = host.partition(":")[2]
    return {name: value.format(host=host, port=port) for name, value in FOREIGN[kind].items()}


def json_request(engine: Engine, target: str, credentials: Credentials) -> dict[str, str]:
    """The headers of a signed request without parameters, of the JSON protocol."""
    typed = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
    return signature(engine, "POST", "/", credentials, "dynamodb", typed, b"{}")


def list_tables(engine: Engine, credentials: Credentials, headers: Mapping[str, str]) -> Answer:
    signed = json_request(engine, "DynamoDB_20120810.ListTables", credentials)
    return send(engine, "POST", "/", {**signed, **headers}, b"{}")


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_request_is_refused_signed_or_not(
    gap: Callable[[Callable[[Engine], Any], Any], None], kind: str
) -> None:
    # Given what a browser sends for a foreign page / When it asks for what is public, and signed
    def observe(engine: Engine) -> list[int]:
        headers = foreign(engine, kind)
        return [
            send(engine, "GET", HEALTH, headers).status,
            send(
                engine, "OPTIONS", "/", {**headers, "Access-Control-Request-Method": "PUT"}
            ).status,
            list_tables(engine, root(engine), headers).status,
        ]

    # Then
    gap(observe, [403, 403, 403])


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_request_of_no_page_or_of_its_own_is_answered(
    patched: Engine, headers: Mapping[str, str]
) -> None:
    own = {"Origin": patched.endpoint} if headers.get("Sec-Fetch-Site") == "same-origin" else {}
    answers = [
        send(patched, "GET", HEALTH, {**headers, **own}),
        list_tables(patched, root(patched), {**headers, **own}),
    ]
    assert [answer.status for answer in answers] == [200, 200]


def test_no_answer_can_be_read_by_a_page_of_another_origin(patched: Engine) -> None:
    # Given a bucket that allows every origin
    bucket = unique("bucket")
    s3 = patched.client("s3")
    s3.create_bucket(Bucket=bucket)
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})

    # When it is asked for, as all else is
    path = f"/{bucket}"
    answers = [
        send(patched, "GET", HEALTH),
        send(patched, "GET", path, signature(patched, "GET", path, root(patched), "s3")),
        list_tables(patched, root(patched), {}),
        send(patched, "GET", "/", foreign(patched, "another site's page")),
    ]

    # Then
    assert [answer.status for answer in answers] == [200, 200, 200, 403]
    assert not [name for each in answers for name in each.headers if name.startswith("access-")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", path) for path in (RESET, CONFIG, "/_ministack/rds/iam-auth")),
        *(("GET", f"/_ministack/{path}") for path in ("ready", "lambda-code/f", "transfer/ports")),
        *(("GET", path) for path in ("/", "/bucket/key", "/health", "/_localstack/health")),
        *(("GET", path) for path in ("/_aws/ses", "/_aws/sqs/messages", "/_aws/sns/sms-messages")),
        ("GET", "/_aws/execute-api/a"),  # no stage: MiniStack takes it for a bucket
        ("GET", "/_aws/lambda-url/"),
        ("GET", "/us-east-1_none/.well-known/jwks.json"),  # no such pool: for a bucket, too
        ("PUT", "/bucket/key"),
        ("POST", "/oauth2/token"),
        ("GET", f"{HEALTH}/"),
        ("POST", HEALTH),
        ("GET", "/restapis/a/v1"),
        ("GET", "/2015-03-31/functions/"),
        ("POST", "/v2/email/outbound-emails"),
    ],
)  # fmt: skip
def test_what_is_not_public_needs_a_signature(patched: Engine, method: str, path: str) -> None:
    assert send(patched, method, path, body=b"{}").status == 403


def test_a_page_opens_no_websocket(patched: Engine) -> None:
    # Given the way to an API's sockets, of which there is none / When they are asked for
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    tried = [
        ("/_aws/execute-api/a/v1", {"Origin": "https://evil.example"}),
        ("/", {}),
        ("/_aws/execute-api/a/v1", {}),
    ]
    answers = [send(patched, "GET", path, {**upgrade, **headers}) for path, headers in tried]

    # Then a page is refused, as is what is no API; a program is answered that there is none
    assert [answer.status for answer in answers[:2]] == [403, 403]
    assert "no-such" not in answers[2].text


@pytest.mark.parametrize("action", ["AssumeRoleWithWebIdentity", "GetCallerIdentity"])
def test_a_form_without_a_signature_is_refused(patched: Engine, action: str) -> None:
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = send(patched, "POST", "/", typed, f"Action={action}&Version=2011-06-15".encode())
    assert answer.status == 403
    assert "<Code>MissingAuthenticationToken" in answer.text


def test_control_is_the_accounts_own(patched: Engine) -> None:
    # Given a change that the control endpoint takes / When it is asked with and without signature
    body = b'{"stepfunctions._SFN_WAIT_SCALE": 1}'
    signed = signature(patched, "POST", CONFIG, root(patched), "ministack", {}, body)
    answers = [send(patched, "POST", CONFIG, headers, body) for headers in (signed, {})]

    # Then
    assert [answer.status for answer in answers] == [200, 403]


def test_a_function_cannot_be_made_by_whoever_knows_the_account(patched: Engine) -> None:
    # Given all that a stranger can know
    stranger = boto3.Session(patched.environment.account_id, "local", region_name="us-east-1")

    # When code would be made a function, which runs on this machine
    with pytest.raises(Exception, match="InvalidSignature"):
        stranger.client("lambda", endpoint_url=patched.endpoint).create_function(
            FunctionName=unique("function"),
            Runtime="python3.11",
            Handler="index.handler",
            Role=patched.role,
            Code={"ZipFile": zipped("")},
        )
