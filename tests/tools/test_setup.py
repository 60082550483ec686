"""Set-up: what is installed is skipped, what is too old is not used, what is missing is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import download, provider, setup
from tools.component import Component, LeftOutError, ensure
from tools.machine import SetupError, usable, version_of


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

    ensure(component("there is no Java"), tools / "stamps")
    assert capsys.readouterr().err == "setup: x left out: there is no Java\n"
    assert done == []

    ensure(component(None), tools / "stamps")
    assert done == ["x"]


def test_what_turns_out_not_to_be_had_is_left_out_and_tried_again(
    tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable() -> str:
        raise LeftOutError("no network")

    for _ in range(2):
        ensure(Component("x", ("one",), unreachable), tools / "stamps")
        assert capsys.readouterr().err == "setup: x …\nsetup: x left out: no network\n"


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


def test_a_tool_that_is_new_enough_is_linked(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = _program(tmp_path / "new", "terraform", "Terraform v1.11.0")
    monkeypatch.setenv("PATH", f"{new.parent}{os.pathsep}/bin")

    assert "using" in setup.install_terraform()
    assert (tools / "bin" / "terraform").resolve() == new


def test_what_cannot_be_downloaded_is_named_with_how_to_get_it(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(url: str) -> bytes:
        raise download.DownloadError(f"{url}: no route to host")

    monkeypatch.setattr(download, "read", unreachable)
    monkeypatch.setenv("PATH", "/bin")

    with pytest.raises(SetupError, match=r"Put Terraform 1\.11 or newer into PATH"):
        setup.install_terraform()
    with pytest.raises(SetupError, match=r"Install Go 1\.26 or newer"):
        setup.install_terragrunt()


def _checkout(tmp_path: Path) -> Path:
    module = tmp_path / "modules" / "network"
    module.mkdir(parents=True)
    (module / ".terraform.lock.hcl").write_text(
        f'provider "{provider.ADDRESS}" {{\n  version     = "5.100.0"\n}}\n'
    )
    (module / "versions.tf").write_text("")
    return tmp_path


def test_the_provider_is_linked_from_a_local_mirror(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    package = mirror / provider.ADDRESS / "5.100.0" / "linux_amd64"
    _program(package, "terraform-provider-aws_v5.100.0_x5", "provider")
    monkeypatch.setenv("BATON_PROVIDER_MIRROR", str(mirror))

    done = provider.install(_checkout(tmp_path), tools, Path("/no/terraform"), "linux_amd64")

    assert done == f"linked from {mirror}"
    assert (tools / "providers" / provider.ADDRESS / "5.100.0/linux_amd64").resolve() == package
    assert str(tools / "providers") in (tools / "terraform.rc").read_text()


def test_a_mirror_without_this_version_or_platform_is_passed_over(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    _program(mirror / provider.ADDRESS / "5.99.0" / "linux_amd64", "terraform-provider-aws", "")
    monkeypatch.setattr(provider, "mirrors", lambda: iter([mirror]))
    terraform = _program(tmp_path / "bin", "terraform", "no registry here")

    with pytest.raises(provider.ProviderError, match="BATON_PROVIDER_MIRROR=<mirror> make setup"):
        provider.install(_checkout(tmp_path), tools, terraform, "linux_amd64")
