"""What each function loads as it starts: every module is a part of a cold start."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from tests.service.runtime.test_entry_points import ENVIRONMENT

START = "import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
# what Lambda's runtime has: boto3 and what it is made of
RUNTIME = {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
COMMON = {"aws_lambda_powertools", "desk", "typing_extensions"}
PYDANTIC = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
# function → the packages that it loads beside these and the standard library: nothing else, as long
# as tracing is off
PACKAGES = {
    "api_handler": COMMON | PYDANTIC | {"ulid"},
    "processor_handler": COMMON,
    "scheduled_handler": COMMON,
}
# function → parts of these that it must not have loaded by the time it can serve
NOT_AT_THE_START = {
    "api_handler": [
        "aws_lambda_powertools.utilities.parameters",  # when a list first has a next page
        "aws_lambda_powertools.utilities.parser",
        "desk.processing",
        "desk.jobs",
        "pydantic.v1",
    ],
    "processor_handler": [
        "aws_lambda_powertools.event_handler",
        "aws_lambda_powertools.utilities.parameters",
        "aws_lambda_powertools.utilities.parser",
        "desk.api",
        "desk.jobs",
        "desk.service",
    ],
    "scheduled_handler": [
        "aws_lambda_powertools.event_handler",
        "aws_lambda_powertools.utilities.batch",
        "aws_lambda_powertools.utilities.data_classes",
        "aws_lambda_powertools.utilities.parameters",  # when there is somebody to tell
        "desk.api",
        "desk.processing",
    ],
}
CASES = [(module, name) for module, names in NOT_AT_THE_START.items() for name in names]


@cache
def loaded(module: str) -> frozenset[str]:
    """The modules of a fresh process in which a function has just started."""
    path = {"PYTHONPATH": ":".join(filter(None, sys.path)), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", START.format(module=module)],
        env=ENVIRONMENT | path,
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(json.loads(done.stdout))


def packages(module: str) -> set[str]:
    """The packages that a function has loaded, but for Python's own and for Lambda's."""
    # what a process has in any case, such as what an environment loads at its start
    found = {name.partition(".")[0] for name in loaded(module) - loaded("json")}
    own = {"__mp_main__", module}  # the first is multiprocessing's
    python = {name for name in found if name.startswith("_sysconfigdata")} | sys.stdlib_module_names
    return found - python - RUNTIME - own


@pytest.mark.parametrize("module", sorted(PACKAGES))
def test_a_function_loads_no_other_packages_than_these(module: str) -> None:
    # Given a fresh process / When the function has started / Then no package has come along
    assert packages(module) == PACKAGES[module]


@pytest.mark.parametrize(("module", "name"), CASES)
def test_a_function_starts_without_what_it_does_not_need(module: str, name: str) -> None:
    # Given a fresh process / When the function has started / Then the module is not there
    within = {each for each in loaded(module) if f"{each}.".startswith(f"{name}.")}
    assert within == set()


@pytest.mark.parametrize("module", sorted(NOT_AT_THE_START))
def test_a_function_starts_with_what_it_is_made_of(module: str) -> None:
    # Given a fresh process / When the function has started / Then what is looked for can be found
    assert {"boto3", "desk.domain.ticket", "aws_lambda_powertools.metrics"} <= loaded(module)


def test_nothing_looks_for_garbage_while_the_api_starts() -> None:
    # Given a fresh process that counts collections / When the function has started
    count = (
        "import gc; found = []; gc.callbacks.append(lambda _, of: found.append(of['generation']));"
        "import api_handler; print(2 in found, gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    path = {"PYTHONPATH": ":".join(filter(None, sys.path)), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", count],
        env=ENVIRONMENT | path,
        capture_output=True,
        text=True,
        check=True,
    )
    # Then none went through everything, and from now on there are, but not of what was loaded
    assert done.stdout.split() == ["False", "True", "True"]
