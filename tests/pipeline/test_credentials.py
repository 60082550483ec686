"""Whatever is wrong with a profile: it is named, whoever refused is quoted, the remedy is right."""

from __future__ import annotations

import os
import pty
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import BatonError
from codegen.settings import Environment
from codegen.settings.kinds import PROFILE
from codegen.sources import credentials
from codegen.sources.credentials import CredentialsError
from pipeline.target import session as session_module
from pipeline.target.session import open_session
from tests.pipeline.builders import environment
from tests.pipeline.credential_setups import BROKEN, UNUSABLE, WORKING, SetUp

ROOT = Path(__file__).parents[2]
LayOut = Callable[[SetUp], None]


@pytest.fixture(autouse=True)
def _nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials but the files', no terminal, no cached login."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(credentials, "has_terminal", lambda: False)
    quick = {"connect_timeout": 1, "retries": {"total_max_attempts": 1}}
    monkeypatch.setattr(session_module, "PATIENCE", quick)


@pytest.fixture
def lay_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LayOut:
    def laid_out(set_up: SetUp) -> None:
        config, keys = set_up.lay_out(tmp_path)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))

    return laid_out


def of(set_up: SetUp) -> Environment:
    return environment("dev", aws_profile=set_up.profile)


def test_there_are_enough_of_them() -> None:
    assert len(WORKING) + len(BROKEN) + len(UNUSABLE) >= 40


@pytest.mark.parametrize("name", WORKING)
def test_a_profile_that_is_right_is_used(name: str, lay_out: LayOut) -> None:
    # Given a set-up in which nothing is wrong
    set_up = WORKING[name]
    lay_out(set_up)

    # When its session is opened, then it has the profile's credentials and the environment's region
    opened = open_session(of(set_up))
    assert opened.get_credentials().access_key == "AKIDEXAMPLE"
    assert (opened.profile_name, opened.region_name) == (set_up.profile, "us-east-1")
    opened.client("sts")


@pytest.mark.parametrize("name", BROKEN)
def test_a_profile_without_credentials_is_explained(name: str, lay_out: LayOut) -> None:
    # Given a set-up in which something is wrong
    set_up = BROKEN[name]
    lay_out(set_up)

    # When a session is opened
    with pytest.raises(CredentialsError) as caught:
        open_session(of(set_up))

    # Then the profile is named in one line, the cause is quoted, and the remedy can be pasted
    explained(set_up, caught.value)


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_profile_of_which_no_client_is_made_is_explained(name: str, lay_out: LayOut) -> None:
    # Given a profile with credentials, and a setting that botocore refuses
    set_up = UNUSABLE[name]
    lay_out(set_up)

    # When a client is asked for, then that is explained as the rest is
    with pytest.raises(CredentialsError) as caught:
        open_session(of(set_up)).client("s3")
    explained(set_up, caught.value)


def explained(set_up: SetUp, error: BatonError) -> None:
    assert repr(set_up.profile) in error.message
    assert set_up.says in error.message
    assert "\n" not in error.message
    assert set_up.next.replace("{profile}", shlex.quote(set_up.profile)) in error.remedy
    assert error.exit_code == 1


ON_A_TERMINAL = """
from pipeline.target.session import open_session
from tests.pipeline.builders import environment
try:
    open_session(environment("dev"))
except Exception as error:
    print("said:", error)
"""


def test_on_a_terminal_a_person_is_asked_for_the_code(
    lay_out: LayOut,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a role with MFA, and an AWS that does not answer
    lay_out(BROKEN["a role with MFA"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    # When a person on a terminal answers
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-c", ON_A_TERMINAL])
    said = read_until(terminal, "mfa/me")
    os.write(terminal, b"123456\n")
    said = read_until(terminal, "Could not connect")
    os.waitpid(child, 0)

    # Then the code was asked for, and AWS after it
    assert "said: the profile 'desk-dev' cannot be used" in said


def read_until(terminal: int, what: str) -> str:
    """What is printed on a terminal, up to a text."""
    said = ""
    while what not in said:
        try:
            read = os.read(terminal, 1024)
        except OSError:  # Linux says so of a terminal whose process has ended
            read = b""
        assert read, f"{what!r} was not printed: {said}"
        said += read.decode()
    return said


def test_without_a_terminal_there_is_nobody_to_ask() -> None:
    # Given a process that has left its terminal / Then it says so
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.setsid()
        os.write(writer, b"1" if credentials.has_terminal() else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1) == b"0"


PROFILES = st.from_regex(PROFILE, fullmatch=True).filter(lambda name: "\n" not in name)


@given(name=PROFILES)
def test_a_remedy_that_is_pasted_has_the_profile_as_one_argument(name: str) -> None:
    # Given any name that a profile may have, when something is wrong with it
    errors = [
        credentials.none_found(name),
        credentials.refused(name, ValueError("x")),
        credentials.refused(name, session_module.ProfileNotFound(profile=name)),
    ]

    # Then the command in the remedy has it as one word for a shell
    for error in errors:
        command = error.remedy[error.remedy.index("aws ") :].split(", ")[0]
        command = error.remedy[error.remedy.index("aws ") :] if "'" in command else command
        assert name in shlex.split(command.replace(", or", " ").replace(", then", " "))
