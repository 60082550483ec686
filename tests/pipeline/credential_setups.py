"""Set-ups of AWS credentials that people have: a profile's files, and what is said of it."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

NAME = "{profile}"  # in the files; "desk-dev" unless a set-up says otherwise
KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
ROLE = "role_arn = arn:aws:iam::111111111111:role/deploy\n"
MFA = "arn:aws:iam::111111111111:mfa/me"
GIVEN = {"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret"}
CLOSED = "endpoint_url = http://127.0.0.1:1\n"


@dataclass(frozen=True)
class SetUp:
    """One set-up.

    Attributes
    ----------
    config, credentials:
        The two files; None where there is none.
    says:
        What the error says of the cause; empty where the profile is right.
    next:
        What its remedy says.
    prints, complains, code:
        What the credential_process does that the set-up names `HELPER`.
    """

    config: str | bytes | None = "[profile {profile}]\nregion = us-east-1\n"
    credentials: str | None = None
    says: str = ""
    next: str = "aws sts get-caller-identity --profile {profile}"
    prints: str | bytes = ""
    complains: str = ""
    code: int = 0
    profile: str = "desk-dev"

    def lay_out(self, folder: Path) -> tuple[Path, Path]:
        """Write the files; the paths of config and credentials."""
        helper = folder / "helper"
        said = self.prints if isinstance(self.prints, bytes) else self.prints.encode()
        helper.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"sys.stdout.buffer.write({said!r})\nsys.stderr.write({self.complains!r})\n"
            f"sys.exit({self.code})\n"
        )
        helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
        paths = folder / "config", folder / "credentials"
        for path, text in zip(paths, (self.config, self.credentials), strict=True):
            if isinstance(text, bytes):
                path.write_bytes(text)
            elif text is not None:
                filled = text.replace(NAME, self.profile).replace("HELPER", str(helper))
                path.write_text(filled)
        return paths


def profile(settings: str) -> str:
    """A configuration with the profile, and a second one without anything in it."""
    return f"[profile {NAME}]\n{settings}\n[profile other]\nregion = us-east-1\n"


def helper(settings: str = "", **does: object) -> SetUp:
    """A profile whose credentials a program prints."""
    return SetUp(config=profile(f"credential_process = HELPER\n{settings}"), **does)


SSO = "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
SSO_ROLE = "sso_account_id = 111111111111\nsso_role_name = admin\n"
NO_CREDENTIALS = "the profile 'desk-dev' has no credentials"
LOGIN = "aws sso login --profile desk-dev"
CONFIGURE = "aws configure --profile desk-dev"

WORKING = {
    "keys in the credentials file": SetUp(credentials=f"[{NAME}]\n{KEYS}"),
    "keys in the configuration": SetUp(config=profile(KEYS)),
    "keys, and no configuration": SetUp(config=None, credentials=f"[{NAME}]\n{KEYS}"),
    "a session token": SetUp(credentials=f"[{NAME}]\n{KEYS}aws_session_token = token\n"),
    "no region": SetUp(config=f"[profile {NAME}]\n{KEYS}"),
    "a helper": helper(prints=json.dumps(GIVEN)),
    "a helper that warns": helper(prints=json.dumps(GIVEN), complains="deprecated"),
    "a helper's session": helper(
        prints=json.dumps(GIVEN | {"SessionToken": "t", "Expiration": "2999-01-01T00:00:00Z"})
    ),
    "a colon": SetUp(config=profile(KEYS), profile="111111111111:Admin"),
    "a slash and an at": SetUp(config=profile(KEYS), profile="corp/dev@me"),
    "a space, for all tools": SetUp(
        config=f'[profile "{NAME}"]\n{KEYS}\n[profile {NAME}]\n{KEYS}', profile="Acme Corp/Read"
    ),
    "a space, in the credentials file": SetUp(
        config=None, credentials=f"[{NAME}]\n{KEYS}", profile="Acme Corp/Read"
    ),
}

BROKEN = {
    "no such profile": SetUp(
        config="[profile other]\n", says="'desk-dev' is not configured", next=CONFIGURE
    ),
    "no files": SetUp(config=None, says="'desk-dev' is not configured", next=CONFIGURE),
    "a region alone": SetUp(says=NO_CREDENTIALS, next=CONFIGURE),
    "an access key alone": SetUp(
        credentials=f"[{NAME}]\naws_access_key_id = AKIDEXAMPLE\n",
        says="is incomplete: Partial credentials found in shared-credentials-file, missing: "
        "aws_secret_access_key",
        next=CONFIGURE,
    ),
    "an access key alone, in the configuration": SetUp(
        config=profile("aws_access_key_id = AKIDEXAMPLE\n"),
        says="missing: aws_secret_access_key",
        next=CONFIGURE,
    ),
    "a secret alone": SetUp(
        credentials=f"[{NAME}]\naws_secret_access_key = secret\n",
        says=NO_CREDENTIALS,
        next=CONFIGURE,
    ),
    "a helper that fails": helper(
        complains="vault is sealed\nask ops", code=1, says="helper: vault is sealed ask ops"
    ),
    "a helper that fails without a word": helper(code=3, says="helper: it gave no reason"),
    "a helper that colours": helper(complains="\x1b[31mdenied\x1b[0m", code=1, says="denied"),
    "a helper that is not there": SetUp(
        config=profile("credential_process = /nowhere/aws-vault exec"),
        says="cannot be started: /nowhere/aws-vault: No such file or directory",
    ),
    "a helper that is a folder": SetUp(
        config=profile("credential_process = /tmp"), says="cannot be started: /tmp: Permission"
    ),
    "a helper with one quote": SetUp(
        config=profile("credential_process = 'helper"), says="printed no credentials: No closing"
    ),
    "a helper that prints nothing": helper(says="printed no credentials: Expecting value"),
    "a helper that prints a page": helper(prints="<html>", says="printed no credentials"),
    "a helper that prints a list": helper(prints="[]", says="printed no credentials"),
    "a helper that prints bytes": helper(prints=b"\xff\xfe", says="printed no credentials"),
    "a helper without a version": helper(
        prints="{}", says="Unsupported version '<Version key not provided>'"
    ),
    "a helper of another version": helper(
        prints=json.dumps(GIVEN | {"Version": 2}), says="Unsupported version '2'"
    ),
    "a helper without a secret": helper(
        prints=json.dumps({"Version": 1, "AccessKeyId": "A"}), says="Missing required key"
    ),
    "a helper of no date": helper(
        prints=json.dumps(GIVEN | {"SessionToken": "t", "Expiration": "soon"}),
        says="printed no credentials",
    ),
    "a helper of the past": helper(
        prints=json.dumps(GIVEN | {"SessionToken": "t", "Expiration": "2001-01-01T00:00:00Z"}),
        says="still expired",
    ),
    "a role without a source": SetUp(
        config=profile(ROLE), says="missing: source_profile or credential_source"
    ),
    "a role whose source is not there": SetUp(
        config=profile(f"{ROLE}source_profile = nowhere\n"),
        says='The source_profile "nowhere" referenced in the profile "desk-dev" does not exist',
    ),
    "a role whose source has nothing": SetUp(
        config=profile(f"{ROLE}source_profile = other\n"), says='The source profile "other" must'
    ),
    "a role with two sources": SetUp(
        config=profile(f"{ROLE}source_profile = other\ncredential_source = Environment\n"),
        says="contains both source_profile and credential_source",
    ),
    "a role of itself": SetUp(
        config=f"[profile {NAME}]\n{ROLE}source_profile = a\n"
        f"[profile a]\n{ROLE}source_profile = {NAME}\n",
        says="Infinite loop in credential configuration",
    ),
    "a role of the environment": SetUp(
        config=profile(f"{ROLE}credential_source = Environment\n"),
        says="No credentials found in credential_source",
    ),
    "a role of a container": SetUp(
        config=profile(f"{ROLE}credential_source = EcsContainer\n"),
        says="No credentials found in credential_source",
    ),
    "a role of no known source": SetUp(
        config=profile(f"{ROLE}credential_source = Moon\n"), says="Moon"
    ),
    "a role that nobody answers for": SetUp(
        config=f"[profile {NAME}]\n{ROLE}source_profile = a\nregion = us-east-1\n{CLOSED}"
        f"[profile a]\n{KEYS}",
        says="EndpointConnectionError: Could not connect",
    ),
    "a role with MFA": SetUp(
        config=f"[profile {NAME}]\n{ROLE}source_profile = a\nmfa_serial = {MFA}\n"
        f"[profile a]\n{KEYS}",
        says=f"needs an MFA code ({MFA}), and there is no terminal",
        next="run the command in a terminal",
    ),
    "a role of a role with MFA": SetUp(
        config=f"[profile {NAME}]\n{ROLE}source_profile = a\n"
        f"[profile a]\n{ROLE}source_profile = b\nmfa_serial = {MFA}\n[profile b]\n{KEYS}",
        says=f"needs an MFA code ({MFA})",
        next="run the command in a terminal",
    ),
    "a token file that is not there": SetUp(
        config=profile(f"{ROLE}web_identity_token_file = /nowhere/token\n"),
        says="/nowhere/token: No such file or directory",
    ),
    "a token file without a role": SetUp(
        config=profile("web_identity_token_file = /nowhere/token\n"),
        says="has no role ARN configured",
    ),
    "SSO without a role": SetUp(
        config=profile(SSO), says=NO_CREDENTIALS, next="aws configure sso --profile desk-dev"
    ),
    "SSO with half a role": SetUp(
        config=profile(f"{SSO}sso_account_id = 111111111111\n"), says="sso_role_name"
    ),
    "SSO of no session": SetUp(config=profile(f"sso_session = work\n{SSO_ROLE}"), says='"work"'),
    "SSO that is not logged in": SetUp(
        config=profile(SSO + SSO_ROLE), says="is not logged in", next=LOGIN
    ),
    "an SSO session that is not logged in": SetUp(
        config=profile(f"sso_session = work\n{SSO_ROLE}")
        + f"[sso-session work]\n{SSO}sso_registration_scopes = sso:account:access\n",
        says="is not logged in",
        next=LOGIN,
    ),
    "aws login": SetUp(
        config=profile("login_session = arn:aws:iam::111111111111:user/me\n"),
        says="uses aws login",
        next="credential_process = aws configure export-credentials",
    ),
    "a configuration without sections": SetUp(
        config="region = us-east-1\n",
        says="config: File contains no section headers",
        next="correct",
    ),
    "a section twice": SetUp(
        config="[profile a]\n[profile a]\n",
        says="section 'profile a' already exists",
        next="correct",
    ),
    "a configuration of bytes": SetUp(config=b"[profile \xff]\n", says="codec", next="correct"),
    "a credentials file without sections": SetUp(
        credentials="what is this\n", says="credentials: File contains no section", next="correct"
    ),
    "a nested setting that is none": SetUp(
        config=profile("s3 =\n  addressing\n"), says="config:", next="correct"
    ),
    "a space, in quotes alone": SetUp(
        config=f'[profile "{NAME}"]\n{KEYS}',
        says="Terraform does not find the profile 'Acme Corp/Read'",
        next="in a section [profile Acme Corp/Read]",
        profile="Acme Corp/Read",
    ),
}

# Right but for what only a client asks for.
UNUSABLE = {
    "an endpoint that is none": SetUp(
        config=profile(f"{KEYS}endpoint_url = nowhere\n"), says="Invalid endpoint: nowhere"
    ),
    "a mode of retries that is none": SetUp(
        config=profile(f"{KEYS}retry_mode = never\n"),
        says='Invalid value provided to "mode": "never"',
    ),
    "a style of addresses that is none": SetUp(
        config=profile(f"{KEYS}s3 =\n  addressing_style = never\n"), says="addressing style never"
    ),
}
