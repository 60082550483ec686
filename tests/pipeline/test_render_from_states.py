"""`baton render` from states in S3: one clear error, and the old files stay.

The checkout is a copy, with the code in it; in S3's and STS's place a server of the test answers.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from codegen.project import VERIFY
from codegen.sources.state import state_key
from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.release.manifest import MANIFEST, TEMPLATE, Release, digest
from tests.codegen.answering import Answer, AnsweringServer, answering, caller, error
from tests.codegen.builders import CHECKOUT, PACKAGED, environment, output_values, project
from tests.codegen.states import STAGING, resource, state, states

ENV = environment("dev")
OLD = {
    "samconfig.toml": b'version = 0.1\n\n[staging.deploy.parameters]\nstack_name = "desk"\n',
    "parameters/dev.yaml": b'TableName: "the old one"\n',
}
PROFILE = """\
[profile {profile}]
region = us-east-1
aws_access_key_id = key
aws_secret_access_key = secret
endpoint_url = {url}
"""


@dataclass(frozen=True)
class Place:
    """A checkout with a release, rendered files of before, and what answers in AWS's place."""

    checkout: Checkout
    release: str
    server: AnsweringServer

    @property
    def arguments(self) -> list[str]:
        return ["render", "dev", "--release", self.release]

    @property
    def variables(self) -> dict[str, str]:
        """A shell that knows one profile, which leads to the server."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TG_", "TF_", "BATON_", "PYTEST", "PYTHON"))
        }
        return kept | {
            "AWS_CONFIG_FILE": str(self.checkout.home / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "BATON_HOME": str(self.checkout.home),
            "BATON_TARGET": "aws",
        }

    def answer(self, unit: str, answer: Answer) -> None:
        """What S3 answers when a unit's state is asked for."""
        self.server.answers[f"/{ENV.state_bucket}/{state_key('dev', unit)}"] = answer

    def answer_all(self) -> None:
        """Let every unit's state be there, and good."""
        for unit, content in states(output_values(ENV)).items():
            self.answer(unit, Answer(body=content))

    def start(self, first: str = "") -> subprocess.Popen[bytes]:
        """Start the command as a process, which runs the lines `first` before."""
        program = f"{first}\nimport sys\nfrom pipeline.__main__ import main\nsys.exit(main())"
        return subprocess.Popen(
            [sys.executable, "-P", "-c", program, *self.arguments],
            env=self.variables | {"PYTHONPATH": str(self.checkout.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def files(self) -> dict[str, bytes]:
        """All that is in sam-app, whatever its name."""
        folder = self.checkout.sam_app
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def times(self) -> list[int]:
        """When the files of before were written."""
        return [(self.checkout.sam_app / name).stat().st_mtime_ns for name in OLD]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    root = project(tmp_path / "checkout")
    (root / VERIFY).unlink()  # what is rendered is all that is looked at
    for name, content in OLD.items():
        (root / "sam-app" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "sam-app" / name).write_bytes(content)
    checkout = Checkout(root, tmp_path / "home")
    with answering(ENV.account_id) as server:
        place = Place(checkout, _release(checkout), server)
        config = PROFILE.format(profile=ENV.aws_profile, url=server.url)
        (checkout.home / "aws-config").write_text(config)
        place.answer_all()
        yield place


def _release(checkout: Checkout) -> str:
    """Put a release for AWS into the checkout's home."""
    files = {TEMPLATE: digest(PACKAGED.read_bytes())}
    release = Release(target="aws", runtime="python3.13", architecture="arm64", files=files)
    folder = checkout.releases / release.id
    folder.mkdir(parents=True)
    shutil.copy(PACKAGED, folder / TEMPLATE)
    (folder / MANIFEST).write_bytes(release.to_bytes())
    return release.id


@pytest.fixture
def render(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The place, with this process's own command in it."""
    monkeypatch.setattr(Checkout, "here", lambda: place.checkout)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with mock.patch.dict(os.environ, place.variables, clear=True):
        yield place
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def code(place: Place) -> Place:
    """The place, with the code in its checkout, so that a process of its own can run there."""
    for package in ("codegen", "pipeline"):
        shutil.copytree(
            CHECKOUT / package,
            place.checkout.root / package,
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
    return place


HTML = b"<html><body>Please log in</body></html>"
FAILURES = {
    "403": (error(403, "AccessDenied", "Access Denied"), "access denied to profile desk-dev"),
    "404": (error(404, "NoSuchKey", "Not there."), "the unit was never applied"),
    "500": (error(500, "InternalError", "Sorry."), "S3 answers 500 InternalError"),
    "cut off": (Answer(body=state()[:99], claimed=len(state())), "the answer broke off"),
    "a truncated state": (Answer(body=state()[:99]), "EOF while parsing"),
    "another environment": (
        Answer(body=state(resources=[resource(STAGING)])),
        "1 resource in it is tagged project=desk, environment=staging",
    ),
    "format 3": (Answer(body=state(version=3)), "but of format 3"),
    "an empty object": (Answer(), "the object is empty"),
    "HTML": (Answer(body=HTML), "HTML or XML came in its place"),
    "an empty state": (Answer(body=state(outputs={}, resources=[])), "outputs.data.table_name"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_fails_is_said_once_and_leaves_the_files_as_they_were(
    case: str, render: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given files of before, and a unit whose state cannot be had or used
    before = render.times()
    answer, said = FAILURES[case]
    render.answer("data", answer)

    # When the environment is rendered
    code = main(render.arguments)

    # Then it fails, the reason is on stderr with what to do, and nothing was touched
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert printed.err.startswith("baton: ")
    assert said in printed.err
    assert "\n  next: " in printed.err
    assert "Traceback" not in printed.err
    assert render.files() == OLD
    assert render.times() == before


def test_the_credentials_of_another_account_are_refused(
    render: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a profile that leads elsewhere
    render.server.identity = caller("222222222222")

    # When the environment is rendered, then no state is even asked for
    assert main(render.arguments) == 1
    assert "leads to account 222222222222" in capsys.readouterr().err
    assert render.server.asked == []
    assert render.files() == OLD


IDENTITIES = {
    "HTML": (Answer(body=HTML, headers={"Content-Type": "text/html"}), "is not AWS"),
    "a refusal in HTML": (Answer(403, HTML), "said HTTP 403"),
    "nothing": (Answer(404), "is not AWS"),
    "broken XML": (Answer(body=b"<GetCallerIdentityResponse>"), "is not AWS"),
}


@pytest.mark.parametrize("case", IDENTITIES)
def test_what_answers_and_is_not_sts_is_told(
    case: str, render: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given something between here and AWS that answers in its place
    render.server.identity, said = IDENTITIES[case]

    # When the environment is rendered, then that is said, and nothing was touched
    assert main(render.arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("baton: ")
    assert said in told
    assert "\n  next: " in told
    assert render.files() == OLD


@pytest.mark.parametrize(
    "line", ["endpoint_url = nowhere", "credential_process = echo no", "credential_process = /none"]
)
def test_a_profile_that_cannot_be_used_is_told(
    line: str, render: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a profile with a line that makes no sense
    config = Path(os.environ["AWS_CONFIG_FILE"])
    key = line.split(" = ")[0]
    kept = [each for each in config.read_text().splitlines() if not each.startswith(key)]
    if key == "credential_process":  # which is asked where there are no keys
        kept = [each for each in kept if not each.startswith("aws_")]
    config.write_text("\n".join([*kept, line, ""]))

    # When the environment is rendered, then the profile is named, and nothing was touched
    assert main(render.arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("baton: ")
    assert "desk-dev" in told
    assert render.files() == OLD


def test_good_states_are_written(code: Place) -> None:
    # Given good states, When the environment is rendered by a process of its own
    process = code.start()
    out, err = process.communicate(timeout=60)

    # Then the files have this environment's values, and what other environments had
    assert (process.returncode, out) == (0, b""), err.decode()
    written = code.files()
    assert set(written) == set(OLD)
    assert b'TableName: "desk-dev-tickets"' in written["parameters/dev.yaml"]
    assert b"[dev.deploy.parameters]" in written["samconfig.toml"]
    assert b"[staging.deploy.parameters]" in written["samconfig.toml"]


def test_a_document_on_standard_input_needs_no_aws(
    render: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given outputs on a terminal, as `terraform output -json` prints those of a unit
    values = output_values(ENV)
    values["data"] = {
        name: {"sensitive": False, "type": "string", "value": value}
        for name, value in values["data"].items()
    }
    terminal = mock.Mock(buffer=mock.Mock(read=json.dumps(values).encode), isatty=lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    render.server.stop_answering()

    # When the environment is rendered from them
    assert main([*render.arguments, "--outputs", "-"]) == 0

    # Then it was said what is waited for, and the values are there
    assert "waiting for {unit: {output: value}} as JSON" in capsys.readouterr().err
    assert b'TableName: "desk-dev-tickets"' in render.files()["parameters/dev.yaml"]


# Ends the process, or interrupts it, when it does a thing for the nth time.
AT = """
import os, signal, sys
def watch(event, arguments, seen=[0]):
    if event == {event!r} and {folder!r} in str(arguments):
        seen[0] += 1
        if seen[0] == {time}:
            os.kill(os.getpid(), signal.{signal})
sys.addaudithook(watch)
"""
MOMENTS = {
    "before the first is begun": ("tempfile.mkstemp", 1),
    "when one is on the disk": ("tempfile.mkstemp", 2),
    "when both are on the disk": ("os.rename", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("name", "ends"), [("SIGKILL", -signal.SIGKILL), ("SIGINT", 130)])
def test_ended_while_it_writes_it_leaves_the_files_as_they_were(
    moment: str, name: str, ends: int, code: Place
) -> None:
    # Given files of before, and a command that is ended at this moment
    before = code.times()
    event, time = MOMENTS[moment]
    folder = str(code.checkout.sam_app)
    process = code.start(AT.format(event=event, time=time, signal=name, folder=folder))

    # When it has ended
    _, err = process.communicate(timeout=60)

    # Then both files are the old ones, and the next run writes them
    assert process.returncode == ends, err.decode()
    assert b"Traceback" not in err
    left = code.files()
    assert {file: left[file] for file in OLD} == OLD
    assert code.times() == before
    assert name == "SIGKILL" or left == OLD
    again = code.start()
    _, err = again.communicate(timeout=60)
    assert again.returncode == 0, err.decode()
    assert b'TableName: "desk-dev-tickets"' in code.files()["parameters/dev.yaml"]
    assert b"[dev.deploy.parameters]" in code.files()["samconfig.toml"]


def test_ctrl_c_ends_it_while_s3_says_nothing(code: Place) -> None:
    # Given an S3 that never answers
    code.answer("data", Answer(held=True))
    process = code.start()
    assert code.server.held.wait(60)

    # When it is interrupted, then it ends before S3 does, and nothing was touched
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130, err.decode()
    assert b"interrupted" in err
    assert code.files() == OLD
