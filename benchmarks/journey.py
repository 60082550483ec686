"""The main job, the main job again, and a change of code from dev to prod.

The reference gets the same release, packed and rendered for it beforehand, and neither plans ahead,
nor asks a gate, nor tries out what it has deployed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from tests.e2e.world import ENVIRONMENTS, World

DEMO = [".tools/envs/baton/bin/python", "-P", "-m", "pipeline.commands.demo"]
CODE = "sam-app/functions/api/api_handler.py"
DEPLOYMENT = "`aws s3 sync` + `sam deploy`, each environment"
APPLY = "`terragrunt run --all apply`"
ALL = f"{APPLY}; {DEPLOYMENT}"


def figures() -> list[Figure]:
    """Ours in one fresh checkout, the bare tools in another."""
    with place.fresh() as world:
        shell = world.variables | {"PYTHONPATH": "."}
        demo, again = measure(DEMO, world.root, shell), measure(DEMO, world.root, shell)
        _change_code(world)
        change = _promote(world)
    with place.fresh() as world:
        place.start(world)
        bare_apply, bare_deploy = _apply(world), _deploy(world)
        bare_again = _apply(world) + _deploy(world)
        _change_code(world)
        bare_change = _deploy(world)
    applied = re.search(r"applied in (\d+) s", demo.output)
    return [
        Figure("first demo", demo, ALL, bare_apply + bare_deploy),
        Figure(
            "of it, three environments created",
            Measured(float(applied[1]) if applied else 0, None),
            APPLY,
            bare_apply,
            aim_seconds=100,
        ),
        Figure("second demo", again, ALL, bare_again, aim_seconds=75),
        Figure("a change of code, dev to prod", change, DEPLOYMENT, bare_change, aim_seconds=75),
        *own_time(change),
    ]


def own_time(change: Measured) -> list[Figure]:
    """What Baton itself costs in a promotion, beside the tools that it waits for; averages."""
    records = list(_records(change.output))
    tools = [sum(sum(step["tools"].values()) for step in record["steps"]) for record in records]
    needed = [sum(map(_needed, record["steps"])) for record in records]
    own = [record["seconds"] - waited for record, waited in zip(records, needed, strict=True)]
    return [
        Figure(
            "of it, a promotion without `sam deploy` and smoke test",
            Measured(_mean(own), None),
            "`sam deploy` and smoke test, a promotion",
            Measured(_mean(needed), None),
            aim_seconds=3,
        ),
        Figure(
            "of it, Baton's own processor time, a promotion",
            Measured(_mean([record["cpu_s"] for record in records]), None),
            "the tools that it waits for, a promotion",
            Measured(_mean(tools), None),
            aim_seconds=3,
        ),
    ]


def _needed(step: dict[str, Any]) -> float:
    """The seconds of a step that a promotion of code could not do without."""
    return float(step["seconds"] if step["name"] == "verify" else step["tools"].get("sam", 0))


def _records(text: str) -> Iterator[dict[str, Any]]:
    """The JSON documents that stand one after the other in an output."""
    decoder = json.JSONDecoder()
    while (start := text.find("{")) >= 0:
        record, length = decoder.raw_decode(text[start:])
        yield record
        text = text[start + length :]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _change_code(world: World) -> None:
    with (world.root / CODE).open("a") as file:
        file.write("\n# a change of code\n")
    world.commit("a change of code")


def _promote(world: World) -> Measured:
    """From the build on, as whoever has changed a line would go on."""
    runs = [measure(["./baton", "build"], world.root, world.variables)]
    for name in ENVIRONMENTS:
        command = ["./baton", "promote", name, "--yes", "--json"]
        runs.append(measure(command, world.root, world.variables))
    # the record is what is read of the output: the build prints none
    return sum(runs[1:], Measured(runs[0].seconds, runs[0].peak_mb))


def _apply(world: World) -> Measured:
    shell = place.variables(world, ENVIRONMENTS[0])
    return measure(["terragrunt", "run", "--all", "apply"], world.root / "live", shell)


def _deploy(world: World) -> Measured:
    release = world.data("build")["id"]
    code = f".baton/releases/{release}/artifacts"
    total = Measured(0)
    for name in ENVIRONMENTS:
        shell = place.variables(world, name)
        bucket = f"desk-{name}-{world.settings(name)['account_id']}-artifacts"
        rendered = world.baton("render", name, "--release", release)
        if rendered.returncode:
            raise RuntimeError(rendered.stderr)
        total += measure(["aws", "s3", "sync", code, f"s3://{bucket}/artifacts"], world.root, shell)
        deploy = ["sam", "deploy", "--config-env", name]
        total += measure(deploy, world.root / "sam-app", shell)
    return total
