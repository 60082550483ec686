"""What `baton render` needs besides codegen: a release for it, and an environment's outputs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codegen.errors import NotEligibleError
from codegen.sources.document import outputs_from_document
from codegen.sources.s3 import read_outputs, units_of
from codegen.sources.state import StateOutputs
from pipeline.adapters.aws import check_account
from pipeline.promotion.choosing import match
from pipeline.promotion.next_command import next_command
from pipeline.records.opening import open_environment
from pipeline.records.record import last_verified
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import ID
from pipeline.release.transfer import download
from pipeline.runs.console import say

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target


def release_for(
    checkout: Checkout, target: Target, environment: Environment, wanted: str | None
) -> ReleaseFolder:
    """The release to render for: the one asked for, or the one last verified there.

    One that is not on this machine is copied from the environment's own bucket.

    Raises
    ------
    NotEligibleError
        No release was verified there yet, or there is no such release.
    """
    here = [path.name for path in checkout.releases.glob("*") if ID.fullmatch(path.name)]
    if wanted is not None and any(release.startswith(wanted) for release in here):
        return ReleaseFolder(checkout.releases / match(wanted, here, "built here"))
    opened = open_environment(target, environment)
    if wanted is None:
        last = last_verified(opened.records)
        if last is None:
            raise NotEligibleError(
                f"no release has been verified in {environment.name} yet",
                f"{next_command(checkout, target, environment)}, or --release with one that was "
                "built here",
            )
        release_id = last.release
    else:
        known = {record.release for record in opened.records}
        release_id = match(wanted, known, f"built here or promoted to {environment.name}")
    folder = ReleaseFolder(checkout.releases / release_id)
    download(folder, opened.store)
    return folder


def outputs_for(
    target: Target, checkout: Checkout, environment: Environment, source: str | None
) -> StateOutputs:
    """The environment's outputs: from its state, or from a JSON document (`-` is stdin).

    Raises
    ------
    UsageError
        The document is none.
    StateError
        A state cannot be read, or is not this environment's.
    BatonError
        The credentials are missing, or another account's.
    """
    if source is not None:
        if source == "-" and sys.stdin is not None and sys.stdin.isatty():
            say("waiting for {unit: {output: value}} as JSON on the terminal; Ctrl-D ends it")
        return outputs_from_document(source)
    session = target.session(environment)
    check_account(session, environment)
    return read_outputs(session, environment, units_of(checkout.live, environment.name))
