"""Set-up: what is installed is skipped, what is too old is not used, what is missing is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.terraform.engine import OPENTOFU, TERRAFORM, Engine
from tools import download, programs, provider, setup
from tools.component import Component, ensure
from tools.machine import ROOT, SetupError, usable, version_of


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setup, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(setup, "BIN", tmp_path / ".tools" / "bin")
    (tmp_path / ".tools" / "bin").mkdir(parents=True)
    return tmp_path / ".tools"


def _program(folder: Path, name: str, prints: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{prints}'\n")
    program.chmod(0o755)
    return program


def test_a_component_is_installed_once_and_again_when_its_inputs_change(tools: Path) -> None:
    done: list[str] = []

    def component(inputs: str) -> Component:
        return Component("x", (inputs,), lambda: done.append(inputs) or "installed")

    for inputs in ("one", "one", "two"):
        ensure(component(inputs), tools / "stamps")

    assert done == ["one", "two"]


def test_a_failed_installation_is_tried_again(tools: Path) -> None:
    def fail() -> str:
        raise SetupError("no network")

    with pytest.raises(SetupError):
        ensure(Component("x", ("one",), fail), tools / "stamps")

    done: list[str] = []
    again = Component("x", ("one",), lambda: done.append("again") or "installed")
    ensure(again, tools / "stamps")
    assert done == ["again"]


def test_what_cannot_be_had_here_is_left_out_in_one_line_and_looked_for_again(
    tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def component(obstacle: str | None) -> Component:
        return Component(
            "x", ("one",), lambda: done.append("x") or "installed", obstacle=lambda: obstacle
        )

    ensure(component("there is no Rust"), tools / "stamps")
    assert capsys.readouterr().err == "setup: x left out: there is no Rust\n"
    assert done == []

    ensure(component(None), tools / "stamps")
    assert done == ["x"]


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("Terraform v1.11.4\non linux_amd64", (1, 11, 4)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("terragrunt version v1.1.3", (1, 1, 3)),
        ("Terraform v1.12.0-beta1", (1, 12, 0)),
        ("no version", ()),
    ],
)
def test_versions_are_found_in_what_tools_print(printed: str, version: tuple[int, ...]) -> None:
    assert version_of(printed) == version


def test_a_tool_that_is_too_old_or_is_our_own_link_is_not_used(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _program(tmp_path / "old", "terraform", "Terraform v1.10.9")
    _program(tools / "bin", "terraform", "Terraform v1.11.4")
    monkeypatch.setenv("PATH", f"{tools / 'bin'}{os.pathsep}{old.parent}{os.pathsep}/bin")

    assert usable("terraform", (1, 11), "version", ours=tools / "bin") is None


@pytest.mark.parametrize(
    ("engine", "printed"),
    [(TERRAFORM, "Terraform v1.11.0"), (OPENTOFU, "OpenTofu v1.12.6")],
    ids=["terraform", "tofu"],
)
def test_an_engine_that_is_new_enough_is_linked(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine, printed: str
) -> None:
    new = _program(tmp_path / "new", engine.command, printed)
    monkeypatch.setenv("PATH", f"{new.parent}{os.pathsep}/bin")

    assert programs.install_engine(engine, tools / "bin") == f"using {new}"
    assert (tools / "bin" / engine.command).resolve() == new


def test_what_cannot_be_downloaded_is_named_with_how_to_get_it(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(address: str) -> bytes:
        raise download.DownloadError(f"{address}: no route to host")

    monkeypatch.setattr(download, "read", unreachable)
    monkeypatch.setenv("PATH", "/bin")

    with pytest.raises(SetupError, match=r"Put Terraform 1\.11 or newer into PATH"):
        programs.install_engine(TERRAFORM, tools / "bin")


@pytest.mark.parametrize(
    ("printed", "is_own"), [("go version go1.26.8 linux/amd64", True), ("go version go1.20", False)]
)
def test_the_pinned_go_builds_where_the_machine_has_none_that_is_new_enough(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, is_own: bool
) -> None:
    # Given a machine's Go, and what an installed toolchain consists of
    own = _program(tmp_path / "own", "go", printed)
    monkeypatch.setenv("PATH", f"{own.parent}{os.pathsep}/bin")
    pinned = tools / "envs/go/lib/python3.11/site-packages/go/bin/go"
    pinned.parent.mkdir(parents=True)
    pinned.touch()
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(programs, "run", lambda *command, **_: ran.append(tuple(map(str, command))))

    # When it is asked for, Then the machine's own is used, or the pinned one, by its hashes
    found = programs.go_toolchain("1.26", tools / "bin")
    assert found == (own if is_own else pinned)
    assert [("--require-hashes" in each) for each in ran] == ([] if is_own else [False, True])


def test_the_engine_is_the_one_that_terragrunt_hcl_chooses(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(*extras: str) -> set[str]:
        """The engines that are installed, each with its provider."""
        parts = {part.name: part for wave in setup.components(extras) for part in wave}
        found = {each for each in (TERRAFORM, OPENTOFU) if each.command in parts}
        assert {
            each for each in (TERRAFORM, OPENTOFU) if f"provider-{each.command}" in parts
        } == found
        return {each.command for each in found}

    for chosen in (TERRAFORM, OPENTOFU):
        monkeypatch.setattr(setup, "engine_of", lambda root, chosen=chosen: chosen)

        assert installed() == {chosen.command}
        assert installed("opentofu") == {chosen.command, "tofu"}


def test_it_needs_nothing_but_the_standard_library() -> None:
    # Given Python without its site-packages / When it reads set-up / Then nothing is missing
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tools.setup"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_an_unknown_extra_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["dynamodb"]) == 2
    assert capsys.readouterr().err == "setup: dynamodb: not one of dynoxide, opentofu\n"


ENGINES = pytest.mark.parametrize("engine", [TERRAFORM, OPENTOFU], ids=lambda each: each.command)


def _checkout(tmp_path: Path, engine: Engine) -> Path:
    (tmp_path / "modules" / "network").mkdir(parents=True)
    (tmp_path / engine.lock).write_text(
        f'provider "{engine.provider}" {{\n  version     = "5.100.0"\n}}\n'
    )
    (tmp_path / "modules" / "network" / "versions.tf").write_text("")
    return tmp_path


def _mirror(tmp_path: Path, engine: Engine, version: str = "5.100.0") -> Path:
    """The engine's package in a mirror, for this platform."""
    package = tmp_path / "mirror" / engine.provider / version / "linux_amd64"
    _program(package, f"terraform-provider-aws_v{version}_x5", "provider")
    return package


@ENGINES
def test_the_provider_is_linked_from_a_local_mirror(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    mirror = tmp_path / "mirror"
    package = _mirror(tmp_path, engine)
    monkeypatch.setenv("BATON_PROVIDER_MIRROR", str(mirror))

    done = provider.install(_checkout(tmp_path, engine), tools, engine, "linux_amd64")

    assert done == f"linked from {mirror}"
    assert (tools / "providers" / engine.provider / "5.100.0/linux_amd64").resolve() == package
    config = (tools / "terraform.rc").read_text()
    assert config.count(f'["{engine.provider}"]') == 2
    assert str(tools / "providers") in config


def test_opentofu_prefers_its_own_package_and_takes_hashicorps(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _checkout(tmp_path, OPENTOFU)
    monkeypatch.setattr(provider, "mirrors", lambda: iter([tmp_path / "mirror"]))
    linked = tools / "providers" / OPENTOFU.provider / "5.100.0/linux_amd64"

    for packager in (TERRAFORM, OPENTOFU):
        package = _mirror(tmp_path, packager)
        provider.install(root, tools, OPENTOFU, "linux_amd64")
        assert linked.resolve() == package


def test_terraform_takes_no_package_of_opentofus(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mirror(tmp_path, OPENTOFU)
    monkeypatch.setattr(provider, "mirrors", lambda: iter([tmp_path / "mirror"]))
    _program(tools / "bin", "terraform", "no registry here")

    with pytest.raises(provider.ProviderError, match="is in no local mirror"):
        provider.install(_checkout(tmp_path, TERRAFORM), tools, TERRAFORM, "linux_amd64")


@ENGINES
def test_a_mirror_without_this_version_or_platform_is_passed_over(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    _mirror(tmp_path, engine, "5.99.0")
    monkeypatch.setattr(provider, "mirrors", lambda: iter([tmp_path / "mirror"]))
    _program(tools / "bin", engine.command, "no registry here")

    with pytest.raises(provider.ProviderError, match="BATON_PROVIDER_MIRROR=<mirror> make setup"):
        provider.install(_checkout(tmp_path, engine), tools, engine, "linux_amd64")
