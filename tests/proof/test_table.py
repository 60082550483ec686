"""Rows against proofs: what is refused, what is written, and that this checkout is in order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from tests.proof import proofs, rows
from tests.proof.__main__ import DOCUMENT, ROOT, STACK
from tests.proof.levels import PLACES
from tests.proof.proofs import Proof
from tests.proof.rows import Stack
from tests.proof.table import problems, render

VPC = {"id": "N1", "part": "VPC", "what": "One per environment."}
LOGS = {"id": "N7", "part": "Flow logs", "what": "To CloudWatch Logs."}
PLANNED = {"id": "X3", "part": "Work queue", "what": "SQS.", "planned": "Extensions"}
PLAN = Proof("modules/network/tests/network.tftest.hcl", "vpc", ("N1",))
WHOLE = Proof("tests/e2e/test_1_main_job.py", "test_all", ("N1", "N7"))
UNIT = Proof("tests/pipeline/test_plans.py", "test_plan", ("N1",))


def stack(*listed: dict[str, Any]) -> Stack:
    return Stack.model_validate({"groups": [{"title": "Network", "rows": listed}]})


def test_rows_that_are_proven_or_planned_are_in_order() -> None:
    assert problems(stack(VPC, LOGS, PLANNED), [PLAN, WHOLE]) == []


@pytest.mark.parametrize(
    ("listed", "claimed", "problem"),
    [
        ([VPC], [], "row N1 (VPC): no test proves it, and it is not planned"),
        (
            [PLANNED],
            [Proof("tests/a/test_b.py", "test_c", ("X3",))],
            "row X3 (Work queue): planned, but tests/a/test_b.py: test_c proves it",
        ),
        ([VPC, VPC], [PLAN], "row N1: listed twice"),
        (
            [VPC],
            [PLAN, Proof("tests/a/test_b.py", "test_c", ("N9",))],
            "tests/a/test_b.py: test_c: there is no row N9",
        ),
        (
            [VPC],
            [Proof("tests/a/test_b.py", "test_c", ("N1", "N1"))],
            "tests/a/test_b.py: test_c: names N1 twice",
        ),
        (
            [VPC],
            [PLAN, PLAN],
            "modules/network/tests/network.tftest.hcl: vpc: there are two tests of this name",
        ),
    ],
)
def test_what_does_not_fit_is_a_problem(
    listed: list[dict[str, Any]], claimed: list[Proof], problem: str
) -> None:
    # Given rows and claims of which one does not fit / When held against each other
    # Then that is the problem, and the only one
    assert problems(stack(*listed), claimed) == [problem]


def test_all_problems_are_told_at_once() -> None:
    # Given two rows without a test / When held against no proofs / Then both are told
    assert len(problems(stack(VPC, LOGS), [])) == 2


@pytest.mark.parametrize(
    "row", [VPC | {"plannned": "soon"}, VPC | {"planned": ""}, VPC | {"id": "n1"}, {"id": "N1"}]
)
def test_a_row_of_another_form_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        stack(row)


def test_the_overview_counts_the_tests_at_each_level() -> None:
    # Given a row with proofs at three levels, one that lacks a part, and others without proofs
    table = {"id": "D1", "part": "Table", "what": "On demand.", "to_come": "More."}
    # When they are written down
    text = render(stack(VPC, table, LOGS, PLANNED), [UNIT, PLAN, Proof(WHOLE.file, "b", ("N1",))])
    # Then each has its counts, and what is to be known of it
    assert [line for line in text.splitlines() if line.startswith("| ")][1:] == [
        "| N1 | VPC | 1 | 1 |  | 1 |  |",
        "| D1 | Table |  |  |  |  | not proven, part to come |",
        "| N7 | Flow logs |  |  |  |  | not proven |",
        "| X3 | Work queue |  |  |  |  | planned: Extensions |",
    ]


def test_each_row_lists_its_tests_from_the_nearest_level_on() -> None:
    # Given a row with proofs at three levels, and a limit / When it is written down
    limit = {"only_on_aws": "Packets; there is no network."}
    text = render(stack(VPC | limit), [UNIT, PLAN, WHOLE])
    # Then tests are linked by file, in the order of the levels, and the limit is told
    assert text.splitlines()[-6:] == [
        "**N1 · VPC.** One per environment.",
        "",
        "- end to end: [tests/e2e/test_1_main_job.py](../tests/e2e/test_1_main_job.py): `test_all`",
        "- template or plan: [modules/network/tests/network.tftest.hcl]"
        "(../modules/network/tests/network.tftest.hcl): `vpc`",
        "- unit or contract: "
        "[tests/pipeline/test_plans.py](../tests/pipeline/test_plans.py): `test_plan`",
        "- *only on AWS*: Packets; there is no network.",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_document_does_not_depend_on_the_order_of_files(seed: int) -> None:
    # Given the same proofs in another order / When written down / Then the text is the same
    found = [UNIT, PLAN, WHOLE]
    random.Random(seed).shuffle(found)
    assert render(stack(VPC, LOGS), found) == render(stack(VPC, LOGS), [UNIT, PLAN, WHOLE])


def test_every_row_of_this_checkout_is_proven_or_planned() -> None:
    assert problems(rows.load(STACK), proofs.collect(ROOT)) == []


def test_the_document_of_this_checkout_is_fresh() -> None:
    # Given rows and tests as they are / When the document is made / Then it is the one kept
    fresh = render(rows.load(STACK), proofs.collect(ROOT))
    assert DOCUMENT.read_text("utf-8") == fresh, "run `make docs`"


@pytest.mark.parametrize("place", [place for place, _ in PLACES])
def test_every_place_that_says_a_level_is_there(place: str) -> None:
    # Given a place / When looked for / Then it has files: one that moved would change its level
    assert list(ROOT.glob(place))
