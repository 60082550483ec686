"""Why an AWS profile gives no credentials, and what to do: in the words of whoever refused.

One place for all commands: opening a session (pipeline.target.session), reading states, and every
call to AWS, during which a session may refresh its credentials.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codegen.errors import BatonError
from codegen.reading import read_text
from codegen.shown import shorten

LONGEST = 400  # characters of what a helper or AWS said
_LOGIN = (
    "only the AWS CLI can read login_session, not Baton or Terraform's provider: log in to a "
    "profile of another name (aws login --profile NAME), and write in {profile} instead: "
    "credential_process = aws configure export-credentials --profile NAME --format process"
)
_MFA = (
    "run the command in a terminal. Terraform cannot ask for a code: use a profile with SSO, with "
    "credential_process, or with the credentials that aws sts get-session-token gives"
)
_TEST = (
    "correct the profile until this command works: aws sts get-caller-identity --profile {profile}"
)


class CredentialsError(BatonError):
    """A profile gives no credentials."""


def refused(profile: str, error: Exception) -> CredentialsError:
    """Explain an exception that was raised while a profile's credentials were resolved.

    Parameters
    ----------
    error:
        Whatever it was: botocore passes on what a helper, a file or the network raises.
    """
    from botocore.exceptions import ClientError

    known = explained(profile, error)
    if known is not None:
        return known
    process = settings_of(profile).get("credential_process")
    name, said = repr(profile), words(error)
    if process and isinstance(error, OSError):
        cause = f"the credential_process of profile {name} cannot be started: {said}"
    elif process and isinstance(error, ValueError | TypeError | AttributeError | LookupError):
        cause = f"the credential_process of profile {name} printed no credentials: {said}"
    elif isinstance(error, ClientError):  # AWS itself refused, as a role's trust policy does
        cause = f"the profile {name} gets no credentials: {said}"
    else:
        cause = f"the profile {name} cannot be used: {type(error).__name__}: {said}"
    return CredentialsError(cause, _filled(_TEST, profile))


def explained(profile: str, error: Exception) -> CredentialsError | None:
    """Explain an exception if its class is about credentials; None for any other.

    botocore raises these also where it refreshes credentials in the middle of a call.
    """
    for kinds, cause, remedy in _known():
        if isinstance(error, kinds):
            settings = settings_of(profile)
            told = cause.format(name=repr(profile), said=words(error), helper=_helper(settings))
            return CredentialsError(told, _filled(remedy or _way_in(settings), profile))
    return None


def none_found(profile: str) -> CredentialsError:
    """The profile is configured, but nothing in it leads to credentials."""
    remedy = _filled(_way_in(settings_of(profile)), profile)
    return CredentialsError(f"the profile {profile!r} has no credentials", remedy)


def no_terminal(profile: str, serial: str) -> CredentialsError:
    """The profile's role needs an MFA code, and nobody can be asked for one."""
    return CredentialsError(
        f"the profile {profile!r} needs an MFA code ({serial}), and there is no terminal on which "
        "to ask for it",
        _MFA,
    )


def _helper(settings: Mapping[str, Any]) -> str:
    """The program that prints the credentials; not its arguments, which may be secret."""
    program = str(settings.get("credential_process") or "").split(" ")[0]
    return f" from its credential_process, {shorten(Path(program).name)}" if program else ""


def _filled(remedy: str, profile: str) -> str:
    return remedy.replace("{profile}", shlex.quote(profile))


def require_unquoted(profile: str, config_file: str | None) -> None:
    """Refuse a profile with a space in its name that only some of the tools would find.

    boto3, SAM and the AWS CLI want the name in quotes; AWS's SDK for Go, which Terraform uses,
    takes the quotes for a part of it.
    """
    file = Path(os.path.expandvars(config_file or "~/.aws/config")).expanduser()
    if " " not in profile or not file.is_file():
        return
    lines = {" ".join(line.split()) for line in read_text(file).splitlines()}
    quoted = {f"[profile {quote}{profile}{quote}]" for quote in "\"'"}
    if lines & quoted and f"[profile {profile}]" not in lines:
        raise CredentialsError(
            f"Terraform does not find the profile {profile!r}: it reads the name without quotes",
            f"write the same settings a second time in {file}, in a section [profile {profile}]",
        )


def mfa_serial(profile: str, profiles: Mapping[str, Any]) -> str | None:
    """The MFA device that resolving a profile asks for a code of, if any (pure).

    Parameters
    ----------
    profiles:
        The profiles of the AWS configuration by name; those that source_profile names are followed.
    """
    seen: set[str] = set()
    while profile not in seen:
        seen.add(profile)
        settings = profiles.get(profile) or {}
        if "role_arn" not in settings or "web_identity_token_file" in settings:
            return None
        if serial := settings.get("mfa_serial"):
            return str(serial)
        profile = str(settings.get("source_profile", profile))
    return None


def has_terminal() -> bool:
    """Whether a person can be asked: getpass asks the controlling terminal, whatever stdin is."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def settings_of(profile: str) -> Mapping[str, Any]:
    """What the AWS configuration says of a profile; nothing where it cannot be read."""
    import botocore.session
    from botocore.exceptions import BotoCoreError

    try:
        core = botocore.session.Session(profile=profile)
        settings: Mapping[str, Any] = core.get_scoped_config()
    except (BotoCoreError, ValueError, OSError):
        return {}
    return settings


def words(error: Exception) -> str:
    """What an exception says, in one line, or that it says nothing."""
    from botocore.exceptions import ClientError, ConfigParseError, CredentialRetrievalError

    said = str(error)
    facts = getattr(error, "kwargs", {})
    if isinstance(error, CredentialRetrievalError):
        said = str(facts.get("error_msg", said))
    elif isinstance(error, ConfigParseError):
        said = f"{facts.get('path')}: {facts.get('error')}"
    elif isinstance(error, ClientError):
        detail = error.response.get("Error", {})
        said = f"{error.operation_name} said {detail.get('Code')}: {detail.get('Message')}"
    elif isinstance(error, OSError) and error.strerror:
        said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return shorten(" ".join(said.split()).rstrip("."), LONGEST) or "it gave no reason"


def _known() -> Iterator[tuple[tuple[type[Exception], ...], str, str]]:
    """Classes of exceptions, what they mean, what to do; "" where that depends on the profile."""
    from botocore import exceptions as boto

    yield (
        (boto.ProfileNotFound,),
        "the AWS profile {name} is not configured",
        "aws configure --profile {profile}, or aws configure sso --profile {profile}",
    )
    yield (
        (boto.ConfigParseError,),
        "the AWS configuration, in which profile {name} is looked for, cannot be read: {said}",
        "correct that file",
    )
    yield (
        (boto.SSOError, boto.TokenRetrievalError),
        "the profile {name} is not logged in: {said}",
        "aws sso login --profile {profile}",
    )
    yield (
        (boto.LoginError,),
        "the profile {name} is not logged in: {said}",
        "aws login --profile {profile}",
    )
    yield (boto.MissingDependencyException,), "the profile {name} uses aws login: {said}", _LOGIN
    yield (
        (boto.CredentialRetrievalError,),
        "the profile {name} gets no credentials{helper}: {said}",
        _TEST,
    )
    yield (
        (boto.PartialCredentialsError,),
        "the profile {name} is incomplete: {said}",
        "",
    )
    yield (
        (boto.InvalidConfigError, boto.UnknownCredentialError),
        "the profile {name} is not configured correctly: {said}",
        _TEST,
    )
    yield (
        (boto.RefreshWithMFAUnsupportedError,),
        "the session of profile {name} has ended, and a new one needs an MFA code",
        "run the same command again: it continues, and asks for a code first",
    )
    yield (boto.NoCredentialsError,), "the profile {name} has no credentials", ""


def _way_in(settings: Mapping[str, Any]) -> str:
    """How a person gives credentials to a profile of this kind."""
    if "login_session" in settings:
        return _LOGIN
    if any(key.startswith("sso_") for key in settings):
        return "aws configure sso --profile {profile}, then aws sso login --profile {profile}"
    if "role_arn" in settings or "credential_process" in settings:
        return _TEST
    return "aws configure --profile {profile}, or aws configure sso --profile {profile}"
