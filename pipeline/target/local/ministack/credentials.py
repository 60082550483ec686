"""Which credentials MiniStack takes, and which it gives to functions.

AWS: an access key has one secret, which is random; a function gets credentials of its role.
MiniStack: takes any secret for a 12-digit access key, the root of that account, and takes the key
"test" as well. It derives a function's credentials from public names, so anyone can compute them.
Here: the secrets of roots and of functions' credentials are derived from the home's random secret.

It is installed before a service is imported: some import what is replaced by its name.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import Any

from keys import role_secrets, root_secret_key
from ministack.core import iam_evaluator, lambda_runtime

NOT_CHECKED = iam_evaluator._SESSION_TOKEN_NOT_CHECKED


def install(secret: str) -> None:
    """Replace what resolves an access key, and what makes a function's credentials."""
    resolve = iam_evaluator.resolve_credential

    def resolve_credential(
        access_key_id: str, account_id: str | None = None, session_token: Any = NOT_CHECKED
    ) -> Any:
        if iam_evaluator.is_root_access_key(access_key_id) and access_key_id:
            if not iam_evaluator._ACCOUNT_ID_RE.fullmatch(access_key_id):
                return iam_evaluator._unknown_access_key()  # "test"
            found = resolve(access_key_id, account_id, session_token)
            if isinstance(found, iam_evaluator.CredentialResolutionError):
                return found
            own = root_secret_key(secret, access_key_id)
            return dataclasses.replace(found, secret_access_key=own)
        return resolve(access_key_id, account_id, session_token)

    def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
        from ministack.services import sts

        account_id, _ = lambda_runtime._account_region_from_function_config(config)
        function, role = config["FunctionArn"], config.get("Role", "")
        name, role_name = config.get("FunctionName", "function")[:64], role.rsplit("/", 1)[-1]
        digest = hashlib.sha256(f"{function}:{role}".encode()).hexdigest()
        key_id = f"ASIA{digest[:16].upper()}"
        secret_key, token = role_secrets(secret, key_id)
        sts.register_session(
            key_id,
            {
                "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{name}",
                "UserId": f"{role_name}:{name}",
                "SourceFunctionArn": re.sub(r"(:function:[^:]+):.*", r"\1", function),
                "SecretAccessKey": secret_key,
                "SessionToken": token,
            },
        )
        return {
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret_key,
            "AWS_SESSION_TOKEN": token,
        }

    iam_evaluator.resolve_credential = resolve_credential
    lambda_runtime.execution_credentials = execution_credentials
