"""Nothing in live/ that could be meant for an environment or a unit is passed over."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.check import check
from codegen.errors import SettingsError
from codegen.settings import load_all, load_environment
from codegen.settings.layout import layout_problems
from pipeline.release.completeness import require_packed
from tests.codegen.builders import CHECKOUT, project, release
from tests.codegen.rights import without_rights


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path)


def move(before: str, after: str) -> Callable[[Path], None]:
    def moved(live: Path) -> None:
        (live / after).parent.mkdir(parents=True, exist_ok=True)
        (live / before).rename(live / after)

    return moved


def write(*names: str) -> Callable[[Path], None]:
    def written(live: Path) -> None:
        for name in names:
            (live / name).parent.mkdir(parents=True, exist_ok=True)
            (live / name).write_text("")

    return written


def region_level(live: Path) -> None:
    (live / "prod" / "us-east-1").mkdir()
    for path in [each for each in (live / "prod").iterdir() if each.name != "us-east-1"]:
        path.rename(live / "prod" / "us-east-1" / path.name)


def link(name: str) -> Callable[[Path], None]:
    def linked(live: Path) -> None:
        (live / name).rename(live.parent / "elsewhere")
        (live / name).symlink_to(live.parent / "elsewhere")

    return linked


def empty_unit(live: Path) -> None:
    (live / "prod/data/terragrunt.hcl").unlink()
    (live / "prod/data/README.md").write_text("")


# How somebody may lay out live/ → the places that are named, and words that are said.
LAYOUTS: dict[str, tuple[Callable[[Path], None], list[str], str]] = {
    "a level for the region": (
        region_level,
        ["prod/us-east-1/env.yaml"],
        "no level such as a region between",
    ),
    "a level for the account": (
        move("prod", "accounts/prod"),
        ["accounts/prod/env.yaml"],
        "no level such as a region",
    ),
    "two levels": (move("prod", "a/b/prod"), ["a/b/prod/env.yaml"], "an environment is a folder"),
    "one environment alone": (write("env.yaml"), ["env.yaml"], "each environment is a folder"),
    "env.yml": (move("prod/env.yaml", "prod/env.yml"), ["prod/env.yml"], "did you mean env.yaml?"),
    "Env.yaml": (
        move("prod/env.yaml", "prod/Env.yaml"),
        ["prod/Env.yaml"],
        "did you mean env.yaml?",
    ),
    "env.hcl": (move("prod/env.yaml", "prod/env.hcl"), ["prod/env.hcl"], "did you mean env.yaml?"),
    "environment.yaml": (
        move("prod/env.yaml", "prod/environment.yaml"),
        ["prod/environment.yaml"],
        "did you mean",
    ),
    "another name": (
        move("prod/env.yaml", "prod/settings.ini"),
        ["prod/env.yaml", "prod/settings.ini"],
        "there are units of prod beside it",
    ),
    "no settings": (
        lambda live: (live / "prod/env.yaml").unlink(),
        ["prod/env.yaml"],
        "is missing",
    ),
    "a folder for something else": (
        write("_envcommon/network.hcl"),
        ["_envcommon/env.yaml", "_envcommon/network.hcl"],
        "each folder of live/ is an environment",
    ),
    "a linked environment": (link("prod"), ["prod"], "is a symbolic link"),
    "linked settings": (link("prod/env.yaml"), ["prod/env.yaml"], "is a symbolic link"),
    "a linked unit": (link("prod/data"), ["prod/data"], "is a symbolic link"),
    "a broken link": (
        lambda live: (live / "test").symlink_to("nowhere"),
        ["test"],
        "is a symbolic link",
    ),
    "a hidden environment": (
        write(".prod2/data/terragrunt.hcl"),
        [".prod2/env.yaml"],
        "there are units of .prod2",
    ),
    "a unit without its file": (empty_unit, ["prod/data/terragrunt.hcl"], "is missing"),
    "a unit's file misspelled": (
        move("prod/data/terragrunt.hcl", "prod/data/terragunt.hcl"),
        ["prod/data/terragunt.hcl"],
        "did you mean terragrunt.hcl?",
    ),
    "a unit's file in capitals": (
        move("prod/data/terragrunt.hcl", "prod/data/Terragrunt.HCL"),
        ["prod/data/Terragrunt.HCL"],
        "did you mean terragrunt.hcl?",
    ),
    "a unit in JSON": (
        move("prod/data/terragrunt.hcl", "prod/data/terragrunt.hcl.json"),
        ["prod/data/terragrunt.hcl.json"],
        "did you mean terragrunt.hcl?",
    ),
    "a unit in a folder": (
        move("prod/data", "prod/stores/data"),
        ["prod/stores/data/terragrunt.hcl", "prod/stores/terragrunt.hcl"],
        "a unit is a folder of its environment itself",
    ),
    "a unit of the environment itself": (
        write("prod/terragrunt.hcl"),
        ["prod/terragrunt.hcl"],
        "makes a unit of the folder",
    ),
    "a unit of live itself": (write("terragrunt.hcl"), ["terragrunt.hcl"], "makes a unit of the"),
    "a stack of units": (
        write("prod/terragrunt.stack.hcl"),
        ["prod/terragrunt.stack.hcl"],
        "does not belong here",
    ),
    "Terraform in a unit": (
        write("prod/data/extra.tf"),
        ["prod/data/extra.tf"],
        "does not belong here",
    ),
    "values in a unit": (
        write("prod/data/x.auto.tfvars"),
        ["prod/data/x.auto.tfvars"],
        "does not belong here",
    ),
    "project.yml": (
        move("project.yaml", "project.yml"),
        ["project.yml"],
        "did you mean project.yaml?",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_would_be_passed_over_is_refused(name: str, root: Path) -> None:
    # Given a project with an environment or unit where none is looked for
    change, places, says = LAYOUTS[name]
    change(root / "live")

    # When its layout is looked at, then each place is named once
    problems = layout_problems(root / "live")
    named = [str(each.where and each.where.file).removeprefix(f"{root}/live/") for each in problems]
    assert sorted(named) == sorted(places)
    assert says in "\n".join(f"{each.message} {each.remedy}" for each in problems)
    assert all(each.remedy for each in problems)

    # And every command that reads all environments refuses it, as the check does
    with pytest.raises(SettingsError):
        load_all(root / "live")
    template = root / "template.yaml"
    found = check(root, template, [release(template)])
    assert {f"live/{place}" for place in places} <= {
        each.where and each.where.file for each in found
    }


def test_one_command_for_an_environment_that_is_too_deep_says_where_it_is(root: Path) -> None:
    region_level(root / "live")

    with pytest.raises(SettingsError, match=r"prod/us-east-1/env\.yaml is not read"):
        load_environment(root / "live", "prod")


LEFT_ALONE = {
    "as it is": write(),
    "caches": write(
        "dev/data/.terragrunt-cache/a/b/terragrunt.hcl",
        ".terragrunt-cache/env.yaml",
        "gone/.terraform/x",
    ),
    "an editor's": write(".idea/workspace.xml", "dev/.env.yaml.swp", "dev/env.yaml~", ".DS_Store"),
    "texts": write("README.md", "dev/README.md", "dev/data/README.md"),
    "an empty folder": lambda live: (live / "gone/data").mkdir(parents=True),
    "a lock file that was left": write("gone/data/.terraform.lock.hcl"),
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_is_no_environment_is_left_alone(name: str, root: Path) -> None:
    LEFT_ALONE[name](root / "live")

    assert layout_problems(root / "live") == []
    assert [each.name for each in load_all(root / "live")] == ["dev", "staging", "prod"]


def test_the_projects_own_layout_is_right() -> None:
    assert layout_problems(CHECKOUT / "live") == []


def test_a_folder_that_may_not_be_listed_is_named(root: Path) -> None:
    # Given an environment that a user without rights cannot look into
    (root / "live/prod").chmod(0)
    code = "print(layout_problems(Path('live'))[0])"

    # When the layout is looked at, then it is named, and not taken for no environment
    said = without_rights(root, "from codegen.settings.layout import layout_problems", code)
    (root / "live/prod").chmod(0o755)
    assert said == "live/prod cannot be read: Permission denied\n"


@pytest.mark.parametrize("rule", ["live/prod", "env.yaml", "*.hcl", "modules/data"])
def test_what_git_ignores_is_refused_for_no_release_would_have_it(rule: str, root: Path) -> None:
    # Given a repository whose rules leave out something that is read here
    shutil.rmtree(root / ".git", ignore_errors=True)
    subprocess.run(["git", "init", "-q", root], check=True)
    require_packed(root)
    (root / ".gitignore").write_text(f"{rule}\n.terragrunt-cache/\n")
    (root / "live/dev/data/.terragrunt-cache").mkdir()
    (root / "live/dev/data/.terragrunt-cache/x").write_text("")

    # When a release is to be built or the project is checked, then it is named
    with pytest.raises(SettingsError, match="git ignores") as caught:
        require_packed(root)
    assert all("git check-ignore -v" in each.remedy for each in caught.value.parts)
    assert not any(".terragrunt-cache" in each.message for each in caught.value.parts)
