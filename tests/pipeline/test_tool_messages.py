"""What Terraform and CloudFormation say is cut down to the sentence that helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.adapters import process
from pipeline.adapters.sam import first_failure
from pipeline.adapters.terragrunt import Terragrunt, cause_of
from pipeline.checkout import Checkout
from pipeline.target import Target
from tests.pipeline.builders import environment

FRAMED = "\x1b[31m╷\x1b[0m\n│ \x1b[1mError: \x1b[0mInvalid value\n│\n│ nat can be none.\n╵\n"
LOCKED = (
    "╷\n│ Error: Error acquiring the state lock\n"
    "│ Error message: S3: PutObject, RequestID: 5d2e7f60-0000-4a0f-8b59-1b3fb3a6a111\n"
    "│ Lock Info:\n"
    "│   ID:        0b1e4a1c-4fd7-4a0f-8b59-1b3fb3a6a111\n╵"
)


def _terragrunt(tmp_path: Path) -> Terragrunt:
    checkout = Checkout(tmp_path, tmp_path / ".baton")
    return Terragrunt(tmp_path, environment(), Target("aws", checkout))


def _failure(tmp_path: Path, runs: list[dict[str, str]]) -> Exception:
    report, log = tmp_path / "report.json", tmp_path / "x.log"
    log.write_text("all of it")
    report.write_text(json.dumps(runs))
    return _terragrunt(tmp_path)._failure("plan", 1, report, log)


# as Terragrunt's report has it, of a unit with two errors
REPORTED = """error occurred:

* Failed to execute "terraform plan -out=/w/tfplan" in ./data/.terragrunt-cache/a/b/data

  Error: Reference to undeclared input variable

    on main.tf line 107, in resource "aws_dynamodb_table" "broken":
   107:   name = var.nowhere

  An input variable with the name "nowhere" has not been declared.

  Error: Invalid value

  {}

  exit status 1
"""


def test_terraforms_error_loses_colours_and_frame() -> None:
    assert cause_of(FRAMED) == "Error: Invalid value\nnat can be none."
    assert cause_of("") == "no reason given"


def test_every_error_is_there_to_its_end_and_nothing_of_what_is_around_it() -> None:
    # Given two errors, the second of which is long
    long = " ".join(["because"] * 500)

    # When people read them, Then they are whole, and laid out as Terraform has them
    assert cause_of(REPORTED.format(long)).splitlines() == [
        "Error: Reference to undeclared input variable",
        '  on main.tf line 107, in resource "aws_dynamodb_table" "broken":',
        " 107:   name = var.nowhere",
        'An input variable with the name "nowhere" has not been declared.',
        "Error: Invalid value",
        long,
    ]


def test_what_several_units_have_in_common_is_said_once(tmp_path: Path) -> None:
    # Given three units, two of which fail for the same reason
    causes = {"network": FRAMED, "data": FRAMED, "storage": "Error: no such bucket"}
    runs = [{"Name": n, "Result": "failed", "Cause": cause} for n, cause in causes.items()]

    # When the failure is told, Then each reason is there once
    assert str(_failure(tmp_path, runs)).splitlines() == [
        "dev: 3 units failed to plan:",
        "  network, data:",
        "    Error: Invalid value",
        "    nat can be none.",
        "  storage:",
        "    Error: no such bucket",
    ]


def test_only_units_that_failed_are_named_not_those_that_waited_for_them(tmp_path: Path) -> None:
    error = _failure(
        tmp_path,
        [
            {"Name": "live/dev/data", "Result": "failed", "Cause": FRAMED},
            {"Name": "live/dev/access", "Result": "early exit", "Cause": ""},
        ],
    )

    assert "1 unit failed to plan" in str(error)
    assert "live/dev/data:\n    Error: Invalid value" in str(error)
    assert "access" not in str(error)


def test_a_lock_left_behind_comes_with_the_command_that_removes_it(tmp_path: Path) -> None:
    runs = [{"Name": "live/dev/data", "Result": "failed", "Cause": LOCKED}]
    error = _failure(tmp_path, runs)

    assert getattr(error, "remedy", "").endswith(
        "cd live/dev/data && terragrunt force-unlock -force 0b1e4a1c-4fd7-4a0f-8b59-1b3fb3a6a111"
    )


EMPTY_LOCK = """\
╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, RequestID: 3e9f, HostID: VR3s, api error
│ PreconditionFailed: At least one of the pre-conditions you specified did not
│ hold
│ failed to unmarshal JSON data into LockInfo struct: unexpected end of JSON
│ input
╵
"""
DENIED_LOCK = EMPTY_LOCK.replace("412", "403").replace("PreconditionFailed", "AccessDenied")


def test_a_lock_without_an_id_comes_with_the_command_that_deletes_its_object(
    tmp_path: Path,
) -> None:
    # Given an object where the lock is that has no lock in it, which Terraform cannot unlock
    runs = [{"Name": "live/dev/data", "Result": "failed", "Cause": EMPTY_LOCK}]
    error = _failure(tmp_path, runs)

    # Then the remedy is to delete that object; and nothing of the kind where S3 refuses the lock
    assert getattr(error, "remedy", "") == (
        'if no other run is at work: eval "$(./baton env dev)" && aws s3 rm '
        "s3://desk-dev-111111111111-tfstate/live/dev/data/terraform.tfstate.tflock"
    )
    runs = [{"Name": "live/dev/data", "Result": "failed", "Cause": DENIED_LOCK}]
    assert "s3 rm" not in getattr(_failure(tmp_path, runs), "remedy", "")


def test_without_a_report_the_end_of_the_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("could not parse terragrunt.hcl")
    error = _terragrunt(tmp_path)._failure("plan", 1, tmp_path / "none.json", log)

    assert isinstance(error, process.ToolFailedError)
    assert "could not parse terragrunt.hcl" in str(error)


def _event(resource: str, status: str, reason: str = "") -> dict[str, str]:
    return {"LogicalResourceId": resource, "ResourceStatus": status, "ResourceStatusReason": reason}


def test_the_cause_is_the_earliest_failure_of_the_last_operation() -> None:
    newest_first = [
        _event("desk-dev", "UPDATE_ROLLBACK_IN_PROGRESS"),
        _event("Other", "UPDATE_FAILED", "cancelled"),
        _event("Api", "UPDATE_FAILED", "no such role"),
        _event("desk-dev", "UPDATE_IN_PROGRESS"),
        _event("Api", "CREATE_FAILED", "of an earlier operation"),
        _event("desk-dev", "CREATE_IN_PROGRESS"),
    ]

    assert first_failure("desk-dev", newest_first) == "Api UPDATE_FAILED: no such role"


@pytest.mark.parametrize("events", [[], [_event("desk-dev", "UPDATE_COMPLETE")]])
def test_without_a_failure_there_is_no_cause(events: list[dict[str, str]]) -> None:
    assert first_failure("desk-dev", events) == ""
