"""The main job, the main job again, and a change of code from dev to prod.

The reference gets the same release, packed and rendered for it beforehand, and neither plans ahead,
nor asks a gate, nor tries out what it has deployed.
"""

from __future__ import annotations

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import Measured, measure
from tests.e2e.world import ENVIRONMENTS, World

DEMO = [".tools/envs/baton/bin/python", "-P", "-m", "pipeline.demo"]
CODE = "sam-app/functions/api/api_handler.py"
DEPLOYMENT = "`aws s3 sync` + `sam deploy`, each environment"
ALL = f"`terragrunt run --all apply`; {DEPLOYMENT}"


def figures() -> list[Figure]:
    """Ours in one fresh checkout, the bare tools in another."""
    with place.fresh() as world:
        shell = world.variables | {"PYTHONPATH": "."}
        demo, again = measure(DEMO, world.root, shell), measure(DEMO, world.root, shell)
        _change_code(world)
        change = _promote(world)
    with place.fresh() as world:
        place.start(world)
        bare_demo, bare_again = _apply_and_deploy(world), _apply_and_deploy(world)
        _change_code(world)
        bare_change = _deploy(world)
    return [
        Figure("first demo", demo, ALL, bare_demo),
        Figure("second demo", again, ALL, bare_again, aim_seconds=75),
        Figure("a change of code, dev to prod", change, DEPLOYMENT, bare_change, aim_seconds=75),
    ]


def _change_code(world: World) -> None:
    with (world.root / CODE).open("a") as file:
        file.write("\n# a change of code\n")
    world.commit("a change of code")


def _promote(world: World) -> Measured:
    world.data("build")
    runs = [
        measure(["./baton", "promote", name, "--yes"], world.root, world.variables)
        for name in ENVIRONMENTS
    ]
    return sum(runs[1:], runs[0])


def _apply_and_deploy(world: World) -> Measured:
    shell = place.variables(world, ENVIRONMENTS[0])
    apply = measure(["terragrunt", "run", "--all", "apply"], world.root / "live", shell)
    return apply + _deploy(world)


def _deploy(world: World) -> Measured:
    release = world.data("build")["id"]
    code = f".baton/releases/{release}/artifacts"
    total = Measured(0, 0)
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
