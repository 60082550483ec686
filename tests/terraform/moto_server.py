"""moto behind a port, so that Terraform's provider can speak to it as to AWS.

moto has a server of its own, which needs a web framework and its plugins; the few calls of these
tests are answered by the standard library's. A request is sent on to what moto does when boto3
makes it in the process, so boto3 in a test sees the same tables as Terraform.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.models import dynamodb_backends

PROFILE = "desk-test"
ACCOUNT_ID = "123456789012"  # the one that moto takes its callers for
REGION = "us-east-1"

# Signature Version 4 says which service in which region a request is meant for
SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request")


Answer = tuple[int, dict[str, str], str | bytes]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = Lock()  # moto was not written for two requests at once
    tags: dict[str, dict[str, str]]  # by the ARN of a scalable target
    answers: dict[str, Answer]  # by the id of the call

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # the same in each try of a request: an answer that was lost on the way is given again
        call = self.headers.get("amz-sdk-invocation-id", "")
        try:
            with self.lock:
                answer = self.answers.get(call) or self._answer(body)
                if call:
                    self.answers[call] = answer
        except Exception as error:  # noqa: BLE001  (a connection cut short is tried again, 25 times)
            problem = {"__type": "ValidationException", "message": f"moto: {error!r}"}
            answer = 400, {}, json.dumps(problem)
        self._send(*answer)

    def _answer(self, body: bytes) -> Answer:
        """What moto answers, and what it leaves out."""
        action = self.headers.get("X-Amz-Target", "")
        if action == "AnyScaleFrontendService.ListTagsForResource":
            tags = self.tags[json.loads(body)["ResourceARN"]]
            return 200, {}, json.dumps({"Tags": tags})
        answer = self._forward(body)
        if action == "AnyScaleFrontendService.RegisterScalableTarget" and answer[0] == 200:
            self._keep_tags(json.loads(body), json.loads(answer[2]))
        if action == "DynamoDB_20120810.UpdateTable" and answer[0] == 200:
            self._free_capacity(json.loads(body)["TableName"])
        return answer

    def _free_capacity(self, name: str) -> None:
        """AWS says 0 for what is on demand; moto leaves what was provisioned before."""
        table: Any = dynamodb_backends[ACCOUNT_ID][REGION].tables[name]
        if table.billing_mode == "PAY_PER_REQUEST":
            for each in (table, *table.global_indexes):
                each.throughput = {
                    **each.throughput,
                    "ReadCapacityUnits": 0,
                    "WriteCapacityUnits": 0,
                }

    def _keep_tags(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """Of a scalable target; moto knows no ListTagsForResource."""
        self.tags.setdefault(answer["ScalableTargetARN"], {}).update(request.get("Tags", {}))

    def _forward(self, body: bytes) -> Answer:
        scope = SCOPE.search(self.headers["Authorization"])
        assert scope is not None, dict(self.headers)
        request = AWSPreparedRequest(
            "POST",
            f"https://{scope['service']}.{scope['region']}.amazonaws.com{self.path}",
            HTTPHeaders.from_dict(dict(self.headers)),
            body,
            stream_output=False,
        )
        answer: Answer | None = BotocoreStubber().process_request(request)
        assert answer is not None, request.url
        return answer

    def _send(self, status: int, headers: dict[str, str], body: str | bytes) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: what went wrong is in the caller's message."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # Terraform opens ten connections at once; of five, some are refused


@contextmanager
def serve(folder: Path) -> Iterator[dict[str, str]]:
    """An empty AWS for as long as the block lasts; the variables by which a tool gets there.

    Parameters
    ----------
    folder:
        Where the configuration and credentials files of the profile are written.
    """
    handler = type("Handler", (_Handler,), {"tags": {}, "answers": {}})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    config, credentials = folder / "config", folder / "credentials"
    config.write_text(
        f"[profile {PROFILE}]\n"
        f"region = {REGION}\n"
        f"endpoint_url = http://127.0.0.1:{server.server_port}\n"
    )
    credentials.write_text(
        f"[{PROFILE}]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
    )
    with mock_aws():
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {
                "AWS_CONFIG_FILE": str(config),
                "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
            }
        finally:
            server.shutdown()
            server.server_close()
