"""A release, beside what `sam build` and `sam package` make of the same source."""

from __future__ import annotations

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import measure

BUCKET = "bench"


def figures() -> list[Figure]:
    """`baton build`, first and again; `sam package` does less: it neither installs nor records."""
    with place.fresh() as world:
        place.start(world, "dev")
        shell = place.python_first(world, place.variables(world, "dev"))
        first = measure(["./baton", "build"], world.root, world.variables)
        again = measure(["./baton", "build"], world.root, world.variables)
        overrides = place.function_platform(world)
        app = world.root / "sam-app"
        world.client("dev", "s3").create_bucket(Bucket=BUCKET)
        package = ["sam", "package", "--s3-bucket", BUCKET, "--output-template-file", "p.yaml"]
        build = ["sam", "build", "--parameter-overrides", overrides]
        bare = measure(build, app, shell) + measure(package, app, shell)
        bare_again = measure(build, app, shell) + measure(package, app, shell)
    reference = "`sam build` + `sam package`"
    return [
        Figure("`baton build`", first, reference, bare),
        Figure("`baton build`, nothing changed", again, reference, bare_again),
    ]
