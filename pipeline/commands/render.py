"""`baton render ENV`: the hand-off, written where plain `sam deploy` finds it."""

from __future__ import annotations

import os

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command(short_help="Render samconfig.toml and parameters/<env>.yaml from state outputs.")
@click.argument("environment")
@click.option("--release", help="Id or first digits; by default the one last verified there.")
@click.option("--outputs", metavar="FILE|-", help="Read {unit: {output: value}} from here.")
@click.option("--diff", is_flag=True, help="Write nothing; exit 3 when something would change.")
@click.option("--json", "as_json", is_flag=True, help="The files and what was done, as JSON.")
def command(
    environment: str, release: str | None, outputs: str | None, diff: bool, as_json: bool
) -> int:
    """Write sam-app/samconfig.toml and sam-app/parameters/ENVIRONMENT.yaml.

    After that `sam deploy --config-env ENVIRONMENT` in sam-app/ deploys that release. Other
    environments' tables in samconfig.toml stay as they are.
    """
    from codegen.handoff import prepare, would_change, write
    from pipeline.console import say, write_json
    from pipeline.promotion.deployment import release_context
    from pipeline.promotion.rendering import outputs_for, release_for
    from pipeline.release.manifest import TEMPLATE

    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    target.activate()
    folder = release_for(checkout, target, settings, release)
    template_file = os.path.relpath(folder.path / TEMPLATE, checkout.sam_app)
    context = release_context(folder, folder.release(), template_file)
    found = outputs_for(target, checkout, settings, outputs)
    rendering = prepare(checkout.root, settings, found, context)
    changes = (would_change if diff else write)(rendering, checkout.sam_app)
    if as_json:
        write_json([{"path": str(c.path), "verb": str(c.verb)} for c in changes])
    else:
        for change in changes:
            say(f"  {change.verb:<9} {change.path.relative_to(checkout.root)}")
    return 3 if diff and any(change.verb != "identical" for change in changes) else 0
