"""What a benchmark's figures say, and that a group measured alone leaves the others as they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.figures import Figure, document, table
from benchmarks.journey import own_time
from benchmarks.measure import Measured

MACHINE = {"cores": 2, "load_before": 0.1, "platform": "Linux x86_64", "python": "3.11.7"}


def figure(name: str, seconds: float = 3.0) -> Figure:
    return Figure(name, Measured(seconds, 50), "the bare tools", Measured(2.0, 40), 75)


def test_a_figure_stands_beside_its_reference() -> None:
    rows = table(document([figure("a promotion")], MACHINE)).splitlines()

    assert rows[-1] == "| a promotion | 3.0 | ≤ 75 | 50 | the bare tools | 2.0 | 40 | 1.50 |"


def test_what_takes_less_than_a_second_keeps_its_digits_and_its_aims() -> None:
    # Given a short command, with aims for its seconds and its ratio
    short = Figure("a check", Measured(0.0624, 50), "bare", Measured(0.1248, 40), 0.2, 0.5)

    # When it is written down
    rows = table(document([short], MACHINE)).splitlines()

    # Then neither is rounded away
    assert rows[-1] == "| a check | 0.062 | ≤ 0.2, ratio ≤ 0.5 | 50 | bare | 0.12 | 40 | 0.50 |"


def test_figures_kept_from_before_there_were_aims_for_ratios_are_still_shown() -> None:
    # Given a figure of an earlier run
    kept = document([figure("a promotion")], MACHINE)
    del kept["figures"][0]["aim_ratio"]

    # When it is written down, Then it has the aim it had
    assert "| ≤ 75 |" in table(kept)


def test_batons_own_time_is_that_of_all_records_in_the_output() -> None:
    # Given two promotions' records, as --json prints them one after the other
    steps = [
        {"name": "gates", "seconds": 6.0, "tools": {"checkov": 5.0}},
        {"name": "deploy", "seconds": 8.0, "tools": {"sam": 7.0}},
        {"name": "verify", "seconds": 4.0, "tools": {}},
    ]
    printed = "".join(
        f"{json.dumps({'cpu_s': s, 'seconds': 12.0 + s, 'steps': steps}, indent=1)}\n"
        for s in (1, 3)
    )

    # When their own time is read
    own, cpu = own_time(Measured(50.0, 100, printed))

    # Then it is the average of what there is besides sam and the smoke test, beside these
    assert (own.measured.seconds, own.bare.seconds) == (3.0, 11.0)
    # And of the processor's, beside the tools that were waited for
    assert (cpu.measured.seconds, cpu.bare.seconds) == (2.0, 12.0)


def test_a_group_alone_replaces_its_own_figures_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given figures of two groups
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    monkeypatch.setattr(benchmarks, "RESULTS", tmp_path / "results.json")
    seconds = {"building": 1.0, "set-up": 1.0}
    groups = {name: (lambda name=name: [figure(name, seconds[name])]) for name in seconds}
    monkeypatch.setattr(benchmarks, "GROUPS", groups)
    assert benchmarks.main([]) == 0

    # When one is measured again
    seconds.update(building=9.0)
    assert benchmarks.main(["building"]) == 0

    # Then the other is as it was, in both files
    kept = json.loads((tmp_path / "results.json").read_text())
    assert [kept[name]["figures"][0]["seconds"] for name in groups] == [9.0, 1.0]
    assert "| building | 9.0 |" in (tmp_path / "README.md").read_text()
    assert "| set-up | 1.0 |" in (tmp_path / "README.md").read_text()


def test_an_unknown_group_is_a_usage_error() -> None:
    assert benchmarks.main(["jurney"]) == 2


def test_make_bench_finds_all_that_it_measures() -> None:
    # Given the command as people give it, with a group that there is not
    done = subprocess.run(
        ["make", "--no-print-directory", "bench", "GROUPS=none"],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    # When it has begun, Then it has found the service's code, and says which groups there are
    assert "no group none; there are: journey" in done.stdout, done.stderr
