"""`baton build`: one release from the checkout."""

from __future__ import annotations

import click

from pipeline.checkout import Checkout
from pipeline.target import Target


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Id, files and provenance as JSON.")
def command(as_json: bool) -> None:
    """Pack functions, layers, template and infrastructure into one immutable release.

    The same content has the same id, whenever and wherever it is built. Refused are settings that
    are not right, a template that `sam validate --lint` refuses, a module that Terraform refuses,
    and a Python function whose handler cannot be imported.
    """
    from codegen.project import VERIFY
    from pipeline.release.build import build
    from pipeline.release.completeness import require_packed
    from pipeline.release.generated import require_fresh
    from pipeline.release.manifest import short
    from pipeline.release.validation import require_valid
    from pipeline.runs.console import say, show, write_json

    checkout = Checkout.here()
    checkout.environments()  # no release is made that a promotion could not read
    require_packed(checkout.root)
    require_fresh(checkout.root)
    target = Target.selected(checkout)

    def tell(line: str) -> None:
        if not as_json:
            say(f"  {line}")

    require_valid(target, tell)
    built = build(checkout, target, tell)
    release = built.folder.release()
    if as_json:
        document = {"id": release.id, "new": built.is_new, **release.model_dump()}
        write_json(document | {"provenance": built.provenance.model_dump()})
        return
    source = "uncommitted files" if built.provenance.dirty else str(built.provenance.commit)[:12]
    what = "new" if built.is_new else "unchanged"
    say(
        f"release {short(release.id)} ({what}), for {release.target} "
        f"{release.runtime} {release.architecture}, from {source}"
    )
    if not (checkout.root / VERIFY).exists():
        say(f"note: there is no {VERIFY}: a promotion will run no smoke test (docs/verify.md)")
    show(release.id)
