"""Which tests that claim a proof are refused because they may show nothing."""

from __future__ import annotations

import pytest

from tests.proof.proofs import MisplacedProofError, Proof, in_python, in_terraform

PROVES = '@pytest.mark.proves("N1")\n'
TEST = PROVES + "def test_zones(): assert zones()\n"
RUN = '# proves: N1\nrun "zones" {\n  assert {\n    condition = true\n  }\n}\n'
OTHER = RUN.split("\n", 1)[1].replace("zones", "other")
PROOF = [Proof("b.tftest.hcl", "zones", ("N1",))]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("@pytest.mark.skip\n" + TEST, id="skipped"),
        pytest.param('@pytest.mark.skip("later")\n' + TEST, id="skipped, with a reason"),
        pytest.param("@pytest.mark.skipif(True, reason='later')\n" + TEST, id="skipped if"),
        pytest.param("@pytest.mark.xfail\n" + TEST, id="expected to fail"),
        pytest.param("pytestmark = [pytest.mark.skip]\n" + TEST, id="a skipped file"),
        pytest.param("pytest.importorskip('zones')\n" + TEST, id="a file that may be skipped"),
        pytest.param("from pytest import mark\n@mark.skip\n" + TEST, id="by another name"),
        pytest.param(PROVES + "def test_zones(): pytest.skip()", id="skipped on its way"),
        pytest.param("@pytest.fixture\ndef zone(): pytest.skip()\n" + TEST, id="by a fixture"),
        pytest.param("@unittest.skipIf(True, 'later')\n" + TEST, id="by unittest"),
        pytest.param(
            "@pytest.mark.parametrize('a', [pytest.param(1, marks=pytest.mark.skip)])\n" + TEST,
            id="a skipped case",
        ),
    ],
)
def test_what_may_be_left_out_is_no_proof(source: str) -> None:
    # Given a claim and a word that leaves its test out / When it is read / Then it is refused
    with pytest.raises(MisplacedProofError, match=r"^test_b\.py:\d+: `\w+` beside `proves`"):
        in_python("test_b.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.parametrize('a', [])\n" + TEST,
        "@pytest.mark.parametrize('a', ())\n" + TEST,
        "@pytest.mark.parametrize('a', argvalues=[])\n" + TEST,
        "@pytest.mark.parametrize('a', {})\n" + TEST,
        "CASES = []\n@pytest.mark.parametrize('a', CASES)\n" + TEST,
        "CASES: list[str] = []\n@pytest.mark.parametrize('a', CASES)\n" + TEST,
        "pytestmark = pytest.mark.parametrize('a', [])\n" + TEST,
        "@pytest.fixture(params=[])\ndef zone(): ...\n" + TEST,
    ],
)
def test_what_has_no_case_is_no_proof(source: str) -> None:
    # Given a claim whose test has no case / When it is read / Then it is refused
    with pytest.raises(MisplacedProofError, match=r"^test_b\.py:\d+: no cases beside `proves`"):
        in_python("test_b.py", source)


@pytest.mark.parametrize(
    "body", ["...", "pass", "'Why it matters.'", "'Why.'; pass", "assert True"]
)
def test_what_has_no_body_is_no_proof(body: str) -> None:
    # Given a claim whose test does nothing / When it is read / Then it is refused
    with pytest.raises(MisplacedProofError, match=r"^test_b\.py:2: .* without a body"):
        in_python("test_b.py", PROVES + f"def test_zones(): {body}\n")


@pytest.mark.parametrize(
    "other",
    [
        "@pytest.mark.skip\ndef test_other(): assert other()\n",
        "@pytest.mark.parametrize('a', [])\ndef test_other(a): ...\n",
        "CASES = ['a']\n@pytest.mark.parametrize('a', CASES)\ndef test_other(a): ...\n",
    ],
)
def test_a_test_that_proves_nothing_may_do_as_it_likes(other: str) -> None:
    # Given a test without a claim beside one with / When the file is read / Then the claim counts
    assert in_python("test_b.py", other + TEST) == [Proof("test_b.py", "test_zones", ("N1",))]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("/*\n" + RUN + "*/\n" + OTHER, id="claim and run"),
        pytest.param(RUN.replace("run", "/*\nrun") + "*/\n" + OTHER, id="the run"),
        pytest.param("/*\n" + RUN, id="to the end of the file"),
        pytest.param("/*\n# proves: N1\n*/\n" + OTHER, id="the claim"),
        pytest.param('a = <<-EOT\n"\n' + RUN + "  EOT\n" + OTHER, id="many lines"),
        pytest.param('# proves: N1\nrun "zones" {\n}\n', id="an empty run"),
        pytest.param('# proves: N1\nrun "zones" {\n}\n' + OTHER, id="the next run's"),
        pytest.param('# proves: N1\nrun "a" {\n  # assert {\n}\n', id="an assert put aside"),
        pytest.param('# proves: N1\nrun "a" {\n  /* assert {} */\n}\n', id="in a block"),
        pytest.param('# proves: N1\nrun "a" {\n  b = "assert {"\n}\n', id="in a text"),
        pytest.param('# proves: N1\nrun "a" {\n  expect_failures = []\n}\n', id="no failures"),
        pytest.param('# proves: N1\nrun "a" {\n  assert {}\n', id="a run without an end"),
    ],
)
def test_a_run_that_shows_nothing_is_no_proof(source: str) -> None:
    # Given a claim above what is no run, or checks nothing / When it is read / Then it is refused
    with pytest.raises(MisplacedProofError, match=r"^b\.tftest\.hcl:\d+: "):
        in_terraform("b.tftest.hcl", source)


@pytest.mark.parametrize(
    "source",
    [
        RUN,
        'a = "table/*"\n' + RUN,
        "# all of table/*\n" + RUN,
        "// all of table/*\n" + RUN,
        "/* # proves nothing */\n" + RUN,
        RUN.replace("condition = true", 'condition = a == "}"'),
        '# proves: N1\nrun "zones" {\n  expect_failures = [\n    var.zones,\n  ]\n}\n',
    ],
)
def test_what_looks_like_a_comment_or_an_end_disturbs_no_proof(source: str) -> None:
    # Given a run that checks something / When the file is read / Then it is a proof
    assert in_terraform("b.tftest.hcl", source) == PROOF
