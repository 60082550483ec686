"""`baton redrive ENV`: what could not be processed, listed, shown, and processed after all."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from codegen.errors import BatonError
from pipeline.checkout import Checkout
from pipeline.target import Target

if TYPE_CHECKING:
    from pipeline.redrive.redriving import Waiting
    from pipeline.redrive.runner import Redrive
    from pipeline.runs.console import Progress

WAITING = 3  # exit code: there is something to redrive
KEPT_DAYS = 90  # as long as the quarantine keeps its records


@click.command()
@click.argument("environment")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--show", is_flag=True, help="Print one entry whole, with what customers wrote.")
@click.option("--replay", is_flag=True, help="Hand entries to what takes them again.")
@click.option("--discard", is_flag=True, help="Take entries out unprocessed, for good.")
@click.option("--all", "everything", is_flag=True, help="With --replay: all that waits.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; exit 3 if anything.")
@click.option(
    "--since",
    metavar="DAYS",
    type=click.IntRange(1, KEPT_DAYS),
    default=KEPT_DAYS,
    show_default=True,
    help="How far to look back into the quarantine.",
)
@click.option("--yes", is_flag=True, help="Do not ask, where the environment is protected.")
@click.option("--json", "as_json", is_flag=True, help="Entries, or what was done, as a list.")
def command(
    environment: str,
    ids: tuple[str, ...],
    show: bool,
    replay: bool,
    discard: bool,
    everything: bool,
    dry_run: bool,
    since: int,
    yes: bool,
    as_json: bool,
) -> int:
    """List what ENVIRONMENT's stream processor and scheduled function could not take.

    That is: records in quarantine, batches that Lambda gave up, scheduled events that were missed,
    domain events that EventBridge could not put into the event inbox.
    ID is an entry's, or its beginning. Exit code 3 says that something waits, 1 that something
    could not be taken: it waits as before. docs/redrive.md says when to do what.
    """
    from pipeline.redrive.entries import longest_source
    from pipeline.redrive.request import Request
    from pipeline.redrive.runner import Redrive
    from pipeline.runs.console import Progress

    request = Request(environment, show, replay, discard, ids, everything, dry_run, yes)
    request.check()
    checkout = Checkout.here()
    target = Target.selected(checkout)
    settings = checkout.environment(environment)
    target.activate()
    if request.action == "list":
        return _list(Redrive(checkout, target, settings, request, since), as_json)
    if request.action == "show":
        return _show(Redrive(checkout, target, settings, request, since), as_json)
    progress = Progress(f"redrive {environment}", quiet=as_json, width=longest_source())
    ask = progress.ask if sys.stdin.isatty() and not as_json else None
    return _work(Redrive(checkout, target, settings, request, since, ask), progress, as_json)


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
    noun = "entry waits" if count == 1 else "entries wait"
    say(f"{environment}: {f'{count} {noun}' if count else 'nothing waits'} to be redriven")
    if found.others:
        say(
            f"  about {found.others} more are held by another redrive, or by one that was killed: "
            "they come back within 20 minutes"
        )
    if count:
        print_table(COLUMNS, [entry.as_row() for entry in found.entries])
        # what is not known is sent to nobody
        known = [entry for entry in found.entries if not isinstance(entry, StrangeMessage)]
        what = "--replay --all --dry-run" if known else f"{found.entries[0].id} --show"
        say(f"next: ./baton redrive {environment} {what}")


def _show(run: Redrive, as_json: bool) -> int:
    from pipeline.redrive.entries import NotTakenError
    from pipeline.redrive.runner import show
    from pipeline.runs.console import say, write_json

    try:
        document = show(run)
    except NotTakenError as error:
        raise BatonError(
            error.detail, f"./baton redrive {run.environment.name} {run.request.ids[0]} --discard"
        ) from error
    if not as_json:
        say("this is the whole of it, with what customers wrote: mind where you put it")
    write_json(document)
    return 0


def _work(run: Redrive, progress: Progress, as_json: bool) -> int:
    from pipeline.redrive.runner import work
    from pipeline.runs.console import say, write_json

    results = work(run, progress)
    failed = [result for result in results if result.outcome == "failed"]
    if as_json:
        write_json([asdict(result) for result in results])
    elif not results:
        say("nothing waits to be redriven")
    elif failed:
        say(
            f"{len(failed)} of {len(results)} were not taken, and wait as before; "
            "docs/redrive.md says what helps"
        )
    if failed:
        return 1
    return WAITING if results and run.request.dry_run else 0
