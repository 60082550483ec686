"""`baton render`: what it writes, what it says of it, and that `--diff` only looks."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from pipeline.__main__ import main
from pipeline.checkout import Checkout
from pipeline.records.opening import OpenedEnvironment
from pipeline.release.manifest import MANIFEST, TEMPLATE, Release, digest, short
from tests.codegen.builders import (
    CHECKOUT,
    PACKAGED,
    environment,
    output_values,
    project,
    replace,
    state_outputs,
)
from tests.pipeline.builders import record

PARAMETERS, SAMCONFIG = "sam-app/parameters/dev.yaml", "sam-app/samconfig.toml"
TABLE = "desk-dev-tickets"
RENDERED = "codegen/templates/parameters.yaml.j2"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout whose home holds one release, and a file of dev's outputs."""
    root = project(tmp_path / "checkout")
    here = Checkout(root, tmp_path / "home")
    monkeypatch.setattr(Checkout, "here", lambda: here)
    files = {TEMPLATE: digest(PACKAGED.read_bytes())}
    release = Release(target="local", runtime="python3.11", architecture="x86_64", files=files)
    folder = here.releases / release.id
    folder.mkdir(parents=True)
    (folder / TEMPLATE).write_bytes(PACKAGED.read_bytes())
    (folder / MANIFEST).write_bytes(release.to_bytes())
    _put_out(root, TABLE)
    with mock.patch.dict(os.environ, {"BATON_HOME": str(here.home), "BATON_TARGET": "local"}):
        yield root


def _put_out(root: Path, table: str) -> None:
    values = output_values(environment("dev"))
    values["data"]["table_name"] = table
    (root / "outputs.json").write_text(json.dumps(values))


def render(root: Path, *options: str) -> int:
    release = next((Checkout.here().releases).iterdir()).name
    outputs = str(root / "outputs.json")
    return main(["render", "dev", "--release", release, "--outputs", outputs, *options])


def content(root: Path) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in (PARAMETERS, SAMCONFIG)}


def test_both_files_are_written_and_nothing_of_them_is_printed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment that was never rendered
    # When it is rendered
    assert render(root) == 0

    # Then the files are there, and what is printed are their names alone
    printed = capsys.readouterr()
    assert printed.err == f"  create    {PARAMETERS}\n  create    {SAMCONFIG}\n"
    assert printed.out == ""
    assert f'TableName: "{TABLE}"'.encode() in content(root)[PARAMETERS]


def test_a_diff_of_files_that_are_not_there_shows_them_whole_and_writes_none(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment that was never rendered
    # When the difference is asked for
    assert render(root, "--diff") == 3

    # Then stdout has the files as additions, stderr what would be done, and none is written
    printed = capsys.readouterr()
    assert printed.out.startswith(f"--- /dev/null\n+++ {root / PARAMETERS}\n@@ ")
    assert f'\n+TableName: "{TABLE}"\n' in printed.out
    assert printed.err == f"  create    {PARAMETERS}\n  create    {SAMCONFIG}\n"
    assert [file.name for file in (root / "sam-app").iterdir()] == ["verify"]


def test_a_diff_shows_the_lines_that_an_output_changed_and_leaves_the_file(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a rendered environment whose table is another one by now
    assert render(root) == 0
    before = content(root)
    _put_out(root, "desk-dev-cases")
    capsys.readouterr()

    # When the difference is asked for
    assert render(root, "--diff") == 3

    # Then it is that of one file, and that file is as it was
    printed = capsys.readouterr()
    assert f'\n-TableName: "{TABLE}"\n+TableName: "desk-dev-cases"\n' in printed.out
    assert SAMCONFIG not in printed.out
    assert printed.err == f"  update    {PARAMETERS}\n  identical {SAMCONFIG}\n"
    assert content(root) == before


def test_where_nothing_differs_a_diff_is_empty_and_exits_0(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a rendered environment
    assert render(root) == 0
    capsys.readouterr()

    # When the difference is asked for, Then there is none
    assert render(root, "--diff") == 0
    assert capsys.readouterr().out == ""


def test_as_json_the_diff_is_a_field_where_it_was_asked_for(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment that was never rendered
    # When the difference is asked for as JSON
    assert render(root, "--diff", "--json") == 3

    # Then each file has path, verb and diff
    parameters, samconfig = json.loads(capsys.readouterr().out)
    assert (parameters["path"], parameters["verb"]) == (str(root / PARAMETERS), "create")
    assert f'\n+TableName: "{TABLE}"\n' in parameters["diff"]
    assert samconfig["diff"].startswith("--- /dev/null\n")


def test_as_json_nothing_of_a_files_content_is_printed_unasked(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an environment that was never rendered
    # When it is rendered as JSON
    assert render(root, "--json") == 0

    # Then the files' paths and verbs are all there is
    files = json.loads(capsys.readouterr().out)
    assert files == [
        {"path": str(root / name), "verb": "create"} for name in (PARAMETERS, SAMCONFIG)
    ]


def test_several_environments_are_written_together(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the outputs of two environments
    monkeypatch.setattr(
        "pipeline.promotion.hand_off.outputs_for",
        lambda target, checkout, settings, source: state_outputs(output_values(settings)),
    )
    opened = OpenedEnvironment(mock.Mock(), mock.Mock(), [])
    monkeypatch.setattr("pipeline.records.opening.open_environment", lambda *_: opened)
    release = next((Checkout.here().releases).iterdir()).name

    # When both are rendered
    assert main(["render", "dev", "staging", "--release", release]) == 0

    # Then each has its parameters, and one file has the tables of both
    *warnings, one, two, three = capsys.readouterr().err.splitlines()
    verbs = [one, two, three]
    assert [line.split()[1] for line in verbs] == [
        PARAMETERS,
        "sam-app/parameters/staging.yaml",
        SAMCONFIG,
    ]
    tables = (root / SAMCONFIG).read_text()
    assert "[dev.deploy.parameters]" in tables
    assert "[staging.deploy.parameters]" in tables

    # And it is said that neither bucket has the code of a release that was never promoted
    assert [line.split(" was never")[0] for line in warnings[::2]] == [
        f"warning: release {short(release)}"
    ] * 2
    assert warnings[1::2] == [
        f"  next: ./baton promote {name} {short(release)}" for name in ("dev", "staging")
    ]


def test_one_document_of_outputs_is_not_for_several_environments(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a document of dev's outputs, when it is given for two, then it is wrong usage
    assert main(["render", "dev", "staging", "--outputs", str(root / "outputs.json")]) == 2
    assert "--outputs is of one environment" in capsys.readouterr().err


def test_of_a_release_that_was_promoted_there_nobody_is_warned(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a release with a promotion to dev in the records
    release = next((Checkout.here().releases).iterdir()).name
    monkeypatch.setattr(
        "pipeline.promotion.hand_off.outputs_for",
        lambda target, checkout, settings, source: state_outputs(output_values(settings)),
    )
    opened = OpenedEnvironment(mock.Mock(), mock.Mock(), [record(1, release, verified=False)])
    monkeypatch.setattr("pipeline.records.opening.open_environment", lambda *_: opened)

    # When it is rendered for, Then there is no warning
    assert main(["render", "dev", "--release", release]) == 0
    assert "warning" not in capsys.readouterr().err


AHEAD = "this checkout's templates are ahead of release"


def _ask_for_another_parameter(root: Path, *, in_both: bool) -> None:
    """Give the checkout a parameter that the release does not have."""
    (root / RENDERED).write_text((root / RENDERED).read_text().rstrip() + '\nNewOne: "x"\n')
    shutil.copytree(
        CHECKOUT / "sam-app",
        root / "sam-app",
        ignore=shutil.ignore_patterns(".*"),
        dirs_exist_ok=True,
    )
    if in_both:
        before = "\nParameters:\n"
        replace(root / "sam-app/template.yaml", before, f"{before}  NewOne: {{Type: String}}\n")


def test_a_checkout_that_is_ahead_of_the_release_is_said_first(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a checkout with a new parameter, on both sides, and a release of before
    _ask_for_another_parameter(root, in_both=True)
    release = short(next((Checkout.here().releases).iterdir()).name)

    # When it is rendered
    assert render(root) == 1

    # Then the reason stands first, the release is named by its id, and what to do follows
    said = capsys.readouterr().err
    assert said.startswith(f"baton: {AHEAD} {release}")
    assert "NewOne" in said
    assert str(Checkout.here().releases) not in said
    assert said.endswith("  next: ./baton build, then ./baton promote dev\n")


def test_a_checkout_that_does_not_fit_itself_is_not_ahead(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a checkout that renders a parameter which its own template lacks as well
    _ask_for_another_parameter(root, in_both=False)

    # When it is rendered, Then that alone is said
    assert render(root) == 1
    said = capsys.readouterr().err
    assert said.startswith("baton: the hand-off contract has")
    assert AHEAD not in said
