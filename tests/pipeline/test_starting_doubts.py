"""What this machine cannot decide refuses nothing; what is known is not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.adapters import ruff
from pipeline.release.build import build, changed_since
from pipeline.release.starting import faults, importing
from pipeline.target import Target
from tests.pipeline.repository import write
from tests.pipeline.starting import FILES, HANDLER, HERE, TEMPLATE, built, checkout, refused


@pytest.mark.parametrize(
    ("layer", "is_refused"),
    [
        ("!Ref Elsewhere", False),
        ("!If [Traced, !Ref Elsewhere, !Ref AWS::NoValue]", True),
        ("!If [Traced, !Ref Elsewhere, !Ref Shared]", True),
    ],
)
def test_a_layer_that_is_not_in_the_release_may_have_what_is_missing(
    tmp_path: Path, layer: str, is_refused: bool
) -> None:
    # Given a module that is nowhere, and a further layer of another's, in all environments or some
    template = TEMPLATE.replace("[!Ref Shared]", f"[!Ref Shared, {layer}]")
    project = checkout(tmp_path, {"template.yaml": template, HANDLER: "import theirs\n"})

    # When it is built, Then it may be there only where each environment has the layer
    if is_refused:
        assert "No module named 'theirs'" in refused(project)
    else:
        (line,) = built(project)
        assert "a layer that is not in the release may have it" in line


@pytest.mark.skipif(HERE == "python3.14", reason="Lambda has no newer Python than this machine")
@pytest.mark.parametrize(
    ("runtime", "code", "is_refused"),
    [
        ("python3.14", "match = (\n", True),
        ("python3.14", "try: ...\nexcept OSError, ValueError: ...\n", False),
        ("python3.14", "from compression import zstd\n", False),
        ("python3.14", "from typing import made_up\n", False),
        ("python3.14", "import absent\n", True),
        (HERE, "from typing import made_up\n", True),
        (HERE, "match = (\n", True),
        ("python3.9", "match = (\n", True),
        ("python3.9", "import absent\n", True),
    ],
)
def test_an_older_python_here_refuses_nothing_that_a_newer_one_may_take(
    tmp_path: Path, runtime: str, code: str, is_refused: bool
) -> None:
    template = TEMPLATE.replace("python3.13", runtime)
    project = checkout(tmp_path, {"template.yaml": template, HANDLER: code})

    if is_refused:
        assert "Api cannot start" in refused(project, target="aws")
    else:
        (line,) = built(project, target="aws")
        assert line.endswith(
            f"this machine has Python {HERE.removeprefix('python')}, not {runtime}"
        )


def test_a_module_that_a_newer_python_has_no_more_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that this machine's Python is newer than the runtime, which has a module that went
    monkeypatch.setattr(faults, "REMOVED", {"distutils_"})
    template = TEMPLATE.replace("python3.13", "python3.9")
    project = checkout(tmp_path, {"template.yaml": template, HANDLER: "import distutils_\n"})

    (line,) = built(project, target="aws")
    assert "No module named 'distutils_'; this machine has Python" in line


def test_without_ruff_it_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, {"app.py": "(\n"}) / "app.py"
    assert ruff.refuses(file, "python3.14")
    assert not ruff.refuses(write(tmp_path, {"app.py": "1\n"}) / "app.py", "python3.14")

    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert not ruff.refuses(file, "python3.14")


@pytest.mark.parametrize("target", ["aws", "local"])
def test_compiled_code_for_another_processor_is_no_fault(tmp_path: Path, target: str) -> None:
    # Given a package with a library that this machine cannot load
    files = {
        "layer/python/fast/__init__.py": "from fast import _speed\n",
        "layer/python/fast/_speed.so": "not for this machine",
        HANDLER: "import fast\n",
        "template.yaml": TEMPLATE.replace(
            "Runtime: python3.13", "Runtime: python3.13\n    Architectures: [arm64]"
        ),
    }
    project = checkout(tmp_path, files)

    # When it is built for that processor, Then it is said; and for this machine it is a fault
    if target == "aws":
        (line,) = built(project, target="aws")
        assert "are for another processor or Python than this machine's" in line
    else:
        assert "sam-app/layer/python/fast/__init__.py:1: Api cannot start" in refused(project)


def test_what_was_imported_before_is_not_imported_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release, whose functions have started
    project = checkout(tmp_path, {})
    built(project)
    asked = []
    real = importing.imported
    monkeypatch.setattr(
        "pipeline.release.starting.checking.imported",
        lambda function, room: asked.append(function.resource) or real(function, room),
    )

    # When it is built again, Then none is started; and where a layer changes, each that has it
    built(project)
    assert asked == []
    write(project.sam_app, {"layer/python/shared.py": "VALUE = 2\n"})
    built(project)
    assert asked == ["Api"]


def test_a_fault_is_not_kept(tmp_path: Path) -> None:
    project = checkout(tmp_path, {HANDLER: "import absent\n"})
    assert refused(project) == refused(project)


def test_whether_a_checkout_has_changed_is_asked_without_starting_anything(tmp_path: Path) -> None:
    project = checkout(tmp_path, {})
    target = Target("local", project)
    release = build(project, target, lambda _: None).folder.id
    marker = tmp_path / "started"
    write(project.sam_app, {HANDLER: f"open({str(marker)!r}, 'w')\n{FILES[HANDLER]}"})

    assert changed_since(release, project, target)
    assert not marker.exists()
