"""Who sent a request."""

from __future__ import annotations

import re

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

UNKNOWN = "unknown"


# what STS calls a session of a role: everything before the last slash is the role itself
_SESSION = re.compile(r"(iam:arn:[^:]+:sts::\d*:assumed-role/.+)/[^/]+")


def actor(event: APIGatewayProxyEvent) -> str:
    """Who calls, by what API Gateway has found out; never by what the client says itself.

    The first of these that there is:

    - `cognito:<sub>`, a user of the pool, by the token's subject: e-mail and name may change;
    - `iam:<ARN>`, whoever signed; for a role it ends in the session's name, since a role is often
      shared by people, who are told apart by nothing else;
    - `api-key:<id>`, which identifies a client and not a person.

    A key may come with a signature, which says more. Without any of them somebody in the account
    tries the method out in the console, or calls the function itself.
    """
    context = event.request_context
    subject, identity = context.authorizer.claims.get("sub"), context.identity
    if subject:
        return f"cognito:{subject}"
    if identity.user_arn:
        return f"iam:{identity.user_arn}"
    return f"api-key:{identity.api_key_id}" if identity.api_key_id else UNKNOWN


def owner(actor: str) -> str:
    """Whose an actor's Idempotency-Keys are.

    A role's sessions own them together: a client that died and tries again comes in another
    session, whose name is often made up anew.
    """
    session = _SESSION.fullmatch(actor)
    return session[1] if session else actor
