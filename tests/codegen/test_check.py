"""`baton check` tells everything at once, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest

from codegen.check import check
from codegen.errors import SettingsError
from codegen.settings import load_environment
from codegen.settings.setting import Section, about, setting
from tests.codegen.builders import project, release, replace
from tests.codegen.live import copy_of_live


def test_all_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    # Given two templates that are no Jinja2, a folder for a file, and two wrong settings
    root = project(tmp_path)
    for name in ("parameters.yaml.j2", "samconfig.toml.j2"):
        (root / "codegen/templates" / name).write_text("{{ 1 +")
    (root / "units/storage.hcl").unlink()
    (root / "units/storage.hcl").mkdir()
    replace(root / "live/dev/env.yaml", "retention_days: 7", "retention_days: 8\n  x: 1")

    # When they are checked
    problems = check(root, root / "template.yaml", [release(root / "template.yaml")])

    # Then each is told by itself, where it is
    assert [problem.where and problem.where.file for problem in problems] == [
        "codegen/templates/parameters.yaml.j2",
        "codegen/templates/samconfig.toml.j2",
        "live/dev/env.yaml",
        "live/dev/env.yaml",
        "units/storage.hcl",
    ]


@pytest.mark.parametrize("name", ["version", "default"])
def test_samconfigs_own_words_are_no_environment(name: str, tmp_path: Path) -> None:
    # Given an environment that is called as what samconfig.toml says itself
    live = copy_of_live(tmp_path)
    (live / "dev").rename(live / name)

    # When it is read, then it is refused
    with pytest.raises(SettingsError, match=r"samconfig\.toml has its own"):
        load_environment(live, name)


def test_a_setting_of_any_type_is_put_into_words() -> None:
    # Given settings without bounds
    class Some(Section):
        greeting: Annotated[str, setting("Says hello.")]
        count: Annotated[int | None, setting("Counts.")]

    # When people are told of them, then the type is named
    said = [about(field).allowed for field in Some.model_fields.values()]
    assert said == ["a text", "null, a whole number"]
