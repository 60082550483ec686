"""`baton redrive`: list, show, replay or discard failed stream records and scheduled events."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from codegen.errors import BatonError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from pipeline.redrive.redriving import Waiting
    from pipeline.redrive.request import Request
    from pipeline.redrive.runner import Redrive

WAITING = 3  # exit code: there are entries to redrive
KEPT_DAYS = 90  # as long as the quarantine keeps its records

environment_argument = click.argument("environment")
since_option = click.option(
    "--since",
    metavar="DAYS",
    type=click.IntRange(1, KEPT_DAYS),
    default=KEPT_DAYS,
    show_default=True,
    help="Days to look back into the quarantine.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Report what would be done; exit 3 if there is anything."
)
yes_option = click.option("--yes", is_flag=True, help="Approve without asking.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")


@click.group()
def command() -> None:
    """Reprocess failed stream records and scheduled events.

    Entries are: quarantined records, batches that Lambda gave up, missed scheduled events, and
    domain events that EventBridge could not put into the event inbox.
    ID is an entry's id or its beginning. docs/redrive.md describes when to use which command.
    """


@command.command(name="list")
@environment_argument
@since_option
@json_option
def list_(environment: str, since: int, as_json: bool) -> int:
    """List the entries of ENVIRONMENT; exit 3 if there are any."""
    from pipeline.redrive.request import Request

    return _list(_run(Request(environment, "list"), since), as_json)


@command.command()
@environment_argument
@click.argument("id_", metavar="ID")
@since_option
@json_option
def show(environment: str, id_: str, since: int, as_json: bool) -> int:
    """Print one entry of ENVIRONMENT whole, with what customers wrote."""
    from pipeline.redrive.request import Request

    return _show(_run(Request(environment, "show", (id_,)), since), as_json)


@command.command()
@environment_argument
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All entries.")
@dry_run_option
@since_option
@yes_option
@json_option
def replay(
    environment: str,
    ids: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    since: int,
    yes: bool,
    as_json: bool,
) -> int:
    """Send entries of ENVIRONMENT to their function or queue again.

    Exit code 1: an entry was not taken. It stays where it is.
    """
    from pipeline.redrive.request import Request

    return _work(Request(environment, "replay", ids, everything, dry_run, yes), since, as_json)


@command.command()
@environment_argument
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@dry_run_option
@since_option
@yes_option
@json_option
def discard(
    environment: str, ids: tuple[str, ...], dry_run: bool, since: int, yes: bool, as_json: bool
) -> int:
    """Delete entries of ENVIRONMENT without processing them."""
    from pipeline.redrive.request import Request

    request = Request(environment, "discard", ids, dry_run=dry_run, approved=yes)
    return _work(request, since, as_json)


def _run(request: Request, days: int) -> Redrive:
    """What the subcommand works with; refuses a request that cannot be meant."""
    from pipeline.redrive.runner import Redrive

    request.check()
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(request.environment)
    target.activate()
    return Redrive(checkout, target, settings, request, days)


def _list(run: Redrive, as_json: bool) -> int:
    from pipeline.redrive.runner import look
    from pipeline.runs.console import write_json

    found = look(run)
    if as_json:
        write_json([entry.as_json() for entry in found.entries])
    else:
        _tell(run.environment.name, found)
    return WAITING if found.entries or found.others else 0


def _tell(environment: str, found: Waiting) -> None:
    from pipeline.redrive.entries import COLUMNS, StrangeMessage
    from pipeline.runs.console import print_table, say

    count = len(found.entries)
    noun = "entry" if count == 1 else "entries"
    say(f"{environment}: {f'{count} {noun}' if count else 'nothing'} to redrive")
    if found.others:
        say(
            f"  about {found.others} more are held by another redrive, or by one that was killed; "
            "they are visible again within 20 minutes"
        )
    if count:
        print_table(COLUMNS, [entry.as_row() for entry in found.entries])
        # what is not known is sent to nobody
        known = [entry for entry in found.entries if not isinstance(entry, StrangeMessage)]
        what = f"replay {environment} --all --dry-run"
        if not known:
            what = f"show {environment} {found.entries[0].id}"
        say(f"next: ./baton redrive {what}")


def _show(run: Redrive, as_json: bool) -> int:
    from pipeline.redrive.entries import NotTakenError
    from pipeline.redrive.runner import show
    from pipeline.runs.console import say, write_json

    try:
        document = show(run)
    except NotTakenError as error:
        raise BatonError(
            error.detail, f"./baton redrive discard {run.environment.name} {run.request.ids[0]}"
        ) from error
    if not as_json:
        say("this is the whole entry, with what customers wrote; take care where you store it")
    write_json(document)
    return 0


def _work(request: Request, days: int, as_json: bool) -> int:
    from pipeline.redrive.entries import longest_source
    from pipeline.redrive.runner import work
    from pipeline.runs.console import Progress, say, write_json

    run = _run(request, days)
    progress = Progress(f"redrive {request.environment}", quiet=as_json, width=longest_source())
    if sys.stdin.isatty() and not as_json:
        run = replace(run, ask=progress.ask)
    results = work(run, progress)
    failed = [result for result in results if result.outcome == "failed"]
    if as_json:
        write_json([asdict(result) for result in results])
    elif not results:
        say(f"{request.environment}: nothing to redrive")
    elif failed:
        say(
            f"{len(failed)} of {len(results)} entries were not taken and stay where they are; "
            "docs/redrive.md describes what to do"
        )
    if failed:
        return 1
    return WAITING if results and request.dry_run else 0
