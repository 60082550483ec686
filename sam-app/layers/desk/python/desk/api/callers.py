"""Who sent a request."""

from __future__ import annotations

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

UNKNOWN = "unknown"


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
