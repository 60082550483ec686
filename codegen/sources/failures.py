"""Why a state could not be read, in the user's words: what S3, boto3 or the network said.

Told apart by error codes and exception classes. What S3 said in words is passed on: of a key that
may not be used, for one, only the words tell.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from codegen.settings.environment import Environment
from codegen.sources import credentials
from codegen.sources.state import StateError, WrongStateError, state_key

_APPLY = "make apply ENV={env}"
_LOGIN = "aws sso login --profile {profile}, or renew its credentials where they come from"
_LOOK = "see where they come from: aws configure list --profile {profile}"
_PROFILE = "correct its endpoint_url or its credential_process in the AWS configuration"
_AGAIN = "try again in a minute"
_REACH = (
    'run `eval "$(./baton env {env})"`; on the local target, `./baton local status` says whether '
    "the environment is up; otherwise look at the network and at the profile's endpoint_url"
)
_UNKNOWN_CALLER = "S3 does not know the credentials of profile {profile} ({code})"
_EXPIRED = "the credentials of profile {profile} have expired ({code})"
_OTHER_REGION = "the state bucket is not in {region} ({code})"
_REGION = (
    "live/{env}/env.yaml must name the region it is in: aws s3api get-bucket-location "
    "--bucket {bucket} --profile {profile}"
)
_BUSY = "S3 answers {status} {code}, and did so when asked again"
# S3's error code → what it means, what to do.
# docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_ANSWERS = {
    "NoSuchBucket": ("the state bucket does not exist", _APPLY),
    "NoSuchKey": ("there is no state: the unit was never applied", _APPLY),
    "ExpiredToken": (_EXPIRED, _LOGIN),
    "RequestExpired": (_EXPIRED, _LOGIN),
    "TokenRefreshRequired": (_EXPIRED, _LOGIN),
    "InvalidAccessKeyId": (_UNKNOWN_CALLER, _LOOK),
    "InvalidToken": (_UNKNOWN_CALLER, _LOOK),
    "SignatureDoesNotMatch": (_UNKNOWN_CALLER, _LOOK),
    "RequestTimeTooSkewed": (
        "the clock of this machine is wrong: {said} ({code})",
        "set the clock: timedatectl set-ntp true",
    ),
    "PermanentRedirect": (_OTHER_REGION, _REGION),
    "TemporaryRedirect": (_OTHER_REGION, _REGION),
    "AuthorizationHeaderMalformed": (_OTHER_REGION, _REGION),
    "IllegalLocationConstraintException": (_OTHER_REGION, _REGION),
    "SlowDown": (_BUSY, _AGAIN),
    "RequestTimeout": (_BUSY, _AGAIN),
}
_DENIED = (
    "access denied to profile {profile}: {said} ({code})",
    "aws sts get-caller-identity --profile {profile} must say account {account}; its role needs "
    "s3:GetObject on the state, kms:Decrypt where a key of yours encrypts it, and s3:ListBucket, "
    "without which S3 says the same of a state that is not there",
)
# Where there is no such code, for S3 says nothing more to some requests.
_STATUSES = {
    301: (_OTHER_REGION, _REGION),
    307: (_OTHER_REGION, _REGION),
    401: _DENIED,
    403: _DENIED,
    404: _ANSWERS["NoSuchKey"],
}
_KEY = (
    "the KMS key that encrypts the state cannot be used: {said} ({code})",
    "aws kms describe-key --profile {profile} --key-id with the key that is named",
)


def of_answer(environment: Environment, unit: str, response: Any) -> StateError:
    """What an error answer of S3 means.

    Parameters
    ----------
    response:
        A botocore ClientError's `response`.
    """
    code = str(response.get("Error", {}).get("Code", "unknown"))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = " ".join(str(response.get("Error", {}).get("Message", "")).split())
    # without the unit's name in it, for what is said of several units is said once
    said = said.replace(f"/{unit}/", "/<unit>/").rstrip(".") or "it gives no reason"
    if not code:  # no error of S3 is without one, but a proxy's page is
        cause, remedy = "what answers in S3's place ({status}) is not S3", _REACH
    elif code in _ANSWERS:
        cause, remedy = _ANSWERS[code]
    elif code.startswith("KMS."):
        cause, remedy = _KEY
    elif status in _STATUSES:
        cause, remedy = _STATUSES[status]
    elif status >= 500:
        cause, remedy = _BUSY, _AGAIN
    else:
        cause, remedy = "S3 answers {status} {code}: {said}", _AGAIN
    return _filled(environment, cause, remedy, code=code, status=status, said=said)


def of_exception(environment: Environment, error: Exception) -> StateError:
    """What an exception means where S3 gave no answer: no credentials, no connection.

    Parameters
    ----------
    error:
        One of botocore's, or of urllib3's that botocore lets through.
    """
    if known := credentials.explained(environment.aws_profile, error):
        return StateError(known.message, known.remedy)
    cause, remedy = next(
        ((cause, remedy) for kinds, cause, remedy in _exceptions() if isinstance(error, kinds)),
        ("S3 was not reached with profile {profile}: {error}", _REACH),
    )
    url = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url") or ""))
    return _filled(
        environment,
        cause,
        remedy,
        address=f"{url.scheme}://{url.netloc}" if url.netloc else "S3",
        error=" ".join(str(error).split()).rstrip("."),
    )


def _exceptions() -> tuple[tuple[tuple[type[Exception], ...], str, str], ...]:
    """Classes of exceptions, what they mean, what to do; the first that fits counts."""
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    broken = (boto.IncompleteReadError, boto.ResponseStreamingError, HTTPError)
    return (
        ((boto.EndpointConnectionError,), "nothing answers at {address}", _REACH),
        ((boto.ConnectTimeoutError,), "{address} takes no connection", _REACH),
        ((boto.ConnectionClosedError,), "{address} hung up without an answer", _REACH),
        ((boto.ReadTimeoutError,), "{address} does not answer", _REACH),
        (broken, "the answer broke off before it was whole", _AGAIN),
        ((ResponseParserError,), "what answers in S3's place is not S3", _REACH),
        ((OSError,), "the credentials of profile {profile} cannot be had: {error}", _LOOK),
        ((ValueError,), "profile {profile} cannot be used: {error}", _PROFILE),
    )


def silent(environment: Environment, seconds: float) -> StateError:
    """A unit whose state has not arrived when nobody waits any longer."""
    return _filled(environment, f"S3 has not given it within {seconds:g} s", _REACH)


def _filled(environment: Environment, cause: str, remedy: str, **facts: object) -> StateError:
    known = {
        "env": environment.name,
        "profile": shlex.quote(environment.aws_profile),
        "account": environment.account_id,
        "region": environment.region,
        "bucket": environment.state_bucket,
    }
    return StateError(cause.format(**known, **facts), remedy.format(**known, **facts))


def shared_lineage(environment: Environment, units: Sequence[str], lineage: str) -> StateError:
    """Several units have one lineage: one state was copied over another."""
    keys = " and ".join(state_key(environment.name, unit) for unit in units)
    return WrongStateError(
        f"{keys} have one lineage ({lineage}): one was copied over the other",
        "put back the last good version of the one that is wrong: the state bucket keeps all "
        "versions of the object. Two units that were split on purpose need two lineages: "
        "terraform state pull, write a new one, terraform state push -force",
    )


def together(environment: Environment, failures: Mapping[str, StateError]) -> StateError:
    """One error for all units that failed: each unit once, and each cause once.

    Parameters
    ----------
    failures:
        Unit → why its state could not be read.
    """
    causes: dict[tuple[str, str], list[str]] = {}
    for unit in sorted(failures):
        causes.setdefault((failures[unit].message, failures[unit].remedy), []).append(unit)
    wrong = any(isinstance(failure, WrongStateError) for failure in failures.values())
    kind = WrongStateError if wrong else StateError
    said = [f"{_where(environment, units)}: {cause}" for (cause, _), units in causes.items()]
    if len(said) == 1:
        return kind(f"environment {environment.name}, {said[0]}", next(iter(causes))[1])
    listed = "\n".join(f"  - {each}" for each in said)
    remedies: dict[str, list[str]] = {}
    for (_, remedy), units in causes.items():
        remedies.setdefault(remedy, []).extend(units)
    return kind(
        f"environment {environment.name}: the states of {len(failures)} units cannot be used:\n"
        f"{listed}",
        "\n        ".join(f"for {', '.join(units)}: {remedy}" for remedy, units in remedies.items())
        if len(remedies) > 1
        else next(iter(remedies)),
    )


def _where(environment: Environment, units: Sequence[str]) -> str:
    noun, name = ("unit", units[0]) if len(units) == 1 else ("units", "<unit>")
    key = state_key(environment.name, name)
    return f"{noun} {', '.join(units)} (s3://{environment.state_bucket}/{key})"
