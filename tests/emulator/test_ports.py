"""Ports: whether one is free, who has it, where there is room."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from pipeline.target.local import ports
from tests.emulator.conftest import free_port


def test_a_port_is_taken_while_something_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_who_has_a_port_is_named_with_its_folder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = ports.owner(server.getsockname()[1])

    assert said.startswith(f"process {os.getpid()} (")
    assert said.endswith(f" in {Path.cwd()})")


def test_where_that_is_not_known_it_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a port that nobody has
    assert ports.owner(free_port()) == "another process"

    # Given a process whose connections may not be read
    def denied(*_: object) -> None:
        raise psutil.AccessDenied

    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(psutil.Process, "net_connections", denied)
        assert ports.owner(server.getsockname()[1]) == "another process"


def test_ports_in_a_row_begin_after_those_that_are_taken() -> None:
    first = ports.free_row(free_port(), 2)
    with socket.create_server(("127.0.0.1", first + 1)):
        assert ports.free_row(first, 2) > first + 1
        assert ports.free_row(first, 1) == first


def test_after_the_last_ports_come_the_first() -> None:
    assert ports.free_row(65_600, 3) < 65_000
