"""A request as it arrived, and whether it is signed with the secret of the key that it claims."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, quote

from ministack import app as ministack
from ministack.core import iam_evaluator, responses, router, sigv4

Scope = MutableMapping[str, Any]
Reply = tuple[int, dict[str, str], bytes]
Failure = tuple[str, str]  # AWS's code, and a message
HEADER_SIGNED = "AWS4-HMAC-SHA256"
ONLY_S3: Failure = ("SignatureDoesNotMatch", "The signature is for S3 alone.")


@dataclass(frozen=True)
class Request:
    """A request, as far as the door looks at it; header names are in lower case."""

    scope: Scope

    @cached_property
    def method(self) -> str:
        """The HTTP method; that of a WebSocket's handshake is GET."""
        return str(self.scope.get("method", "GET"))

    @cached_property
    def path(self) -> str:
        """The decoded path."""
        return str(self.scope["path"])

    @cached_property
    def raw_path(self) -> str:
        """The path as it was sent."""
        return (self.scope.get("raw_path") or quote(self.path).encode()).decode("latin-1")

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The query's parameters."""
        text = self.scope.get("query_string", b"").decode("utf-8", "replace")
        return parse_qs(text, keep_blank_values=True)

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers; the values of one that was sent several times are joined, as SigV4 does."""
        found: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            key, text = name.decode("latin-1").lower(), sigv4.decode_header_value(value)
            found[key] = f"{found[key]},{text}" if key in found else text
        return found

    @cached_property
    def access_key(self) -> str:
        """The access key that the request claims, by the rule that MiniStack has; empty: none."""
        return str(router.extract_access_key_id(self.headers, self.query))

    @cached_property
    def service(self) -> str:
        """The service that the request is meant for, by MiniStack's rule.

        Which one a form without a signature is for, only its body says; SDKs send STS such forms.
        """
        form = self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if form and not self.access_key:
            return "sts"
        return str(router.detect_service(self.method, self.path, self.headers, self.query))

    @cached_property
    def invokes(self) -> bool:
        """Whether it calls a deployed application: an API's stage, or a function by its URL."""
        called = (ministack._parse_execute_api_url, ministack._parse_lambda_url)
        return any(parse("", self.path) for parse in called)


def unverified(request: Request, body: bytes) -> Reply | None:
    """Refuse a request whose signature is not that of the key it claims."""
    failure = _signature_failure(request, body)
    if failure is None:
        return None
    if stage := ministack._parse_execute_api_url("", request.path):
        error = iam_evaluator.AuthError(*failure)
        module = ministack._get_module("apigateway_v1")
        reply: Reply | None = module.authentication_error_response(
            stage[0], stage[1], error, request.headers, request.query
        )
        if reply is not None:
            return reply
    return denied(request, *failure)


def _signature_failure(request: Request, body: bytes) -> Failure | None:
    """Code and message of what is wrong with the signature, in the header or the query."""
    responses.set_request_account_id(ministack._request_account_scope(request.access_key))
    presigned = not request.headers.get("authorization", "").startswith(HEADER_SIGNED)
    if presigned and "AWSAccessKeyId" in request.query:
        return _old_signature_failure(request)
    parse = sigv4.parse_query_signature if presigned else sigv4.parse_header_signature
    signature = parse(request.query if presigned else request.headers)
    if isinstance(signature, tuple):
        return signature
    if signature.access_key_id != request.access_key:
        return "UnsupportedSignature", "The request has credentials of two kinds."
    if presigned and signature.service == "s3" != request.service:
        return ONLY_S3  # whoever was given the address has added a header
    if late := _out_of_time(request, signature, presigned):
        return late
    token = (
        request.query.get("X-Amz-Security-Token", [""])[0]
        if presigned
        else request.headers.get("x-amz-security-token", "")
    )
    credential = iam_evaluator.resolve_credential(
        request.access_key, responses.get_account_id(), token
    )
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return credential.code, credential.message
    wrong: Failure | None = sigv4.header_signature_failure(
        signature,
        credential.secret_access_key,
        request.method,
        request.raw_path,
        request.query,
        request.headers,
        body,
        presigned=presigned,
    )
    return wrong


def _old_signature_failure(request: Request) -> Failure | None:
    """The same for signature version 2, with which boto3 presigns the addresses of objects."""
    if request.service != "s3":
        return ONLY_S3
    asked = iam_evaluator.SignedRequest(
        request.access_key,
        request.method,
        request.raw_path,
        request.query,
        request.headers,
        sigv2=True,
        auth_path=request.raw_path,
    )
    found = iam_evaluator._sigv2_check(asked, responses.get_account_id())
    return (found.code, found.message) if isinstance(found, iam_evaluator.AuthError) else None


def _out_of_time(request: Request, signature: Any, presigned: bool) -> Failure | None:
    """What is wrong with the time of a signature; a presigned address says how long it is good."""
    seconds = request.query.get("X-Amz-Expires", [""])[0]
    if not presigned or not seconds:
        late: Failure | None = sigv4.request_time_failure(signature)
        return late
    try:
        expired = sigv4.presigned_request_is_expired(signature.amz_date, seconds)
    except ValueError:
        expired = True
    return ("AccessDenied", "Request has expired") if expired else None


def denied(request: Request, code: str, message: str) -> Reply:
    """A refusal as the service answers that the request is meant for, so that SDKs can read it."""
    error = iam_evaluator.AuthError(code, message)
    reply: Reply = ministack._credential_failure(
        request.service, "", str(uuid.uuid4()), error, request.headers
    )
    return reply
