"""Secrets Manager: a secret that was created without a value.

AWS: CreateSecret without a value makes no version. The first value is version AWSCURRENT, and there
is no AWSPREVIOUS until the second; asking for either before is a ResourceNotFoundException.
MiniStack: makes a version without a value, which is AWSPREVIOUS after the first value is put.
Asking for it gives an answer without a value, which no SDK expects.
Here: the version is not made.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import secretsmanager


def install() -> None:
    """Wrap the action, and what stores a secret for it."""
    store, create = secretsmanager._store_new_secret, secretsmanager._create_secret

    def store_new_secret(name: str, **given: Any) -> Any:
        arn, version = store(name, **given)
        if given.get("secret_string") is None and given.get("secret_binary") is None:
            secretsmanager._secrets[name]["Versions"].clear()
            return arn, None
        return arn, version

    def create_secret(request: dict[str, Any]) -> Any:
        status, headers, body = create(request)
        answer = {key: value for key, value in json.loads(body).items() if value is not None}
        return status, headers, json.dumps(answer).encode()

    secretsmanager._store_new_secret = store_new_secret
    secretsmanager._create_secret = create_secret
