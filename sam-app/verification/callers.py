"""Who calls the API for a smoke test: a caller that the deployed stack knows."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verification.http_api import ByKey, BySignature, ByToken, Caller
from verification.report import CheckFailedError

if TYPE_CHECKING:
    import boto3

# as the module user_pool calls them: <prefix>-users, <prefix>-api
POOL_SUFFIX, CLIENT_SUFFIX = "-users", "-api"
UNKNOWN = (401, 403)  # how API Gateway answers an unauthenticated request; 401: no token


@dataclass
class Callers:
    """The callers of a deployed stack.

    Parameters
    ----------
    session:
        A session of the environment; where callers are known by a user pool it may enter a user
        there, and take it out again.
    outputs:
        The stack's outputs.
    """

    session: boto3.Session
    outputs: Mapping[str, str]
    _user: _PoolUser | None = field(default=None, init=False)

    def known(self) -> Caller:
        """A caller whom the API knows: by its key, by a user's token, otherwise by IAM."""
        if key_id := self.outputs.get("ApiKeyId"):
            client = self.session.client("apigateway")
            return ByKey(client.get_api_key(apiKey=key_id, includeValue=True)["value"])
        if pool := self.outputs.get("UserPoolArn"):
            self._user = _PoolUser(self.session.client("cognito-idp"), pool.rpartition("/")[2])
            return ByToken(self._user.token())
        return BySignature(self.session)

    def delete_user(self) -> None:
        """Delete the user from the pool, where one was created."""
        if self._user is not None:
            self._user.delete()


@dataclass(frozen=True)
class _PoolUser:
    """A user of a pool, for one smoke test; nobody ever gets to know the password."""

    client: Any
    pool_id: str
    name: str = field(default_factory=lambda: f"smoke-{secrets.token_hex(6)}")

    def token(self) -> str:
        """Enter the user, sign in, and take the token that says who it is."""
        password = f"{secrets.token_urlsafe(24)}aA1-"
        who = {"UserPoolId": self.pool_id, "Username": self.name}
        self.client.admin_create_user(
            **who, TemporaryPassword=f"{password}0", MessageAction="SUPPRESS"
        )
        self.client.admin_set_user_password(**who, Password=password, Permanent=True)
        answer = self.client.admin_initiate_auth(
            UserPoolId=self.pool_id,
            ClientId=self._app_client(),
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.name, "PASSWORD": password},
        )
        return str(answer["AuthenticationResult"]["IdToken"])

    def delete(self) -> None:
        """Take the user out; that it never got in is fine."""
        try:
            self.client.admin_delete_user(UserPoolId=self.pool_id, Username=self.name)
        except self.client.exceptions.UserNotFoundException:
            return

    def _app_client(self) -> str:
        """The stack's own app client: others of the pool may take no password, or ask for more."""
        pool = self.client.describe_user_pool(UserPoolId=self.pool_id)["UserPool"]["Name"]
        wanted = f"{pool.removesuffix(POOL_SUFFIX)}{CLIENT_SUFFIX}"
        pages = self.client.get_paginator("list_user_pool_clients").paginate(
            UserPoolId=self.pool_id
        )
        for page in pages:
            for each in page["UserPoolClients"]:
                if each["ClientName"] == wanted:
                    return str(each["ClientId"])
        raise CheckFailedError(f"the user pool {pool} has no app client {wanted}")
