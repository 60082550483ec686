"""From the deployment on, every end of a run is recorded, and falls back."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from codegen.errors import BatonError, GateRefusedError, Interrupted, SettingsError, UsageError
from pipeline.__main__ import main
from pipeline.promotion import ending, rollback
from pipeline.promotion import promote as steps
from pipeline.promotion.choosing import choose
from pipeline.promotion.ending import UnexpectedError
from pipeline.promotion.rollback_target import last_good
from pipeline.promotion.steps import deploy as deployment
from pipeline.promotion.steps import verify as verification
from tests.promotion.stage import Stage

UNFORESEEN = [
    KeyError("TableName"),
    RuntimeError("who knows"),
    ClientError({"Error": {"Code": "Throttling", "Message": "slow"}}, "DescribeStacks"),
]
FORESEEN = [BatonError("Lambda does not answer"), SettingsError("no"), GateRefusedError("no")]


def calls_of(module: Any, *functions: str) -> list[str]:
    """What these functions of a module call: `name`, or `name.attribute`, of the module's own."""
    named = {
        name for name, value in vars(module).items() if callable(value) or inspect.ismodule(value)
    }
    found = set()
    for name in functions:
        for node in ast.walk(ast.parse(inspect.getsource(getattr(module, name)))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called.split(".")[0] in named:
                    found.add(called)
    return sorted(found - {"VerificationError", "StepResult", "datetime.datetime.now"})


PARTS = ("read_both", "watched_logs", "smoke_test", "differing_parameters", "differing_functions")
VERIFY = calls_of(verification, "verify", *PARTS)
BY_SESSION = ("cloudformation", "lambda", "logs")  # clients that it makes


def raising(error: BaseException, of: Callable[..., Any], when: Callable[[], bool]) -> Any:
    """A function that raises instead of working, while `when` says so."""

    def call(*arguments: Any, **named: Any) -> Any:
        if when():
            raise error
        return of(*arguments, **named)

    return call


def broken(stage: Stage, patch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    """Let a call of verify raise, for release B alone: that of A has to go on working."""
    first, *attribute = name.split(".")
    owner = vars(verification)[first] if attribute else verification
    called = attribute[0] if attribute else first
    new = raising(error, getattr(owner, called), lambda: stage.cloud.running() == "B")
    patch.setattr(owner, called, new)


def _a_then_b(stage: Stage) -> tuple[str, str]:
    a = stage.build("A")
    stage.promote()
    return a, stage.build("B")


def test_every_part_of_verify_is_looked_at() -> None:
    # what verify calls is read from its source, so that a new call is tested by itself
    assert {"load_template", "read_resources", "read_functions", "run_verify"} <= {*VERIFY}
    assert {*PARTS} <= {*VERIFY}


@pytest.mark.proves("P4")
@pytest.mark.parametrize("error", [*UNFORESEEN, *FORESEEN], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", VERIFY)
def test_whatever_verify_calls_may_raise(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    # Given a release that works, and another one, of which a call of verify raises
    a, b = _a_then_b(stage)
    stage.cloud.broken = {"B"}  # so that what is done after a failure is called too
    broken(stage, monkeypatch, name, error)

    # When it is promoted, Then that fails, as what it is, and says what runs
    foreseen = isinstance(error, BatonError)
    with pytest.raises(type(error) if foreseen else UnexpectedError) as raised:
        stage.promote()
    assert f"release {a[:12]} runs in dev again and is verified" in raised.value.message
    assert raised.value.remedy.endswith(f"./baton promote dev {b[:12]}")

    # And it is recorded, and the previous release is back
    newest = stage.records()[-1]
    assert (newest.release, newest.verified, newest.fell_back_to) == (b, False, a)
    assert newest.failure.startswith("verify: ")
    assert stage.cloud.running() == "A"


@pytest.mark.parametrize("service", BY_SESSION)
def test_a_client_that_cannot_be_made_is_no_other_case(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    a, _ = _a_then_b(stage)
    make = stage.session.client

    def client(name: str, **more: Any) -> Any:
        if name == service and stage.last.may_run and stage.cloud.running() == "B":
            raise ClientError({"Error": {"Code": "X"}}, "Sign")
        return make(name, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(stage.session, "client", client)

    with pytest.raises(UnexpectedError, match="is verified"):
        stage.promote()
    assert stage.records()[-1].fell_back_to == a


@pytest.mark.usefixtures("on_stage")
def test_what_nobody_has_foreseen_is_told_in_a_line_and_kept_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _a_then_b(stage)
    broken(stage, monkeypatch, "read_functions", KeyError("TableName"))

    # When the command is used, Then no traceback is printed, and the message says where it is
    assert main(["promote", "dev"]) == 1
    told = capsys.readouterr().err
    log = stage.checkout.log("dev", "traceback")
    assert "baton: dev: verify broke off: KeyError: 'TableName'" in told
    assert f"report it with {log}" in told
    assert "Traceback" not in told
    assert "KeyError: 'TableName'" in log.read_text()


@pytest.mark.parametrize(
    ("status", "runs", "falls_back"),
    [
        ("UPDATE_COMPLETE", "B", True),  # SAM has lost sight of it
        ("UPDATE_COMPLETE", "A", True),  # it never began; to deploy A again changes nothing
        ("UPDATE_IN_PROGRESS", "B", True),
        ("UPDATE_ROLLBACK_COMPLETE", "A", False),
        ("UPDATE_ROLLBACK_FAILED", "A", False),
        ("ROLLBACK_COMPLETE", "", False),
        ("REVIEW_IN_PROGRESS", "", False),
    ],
)
def test_after_a_failed_deployment_what_may_run_decides(
    stage: Stage, status: str, runs: str, falls_back: bool
) -> None:
    # Given a deployment that fails, and leaves the stack so
    a, b = _a_then_b(stage)

    def fail(name: str) -> None:
        if name == "B":
            template = (stage.last.work / "sam-app" / "template.yaml").read_bytes()
            stage.cloud.template = template if runs == "B" else stage.cloud.template
            stage.cloud.status = status
            raise BatonError("the deployment failed")

    stage.cloud.before = fail

    # When it is promoted, Then it is recorded, and taken back unless CloudFormation has done so
    with pytest.raises(BatonError, match="the deployment failed"):
        stage.promote()
    newest = stage.records()[-1]
    assert (newest.release, newest.verified) == (b, False)
    assert newest.fell_back_to == (a if falls_back else None)


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_whatever_a_deployment_may_raise_is_recorded_and_taken_back(
    stage: Stage, error: Exception
) -> None:
    a, b = _a_then_b(stage)

    def once(name: str) -> None:
        stage.cloud.before = lambda name: None
        raise error

    stage.cloud.before = once
    with pytest.raises(UnexpectedError):
        stage.promote()
    assert (stage.records()[-1].release, stage.records()[-1].fell_back_to) == (b, a)


def test_what_fails_before_the_deployment_begins_is_recorded_and_nothing_is_taken_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release that cannot be copied into the bucket
    _a_then_b(stage)
    monkeypatch.setattr(deployment, "upload", raising(OSError("full"), len, lambda: True))

    # When it is promoted, Then nothing was deployed at all
    with pytest.raises(UnexpectedError, match="OSError: full"):
        stage.promote()
    assert stage.cloud.deployed == ["A"]
    newest = stage.records()[-1]
    assert (newest.failure, newest.fell_back_to) == (f"deploy: {_broke_off('OSError: full')}", None)


def _broke_off(why: str) -> str:
    return f"dev: deploy broke off: {why}"


@pytest.mark.parametrize("error", [*UNFORESEEN, BatonError("S3 does not answer")], ids=repr)
def test_a_release_that_cannot_be_recorded_is_taken_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # Given that the record of what works cannot be stored, once
    a, b = _a_then_b(stage)
    failed: list[str] = []

    def record(run: Any) -> Any:
        if not failed:
            failed.append(run.release.id)
            raise error
        return ending.record(run)

    monkeypatch.setattr(steps, "STEPS", (*steps.STEPS[:-1], replace(steps.STEPS[-1], do=record)))

    # When it is promoted, Then what runs is what the records say
    with pytest.raises(BatonError, match="runs in dev again and is verified"):
        stage.promote()
    newest = stage.records()[-1]
    assert (newest.release, newest.verified, newest.fell_back_to) == (b, False, a)
    assert newest.failure.startswith("record: ")
    assert stage.cloud.running() == "A"


def test_a_failure_is_recorded_though_the_release_cannot_be_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release that fails, and whose files S3 does not let us keep
    _, b = _a_then_b(stage)
    stage.cloud.broken = {"B"}

    def keep(self: Any, keys: Any) -> None:
        raise BatonError("DeleteObjectTagging said AccessDenied")

    monkeypatch.setattr("pipeline.adapters.store.ArtifactStore.keep", keep)

    with pytest.raises(BatonError):
        stage.promote()
    assert stage.records()[-1].release == b


@pytest.mark.parametrize(
    "error", [Interrupted("interrupted while sam was at work"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("where", ["deploy", "verify"])
def test_an_interruption_is_recorded_and_no_verdict_on_the_release(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    # Given a release that is verified, and promoted again
    a = stage.build("A")
    stage.promote()
    interrupted = raising(error, len, lambda: True)
    if where == "deploy":
        stage.cloud.before = interrupted
    else:
        monkeypatch.setattr(verification, "read_functions", interrupted)

    # When somebody interrupts it, Then the run ends as interrupted, and says what may run
    with pytest.raises(Interrupted, match=f"release {a[:12]} may run in dev now") as raised:
        stage.promote()
    assert raised.value.exit_code == 130
    assert "./baton rollback dev" in raised.value.remedy

    # And it is recorded, nothing was taken back, and the release is as good as before
    newest = stage.records()[-1]
    assert (newest.outcome, newest.fell_back_to, newest.steps[-1].name) == (
        "interrupted",
        None,
        where,
    )
    assert [each.number for each in (last_good(stage.records()),) if each] == [1]
    assert choose(None, stage.records(), "dev")[0] == a


def test_after_an_interruption_the_previous_release_can_be_put_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release whose verification was interrupted
    a, b = _a_then_b(stage)
    with monkeypatch.context() as patch:
        patch.setattr(
            verification, "read_functions", raising(KeyboardInterrupt(), len, lambda: True)
        )
        with pytest.raises(Interrupted):
            stage.promote()
    assert stage.cloud.running() == "B"

    # When it is rolled back, Then the release of before runs again, and the other one is withdrawn
    record = stage.roll_back()
    assert (record.release, record.withdraws) == (a, b)
    assert stage.cloud.running() == "A"


def test_what_refuses_stays_a_refusal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given that a step after the deployment refuses, each in its way
    _a_then_b(stage)
    for kind, code in ((GateRefusedError, 4), (UsageError, 2), (SettingsError, 2)):
        with monkeypatch.context() as patch:
            broken(stage, patch, "read_functions", kind("no", "because"))
            with pytest.raises(kind) as raised:
                stage.promote()
        assert raised.value.exit_code == code
        assert raised.value.remedy.startswith("because\n")


def test_a_rollback_that_fails_is_recorded_whatever_it_raised(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two verified releases
    a, _ = _a_then_b(stage)
    stage.promote()

    # When the rollback's verification raises what nobody has foreseen
    monkeypatch.setattr(verification, "read_functions", raising(KeyError("x"), len, lambda: True))
    with pytest.raises(UnexpectedError):
        stage.roll_back()

    # Then it is recorded, and nothing else is deployed: a person decides
    newest = stage.records()[-1]
    assert (newest.kind, newest.release, newest.verified) == ("rollback", a, False)
    assert stage.cloud.running() == "A"
    assert rollback.STEPS[-1].recorded_failure
