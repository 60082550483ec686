"""CloudFormation: the address of an API that a template writes down.

AWS: an API answers at https://<id>.execute-api.<region>.<suffix>/<stage>, and templates say so.
MiniStack: answers below its own address, by path; what a template writes down leads to AWS.
Here: where a template's text has the host of an API of this emulator, it becomes the address that
works here, as a queue's or a function's does, which MiniStack makes itself. So a stack's output can
be printed and called as it is.
"""

from __future__ import annotations

import os
import re
from typing import Any

from ministack.services import apigateway, apigateway_v1
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

ADDRESS = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")


def install() -> None:
    """Wrap what resolves the functions of a template."""
    resolve = engine._resolve_refs

    def resolve_refs(*template: Any) -> Any:
        found = resolve(*template)
        return ADDRESS.sub(_here, found) if isinstance(found, str) else found

    # the others took the function by name when they were imported
    for module in (changesets, engine, handlers, provisioners, stacks):
        if hasattr(module, "_resolve_refs"):
            module._resolve_refs = resolve_refs


def _here(address: re.Match[str]) -> str:
    known = any(module.find_api_scope(address[1]) for module in (apigateway_v1, apigateway))
    base = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/"
    return base + address[1] if known else address[0]
