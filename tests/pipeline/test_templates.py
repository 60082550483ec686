"""What check, build and the expansion make of templates, one a kind (templates/README.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.errors import BatonError
from codegen.sam.document import differences
from codegen.sam.generated import generated_ids
from codegen.sam.template import load_template
from pipeline.release.build import build
from pipeline.release.expansion import expand_template
from pipeline.release.manifest import TEMPLATE
from pipeline.target import Target
from tests.pipeline.template_cases import CASES, Case, checked, generated, packed, read

BUILT = [name for name in CASES if read(name).needs]
PLAIN = [name for name in CASES if name not in BUILT]


def target(case: Case, folder: Path) -> Target:
    checkout = case.lay_out(folder)
    return Target("local" if case.target == "local" else "aws", checkout)


@pytest.mark.parametrize("name", CASES)
def test_check_says_what_no_release_can_hold(name: str, tmp_path: Path) -> None:
    # Given a template of some kind / When it is checked
    case = read(name)
    chosen = target(case, tmp_path)
    found = checked(chosen.checkout, chosen)
    # Then it says what must be said, and nothing else; each with what to do
    assert sorted({problem.kind.id for problem in found}) == case.check, found
    for text in case.says:
        assert any(text in problem.what for problem in found), found
    assert all(str(problem) for problem in found)


@pytest.mark.parametrize(
    "name", [*PLAIN, *(pytest.param(n, marks=pytest.mark.engine) for n in BUILT)]
)
def test_build_packs_what_sam_would_or_refuses(name: str, tmp_path: Path) -> None:
    # Given a template of some kind
    case = read(name)
    chosen = target(case, tmp_path)
    missing = [program for program in case.needs if shutil.which(program) is None]
    # a misspelled name is check's, and so that of the gate of a promotion
    checked_here = [kind for kind in case.check if kind != "reference-unknown"]
    refuses = case.refuses or (case.says[0] if checked_here else "")

    # When a release is made of it / Then build refuses, and says why
    if refuses or missing:
        with pytest.raises(BatonError) as refused:
            build(chosen.checkout, chosen, lambda _: None)
        assert (refuses or missing[0]) in refused.value.message
        assert refused.value.remedy
        assert not chosen.checkout.releases.exists()
        return
    # Or it has what the template names, and names it by the bucket of whichever environment
    release = build(chosen.checkout, chosen, lambda _: None).folder
    assert packed(release, [*case.objects]) == case.objects
    # And the template differs from its source there only
    path = chosen.checkout.sam_app / TEMPLATE
    source = load_template(path, root=chosen.checkout.root).document
    written = load_template(release.path / TEMPLATE).document
    changed = {str(path[1]) for path in differences(source, written)}
    assert changed <= {each.split("/")[0].split(".")[0] for each in case.objects}
    # And what is packaged can be packaged by SAM CLI, which has no loops without a flag
    assert not any("Fn::ForEach" in name for name in written["Resources"])


@pytest.mark.parametrize("name", [name for name in CASES if read(name).makes is not None])
def test_what_sam_makes_is_known_and_what_it_does_not_make_is_not(
    name: str, tmp_path: Path
) -> None:
    # Given a template as it is written
    case = read(name)
    path = target(case, tmp_path).checkout.sam_app / TEMPLATE
    template = load_template(path, root=path.parent.parent)
    values = {n: p.default or "0" * 64 for n, p in template.parameters.items()}

    # When SAM's transform is applied to it
    expanded = expand_template(path, values, root=path.parent.parent)["Resources"]

    # Then it has these resources more
    assert generated(dict(template.resources), expanded) == case.makes
    # And the reference check knows each by its name, and none that is misspelled
    known = generated_ids(template.document)
    added = [each for each in expanded if each not in template.resources]
    assert [each for each in added if not known.fullmatch(each)] == []
    misspelled = [wrong for each in added for wrong in (each[:-1], each + "x", each[1:])]
    there = {*expanded, *template.resources}
    assert [wrong for wrong in misspelled if wrong not in there and known.fullmatch(wrong)] == []


def test_every_case_is_used() -> None:
    # Given all files / Then each says what build must do, and a test of its own marks what it needs
    assert len(CASES) > 45
    used = [c for c in map(read, CASES) if c.objects or c.refuses or c.check]
    assert [c.about for c in map(read, CASES) if c not in used] == [read("inline").about]
