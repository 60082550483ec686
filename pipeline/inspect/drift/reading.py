"""What drift compares, read: records, release, states, stack and functions. Changes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from codegen.errors import BatonError, NotEligibleError
from codegen.sam.revisions import pseudo_parameters
from codegen.sam.template import load_template
from pipeline.deployed.expected import aliases
from pipeline.deployed.functions import read_functions
from pipeline.deployed.stack import read_resources, read_stack, read_template
from pipeline.inspect.drift.accepted import Judged, judge, load
from pipeline.inspect.drift.findings import Remedy
from pipeline.inspect.drift.handoff import Deployed, Verified, findings
from pipeline.inspect.drift.mending import Mending
from pipeline.inspect.drift.planning import read_units
from pipeline.inspect.drift.rendering import render_again
from pipeline.inspect.drift.template import template_findings
from pipeline.promotion.next_command import next_command
from pipeline.records.opening import open_environment
from pipeline.records.record import Record, last_verified, running, withdrawal
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import TEMPLATE, short
from pipeline.release.transfer import download

if TYPE_CHECKING:
    from codegen.settings import Environment
    from pipeline.checkout import Checkout
    from pipeline.target import Target

# The emulator's CloudFormation leaves these out of the functions that it makes.
NOT_EMULATED = frozenset({"KMSKeyArn", "VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds"})


@dataclass(frozen=True)
class Drift:
    """What was looked at, and what was found.

    Parameters
    ----------
    verified:
        The record that the environment was compared with.
    last:
        The newest record, which may be that of a promotion that failed since.
    judged:
        What was found, told apart by whether somebody has accepted it.
    """

    verified: Record
    last: Record
    judged: Judged


def read_drift(
    checkout: Checkout, target: Target, environment: Environment, *, with_units: bool = True
) -> Drift:
    """Compare an environment with what its last verified promotion left behind.

    Parameters
    ----------
    with_units:
        Whether to plan the units too, which takes most of the time.

    Raises
    ------
    NotEligibleError
        No release has been verified there yet: there is nothing to compare with.
    SettingsError
        policies/accepted-drift.yaml is not right.
    BatonError
        It cannot be told: no stack, no access, no answer.
    """
    acceptances = load(checkout.root)
    opened = open_environment(target, environment)
    session, store, records = opened.session, opened.store, opened.records
    # clients are made here, one after the other: boto3 makes none in two threads at once
    cloudformation, functions = session.client("cloudformation"), session.client("lambda")
    with ThreadPoolExecutor(2) as pool:
        stack_read = pool.submit(read_stack, cloudformation, environment)
        record = verified_and_running(records)
        if record is None:
            raise NotEligibleError(
                f"no release has been verified in {environment.name} yet, so there is nothing "
                "that it could have drifted from",
                next_command(checkout, target, environment),
            )
        mending = mending_of(environment, records, record)
        stack = stack_read.result()
        if stack is None:
            raise BatonError(
                f"{environment.name}: the stack {environment.stack_name} is not there, though "
                f"promotion {record.number} was verified",
                mending.promote,
            )
        folder = ReleaseFolder(checkout.releases / record.release)
        resources = read_resources(cloudformation, environment)
        download(folder, store)
        baseline = last_given(records, record)
        verified = _verified(environment, folder, baseline)
        named = aliases(verified.expected({each.logical_id for each in resources}))
        functions_read = pool.submit(read_functions, functions, environment, resources, named)
        rendered = render_again(session, environment, folder, baseline, checkout.live)
        template = read_template(cloudformation, environment)
        deployed = Deployed(
            stack=stack,
            resources=resources,
            functions=functions_read.result(),
            unseen=NOT_EMULATED if target.name == "local" else frozenset(),
        )
    released = yaml_parse((folder.path / TEMPLATE).read_text())
    found = [
        *findings(verified, rendered, deployed, mending),
        *template_findings(released, template, mending),
    ]
    if with_units:
        again = applied_again(environment.name, records)
        found += read_units(checkout, target, environment, last_applied(records), again)
    today = datetime.datetime.now(datetime.UTC).date()
    return Drift(record, records[-1], judge(environment.name, found, acceptances, today))


def last_applied(records: Sequence[Record]) -> Record:
    """The newest promotion: a record is written only of one that has applied its plans."""
    return next(each for each in reversed(records) if each.kind == "promotion")


def applied_again(environment: str, records: Sequence[Record]) -> Remedy:
    """What applies the infrastructure of `last_applied` once more (pure).

    A release that was taken out since is not brought back for that: the one that runs instead does
    it, where its infrastructure is the same.
    """
    applied = last_applied(records)
    release = applied.release
    if by := withdrawal(records, release):
        runs = next(iter(running(records)), "")
        own = next(
            (r for r in reversed(records) if r.release == runs and r.kind != "rollback"), None
        )
        if own is None or withdrawal(records, runs) or own.infrastructure != applied.infrastructure:
            return Remedy(
                note=f"release {short(release)}, which was applied last, was taken out by rollback "
                f"{by.number}: fix it, ./baton build, and promote the new one with --force-plan"
            )
        release = runs
    return Remedy((f"./baton promote {environment} {short(release)} --force-plan",))


def last_given(records: Sequence[Record], verified: Record) -> Record:
    """The record of what runs, with what the stack was given last.

    Where a promotion has failed since and `verified` was put back, that was done at once and from
    the outputs of then, which the failed one's record has (pure).
    """
    newest = records[-1]
    if newest.fell_back_to != verified.release:
        return verified
    then = {
        "at_once": True,
        "parameters": newest.fell_back_with or verified.parameters,
        **{name: getattr(newest, name) for name in ("outputs", "started_at", "seconds")},
    }
    return verified.model_copy(update=then)


def verified_and_running(records: Sequence[Record]) -> Record | None:
    """The record of the release that is deployed, where it was verified; else the last verified."""
    deployed = next(iter(running(records)), None)
    return last_verified(records, deployed) or last_verified(records)


def mending_of(environment: Environment, records: Sequence[Record], record: Record) -> Mending:
    """The commands for an environment in which this record's release is what was verified."""
    by = withdrawal(records, record.release)
    return Mending(
        environment=environment.name,
        release=record.release,
        stack=environment.stack_name,
        bucket=environment.artifact_bucket,
        profile=environment.aws_profile,
        region=environment.region,
        instead=by.release if by else "",
    )


def _verified(environment: Environment, folder: ReleaseFolder, record: Record) -> Verified:
    started = datetime.datetime.fromisoformat(record.started_at)
    return Verified(
        template=load_template(folder.path / TEMPLATE),
        parameters=record.parameters,
        pseudo=pseudo_parameters(environment),
        ended_at=started + datetime.timedelta(seconds=record.seconds),
    )
