"""Which claims of tests are read, and which are refused because they would count for nothing."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.proof.levels import Level, level_of
from tests.proof.proofs import MisplacedProofError, Proof, collect, in_python, in_terraform

PYTHON = """
import pytest
pytestmark = [pytest.mark.engine, pytest.mark.proves("N1")]

@pytest.mark.parametrize("zone", ["a", "b"])
@pytest.mark.proves("N2", "N7")
def test_zones(zone):
    assert zone

def test_more():
    assert helper()

def helper(): ...
"""
TERRAFORM = """
run "nothing_in_particular" {
}

# why it matters
# proves: N7, M2
run "flow_logs" {
  assert {
    condition = true
  }
}
"""


def test_markers_of_functions_and_of_the_file_are_read() -> None:
    # Given a file with a marker of its own and one on a function / When it is read
    proofs = in_python("tests/a/test_b.py", PYTHON)
    # Then each test proves what either says, and what is no test proves nothing
    assert [(proof.test, proof.rows) for proof in proofs] == [
        ("test_zones", ("N1", "N2", "N7")),
        ("test_more", ("N1",)),
    ]


def test_comments_above_runs_are_read() -> None:
    # Given two runs, one with a claim / When the file is read / Then that one is a proof
    assert in_terraform("modules/a/tests/b.tftest.hcl", TERRAFORM) == [
        Proof("modules/a/tests/b.tftest.hcl", "flow_logs", ("N7", "M2"))
    ]


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.proves("N1")\ndef helper(): ...',
        '@pytest.mark.proves("N1")\nclass TestZones:\n    def test_zones(self): ...',
        'class TestZones:\n    @pytest.mark.proves("N1")\n    def test_zones(self): ...',
        'CASES = [pytest.param(1, marks=pytest.mark.proves("N1"))]',
        "@pytest.mark.proves()\ndef test_zones(): assert zones()",
        "@pytest.mark.proves(ROW)\ndef test_zones(): assert zones()",
        '@pytest.mark.proves(["N1"])\ndef test_zones(): assert zones()',
        '@pytest.mark.proves("N1", row="N2")\ndef test_zones(): assert zones()',
        "@pytest.mark.proves\ndef test_zones(): assert zones()",
    ],
)
def test_a_marker_that_counts_for_nothing_is_refused(source: str) -> None:
    # Given a marker in another place or form / When it is read / Then file and line are named
    with pytest.raises(MisplacedProofError, match=r"^test_b\.py:\d+: "):
        in_python("test_b.py", source)


@pytest.mark.parametrize(
    "source",
    [
        '# proves: N1\n\nrun "zones" {\n  assert {}\n}\n',
        '# proves: N1\n# why\nrun "zones" {\n  assert {}\n}\n',
        "# proves: N1\nvariables {\n}\n",
        '# proves N1\nrun "zones" {\n  assert {}\n}\n',
        '# proves:\nrun "zones" {\n  assert {}\n}\n',
        '# proves: N1 N2\nrun "zones" {\n  assert {}\n}\n',
        '#proves: N1\nrun "zones" {\n  assert {}\n}\n',
    ],
)
def test_a_comment_that_counts_for_nothing_is_refused(source: str) -> None:
    # Given a claim in another place or form / When it is read / Then file and line are named
    with pytest.raises(MisplacedProofError, match=r"^b\.tftest\.hcl:1: "):
        in_terraform("b.tftest.hcl", source)


@pytest.mark.parametrize(
    ("file", "level"),
    [
        ("tests/e2e/test_1_main_job.py", Level.END_TO_END),
        ("modules/network/tests/network.tftest.hcl", Level.EXPANDED),
        ("tests/service/template/test_template.py", Level.EXPANDED),
        ("tests/service/template/test_api.py", Level.EXPANDED),
        ("tests/terraform/test_units.py", Level.EXPANDED),
        ("tests/terraform/test_autoscaling.py", Level.SIMULATED),
        ("tests/emulator/test_stream_mapping_gap.py", Level.SIMULATED),
        ("tests/service/test_api.py", Level.UNIT),
        ("tests/pipeline/test_plans.py", Level.UNIT),
    ],
)
def test_where_a_test_stands_says_its_level(file: str, level: Level) -> None:
    assert level_of(PurePosixPath(file)) is level


def test_a_checkouts_tests_of_both_kinds_are_found(tmp_path: Path) -> None:
    # Given a checkout with a file of each kind, and one that is no test
    for name, text in {
        "tests/a/test_b.py": PYTHON,
        "tests/a/samples.py": PYTHON,
        "modules/network/tests/network.tftest.hcl": TERRAFORM,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    # When its proofs are collected / Then they are those of the tests
    assert [(proof.file, proof.test) for proof in collect(tmp_path)] == [
        ("tests/a/test_b.py", "test_zones"),
        ("tests/a/test_b.py", "test_more"),
        ("modules/network/tests/network.tftest.hcl", "flow_logs"),
    ]
