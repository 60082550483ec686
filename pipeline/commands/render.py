"""`baton render ENV`: the hand-off, written where plain `sam deploy` finds it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from codegen.errors import BatonError, UsageError, together
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.files import FileChange
    from codegen.handoff import ReleaseContext, Rendering
    from codegen.settings import Environment
    from codegen.sides import Sides


@click.command()
@click.argument("environments", metavar="ENVIRONMENT...", nargs=-1, required=True)
@click.option("--release", help="Id or first digits; by default the one last verified there.")
@click.option(
    "--outputs",
    metavar="FILE|-",
    help="Read {unit: {output: value}} from here, not from the states. A value may also be what "
    "`terraform output -json` prints of an output: {sensitive, type, value}.",
)
@click.option("--diff", is_flag=True, help="Print what would change, write nothing; exit 3 if so.")
@click.option("--json", "as_json", is_flag=True, help="The files and what was done, as JSON.")
def command(
    environments: tuple[str, ...],
    release: str | None,
    outputs: str | None,
    diff: bool,
    as_json: bool,
) -> int:
    """Write sam-app/samconfig.toml and sam-app/parameters/ENVIRONMENT.yaml.

    After that `sam deploy --config-env ENVIRONMENT` in sam-app/ deploys that release. Other
    environments' tables in samconfig.toml stay as they are. Of several environments all are
    written, or none.

    The release's code must be in the environment's bucket, where a promotion puts it: of a release
    that was never promoted there, run `baton promote ENVIRONMENT ID` instead.
    """
    from codegen.handoff import would_change, write
    from pipeline.runs.console import say, show, write_json

    if outputs is not None and len(environments) > 1:
        raise UsageError("--outputs is of one environment", "render one after the other")
    checkout = Checkout.here()
    target = Target.selected(checkout)
    target.activate()
    renderings = _renderings(checkout, target, environments, release, outputs)
    changes = (would_change if diff else write)(renderings, checkout.sam_app)
    if as_json:
        write_json([_as_json(change, with_diff=diff) for change in changes])
    else:
        for change in changes:
            say(f"  {change.verb:<9} {change.path.relative_to(checkout.root)}")
            if diff and change.diff:
                show(change.diff.removesuffix("\n"))
    return 3 if diff and any(change.verb != "identical" for change in changes) else 0


def _renderings(
    checkout: Checkout,
    target: Target,
    names: Sequence[str],
    release: str | None,
    outputs: str | None,
) -> list[Rendering]:
    """All environments' files; of all that cannot be rendered, what is wrong with each."""
    found, failed = [], []
    for name in names:
        try:
            found.append(_rendering(checkout, target, name, release, outputs))
        except BatonError as error:
            failed.append(error)
    if failed:
        raise together(failed)
    return found


def _rendering(
    checkout: Checkout, target: Target, name: str, release: str | None, outputs: str | None
) -> Rendering:
    from codegen.handoff import render_checked
    from codegen.problems import ContractError
    from pipeline.promotion.hand_off import outputs_for, release_for
    from pipeline.release.manifest import TEMPLATE, short

    settings = checkout.environment(name)
    folder = release_for(checkout, target, settings, release)
    template_file = os.path.relpath(folder.path / TEMPLATE, checkout.sam_app)
    context = folder.context(template_file)
    found = outputs_for(target, checkout, settings, outputs)
    sides = _sides(checkout, context)
    try:
        rendering = render_checked(sides, settings, found, context)
    except ContractError as error:
        if not _is_ahead(checkout, sides, context):
            raise
        raise BatonError(
            f"this checkout's templates are ahead of release {short(context.id)}, and fit the "
            f"checkout's own template.yaml: {error.message}",
            f"./baton build, then ./baton promote {name}",
        ) from error
    if release is not None and outputs is None:  # of outputs from a file nobody need be asked
        _warn_if_never_promoted(target, settings, context.id)
    return rendering


def _sides(checkout: Checkout, context: ReleaseContext) -> Sides:
    """What the outputs are held against; messages name the release, not the path of its copy."""
    from codegen.sides import Sides
    from pipeline.release.manifest import short

    sides = Sides.load(checkout.root, context.template)
    named = replace(sides.template, file=f"template.yaml of release {short(context.id)}")
    return replace(sides, template=named)


def _is_ahead(checkout: Checkout, sides: Sides, context: ReleaseContext) -> bool:
    """Whether the checkout asks for other parameters than the release, and fits itself."""
    from codegen.check import check
    from codegen.problems import blocking
    from codegen.sam.template import load_template

    own = checkout.sam_app / context.template.name
    if not own.exists():
        return False
    now, then = (
        {name: replace(each, line=0) for name, each in template.parameters.items()}
        for template in (load_template(own), sides.template)
    )
    built = replace(context, template=own, template_file=own.name)
    return now != then and not blocking(check(checkout.root, own, [built]))


def _warn_if_never_promoted(target: Target, settings: Environment, release: str) -> None:
    from pipeline.records.opening import open_environment
    from pipeline.records.record import last_of
    from pipeline.release.manifest import short
    from pipeline.runs.console import say

    if last_of(open_environment(target, settings).records, release) is None:
        say(
            f"warning: release {short(release)} was never promoted to {settings.name}, so its "
            "code is not in that environment's bucket\n"
            f"  next: ./baton promote {settings.name} {short(release)}"
        )


def _as_json(change: FileChange, *, with_diff: bool) -> dict[str, str]:
    said = {"path": str(change.path), "verb": change.verb}
    return said | {"diff": change.diff} if with_diff else said
