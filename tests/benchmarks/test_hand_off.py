"""The project that is made for many environments, and what is read of the runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks import hand_off, many_environments, measure
from benchmarks.hand_off import FEWER
from benchmarks.many_environments import Project, environments, plain
from benchmarks.measure import Measured


def test_the_project_made_for_it_hands_over_every_output(tmp_path: Path) -> None:
    # Given a project of ten outputs, and two environments
    project = Project.make(tmp_path, 10)
    given = {each.name: (each, project.outputs(each)) for each in environments(2)}

    # When both are handed over
    seconds = many_environments.hand_off(project, given)

    # Then each has a file of ten parameters, with values of its own
    files = [tmp_path / f"sam-app/parameters/{name}.yaml" for name in given]
    one, other = (yaml.safe_load(file.read_text()) for file in files)
    assert len(one) == len(other) == 10
    assert (one["Poutput0"], other["Poutput0"]) == ("desk-env0-output0", "desk-env1-output0")
    assert other["Poutput1"] == "arn:aws:sqs:us-east-1:100000000001:desk-env1-output1"
    assert seconds > 0


def test_plain_jinja2_renders_the_same_values(tmp_path: Path) -> None:
    # Given an environment that was handed over
    project = Project.make(tmp_path, 10)
    given = {each.name: (each, project.outputs(each)) for each in environments(1)}
    many_environments.hand_off(project, given)

    # When plain Jinja2 renders it
    plain(project, given)

    # Then the parameters are the same
    ours = (tmp_path / "sam-app/parameters/env0.yaml").read_text()
    assert yaml.safe_load((tmp_path / "plain/env0.yaml").read_text()) == yaml.safe_load(ours)


def test_growth_is_the_cost_of_a_value_beside_that_of_fewer() -> None:
    # Given 300 environments of 200 outputs in 12 s, and fewer in as much time for each value
    many = Measured(13.0, 50, json.dumps({"hand_off": 12.0, "plain": 0.5}))
    fewer = [
        Measured(9.0, 40, json.dumps({"hand_off": n * outputs * 0.0002, "plain": 0.1}))
        for n, outputs in FEWER
    ]

    # When they are put together
    whole, *growth = hand_off.many_environments(many, fewer)

    # Then the whole stands beside plain Jinja2, and the growth is linear
    assert (whole.measured.seconds, whole.bare.seconds) == (12.0, 0.5)
    for figure in growth:
        assert figure.measured.seconds / figure.bare.seconds == pytest.approx(1)


def test_of_several_runs_the_middle_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given runs of which some were held up
    seconds: Iterator[float] = iter([0.3, 9.0, 0.2, 0.4, 0.1, 8.0, 0.5])
    monkeypatch.setattr(measure, "measure", lambda *_: Measured(next(seconds)))

    # When the typical one is asked for, Then it is the middle one
    assert measure.typical(["true"], Path(), {}).seconds == 0.4
