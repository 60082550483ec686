"""The AWS API: who we are, and errors in the user's words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from codegen.errors import BatonError
from codegen.shown import command
from codegen.sources import credentials

if TYPE_CHECKING:
    import boto3
    from botocore.exceptions import BotoCoreError

    from codegen.settings import Environment

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN_CALLER = {"InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"}
BUSY = {
    *("SlowDown", "Throttling", "ThrottlingException", "ThrottledException"),
    *("RequestLimitExceeded", "RequestThrottled", "TooManyRequestsException", "429"),
    *("InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable"),
    *("ServiceUnavailableException", "RequestTimeout", "500", "502", "503", "504"),
}
SKEWED = {"RequestTimeTooSkewed", "RequestInTheFuture"}
# what services that have no code of their own for it say of a signature of another time
SKEWED_WORDS = ("Signature expired", "Signature not yet current")


@contextmanager
def explained(environment: Environment, doing: str) -> Iterator[None]:
    """Turn what boto3 raises into a `BatonError` that says what to do next.

    Parameters
    ----------
    environment:
        Whose profile made the call.
    doing:
        What the call was for, as it follows "could not": "read the promotion records".
    """
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise BatonError(
            f"{environment.name} does not answer, so Baton could not {doing} "
            f"({' '.join(str(error).split())})",
            "./baton local start"
            if _is_local(error)
            else "look at the network between here and AWS",
        ) from error
    except exceptions.ClientError as error:
        raise BatonError(
            f"{environment.name}: could not {doing}: {_sentence(error)}",
            _remedy(environment, error),
        ) from error
    except ResponseParserError as error:
        raise BatonError(
            f"{environment.name}: could not {doing}: what answers in AWS's place is not AWS",
            "look for a proxy between here and AWS, and at the profile's endpoint_url",
        ) from error
    # of a profile: an endpoint_url that is no URL, a credential_process that is none or prints none
    except (exceptions.BotoCoreError, ValueError, OSError) as error:
        why = credentials.explained(environment.aws_profile, error)
        raise BatonError(
            f"{environment.name}: could not {doing}: "
            f"{why.message if why else ' '.join(str(error).split())}",
            why.remedy if why else _look(environment),
        ) from error


def _is_local(error: BotoCoreError) -> bool:
    """Whether it was this machine that did not answer: an emulator."""
    address = urlsplit(error.kwargs.get("endpoint_url", ""))
    return address.hostname in {"localhost", "127.0.0.1", "::1"}


def code_of(error: Any) -> str:
    """The error code of a botocore ClientError, for example "NoSuchKey"."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _sentence(error: Any) -> str:
    detail = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code, message = detail.get("Code") or f"HTTP {status}", detail.get("Message") or "no reason"
    return f"{error.operation_name} said {code}: {message}"


def _remedy(environment: Environment, error: Any) -> str:
    code = code_of(error)
    if code in SKEWED or any(word in str(error) for word in SKEWED_WORDS):
        return f"this machine's clock is wrong{_by(error)}: set it, then run the same command again"
    if code in BUSY:
        return "AWS is busy or has a fault: wait a minute, then run the same command again"
    if code in EXPIRED:
        return (
            f"{command('aws', 'sso', 'login', '--profile', environment.aws_profile)}, or renew the "
            "credentials where they come from"
        )
    if code in DENIED:
        return f"give the profile {environment.aws_profile!r} the permission that is named"
    if code in UNKNOWN_CALLER:
        return f"look at the credentials of the profile {environment.aws_profile!r}"
    if code == "NoSuchBucket":
        return f"make apply ENV={environment.name}"
    return f"see whose credentials these are: {_look(environment)}"


def _look(environment: Environment) -> str:
    return command("aws", "configure", "list", "--profile", environment.aws_profile)


def _by(error: Any) -> str:
    """By how much this machine's clock differs from AWS's, as far as its answer tells."""
    said = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        theirs = parsedate_to_datetime(said)
    except ValueError:
        return ""
    seconds = (datetime.datetime.now(datetime.UTC) - theirs).total_seconds()
    return f" by {abs(seconds) / 60:.0f} minutes, {'ahead' if seconds > 0 else 'behind'}"


def check_account(session: boto3.Session, environment: Environment) -> None:
    """Refuse to go on in another account than env.yaml names.

    Raises
    ------
    BatonError
        STS names another account, or cannot be asked.
    """
    account = _caller(session, environment, "Account")
    if account != environment.account_id:
        raise BatonError(
            f"the profile {environment.aws_profile!r} leads to account {account}, but "
            f"live/{environment.name}/env.yaml says account_id {environment.account_id}",
            "correct the profile, or account_id if the environment has moved",
        )


def caller(session: boto3.Session, environment: Environment) -> str:
    """The ARN of whoever is at work; BatonError where STS cannot be asked."""
    return _caller(session, environment, "Arn")


def _caller(
    session: boto3.Session, environment: Environment, what: Literal["Account", "Arn"]
) -> str:
    from botocore.config import Config
    from botocore.parsers import ResponseParserError

    soon = Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 2})
    with explained(environment, "ask whose credentials these are"):
        try:
            return session.client("sts", config=soon).get_caller_identity()[what]
        except KeyError as error:  # a page of HTML that says 200 is no answer of STS
            raise ResponseParserError(f"no {what} in the answer") from error
