"""An environment to promote to: S3 is moto's, Terragrunt, SAM and `verify` are played.

What is played keeps the contract of the real one: SAM deploys what lies in the folder that it is
given, the functions run the template that was deployed last, and an applied plan is in the states.
"""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from codegen.errors import BatonError
from codegen.sam.template import parse_template
from codegen.sources.state import state_key
from pipeline.adapters import checkov
from pipeline.adapters.sam import Stack
from pipeline.adapters.store import ArtifactStore
from pipeline.checkout import Checkout
from pipeline.deployed import logs
from pipeline.deployed.differences import released_code
from pipeline.deployed.functions import DeployedFunction
from pipeline.deployed.logs import FailedInvocation
from pipeline.promotion import promote as steps
from pipeline.promotion import promotion, rollback
from pipeline.promotion.gates import contract, policy
from pipeline.promotion.promotion import Options, Promotion
from pipeline.promotion.steps import deploy as deployment
from pipeline.promotion.steps import render as rendering
from pipeline.promotion.steps import verify as verification
from pipeline.records.history import read_history
from pipeline.records.record import Record
from pipeline.release.archive import tar_files
from pipeline.release.build import note_last_built
from pipeline.release.folder import ReleaseFolder
from pipeline.release.manifest import Provenance, Release, artifact, digest
from pipeline.runs.console import Progress
from pipeline.target import Target
from pipeline.verification.checks import Check, Report
from tests.codegen.builders import CHECKOUT, PACKAGED, environment, output_values, project, replace
from tests.codegen.states import LINEAGE, state

DEV = environment("dev")
CANARY = "\nfunctions:\n  canary: Canary10Percent5Minutes\n"
READS = ("Get", "List", "Head", "Describe")
LEASE = "locks/"


class Quiet(Progress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("", quiet=True)
        self.lines: list[str] = []

    def end(self, name: str, outcome: str, seconds: float, detail: str) -> None:
        self.lines.append(f"{name} {outcome}: {detail}")


class Killed(BaseException):
    """The process is gone: nothing that follows is done."""


@dataclass
class Logs:
    """The functions' logs, in which one invocation has failed, or none."""

    failure: FailedInvocation | None = None
    groups: tuple[Any, ...] = ()

    def failed(self, after_s: float) -> FailedInvocation | None:
        return self.failure

    def commands(self, failed: Any) -> list[str]:
        return ["aws logs filter-log-events"]


@dataclass
class Cloud:
    """The stack: what was deployed last, all that was deployed, and what does not work."""

    template: bytes = b""
    parameters: dict[str, str] = field(default_factory=dict)
    status: str = ""
    deployed: list[str] = field(default_factory=list)  # releases' names, in order
    broken: set[str] = field(default_factory=set)  # deployed, but the smoke test fails
    undeployable: set[str] = field(default_factory=set)
    stuck: bool = False  # the alias does not move
    before: Callable[[str], None] = lambda name: None  # called as a deployment begins
    logs: Any = field(default_factory=lambda: Logs())

    def running(self) -> str:
        """The name of the release that was deployed last."""
        return _name(self.template)


def _name(template: bytes) -> str:
    return template.decode().rsplit("# release ", 1)[1].strip()


class Sam:
    """SAM and CloudFormation, played."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.name = DEV.stack_name

    def stack(self) -> Stack | None:
        if not self.cloud.status:
            return None
        return Stack(self.cloud.status, {}, dict(self.cloud.parameters))

    def make_ready(self, say: Any, sleep: Any) -> None:
        pass

    def deploy(self, folder: Path) -> Stack:
        template = (folder / "template.yaml").read_bytes()
        name = _name(template)
        self.cloud.before(name)
        if name in self.cloud.undeployable:
            self.cloud.status = f"{'UPDATE_' * bool(self.cloud.status)}ROLLBACK_COMPLETE"
            raise BatonError(f"the deployment failed: {name} cannot be deployed", "the output")
        self.cloud.deployed.append(name)
        self.cloud.status = "UPDATE_COMPLETE"
        self.cloud.parameters = yaml.safe_load((folder / "parameters/dev.yaml").read_text())
        if not self.cloud.stuck:
            self.cloud.template = template
        return Stack(self.cloud.status, {}, dict(self.cloud.parameters))


@dataclass
class Terragrunt:
    """Plans are what the stage says; applying one puts its outputs into the state."""

    stage: Stage

    def dependencies(self) -> dict[str, list[str]]:
        return {unit: [] for unit in self.stage.outputs}

    def plan(self, folder: Path, units: Any = ()) -> None:
        for unit in units:
            (folder / unit).mkdir(parents=True, exist_ok=True)
            document = self.stage.plans.get(unit, {"resource_changes": []})
            (folder / unit / "tfplan.json").write_text(json.dumps(document))
            (folder / unit / "tfplan.tfplan").write_bytes(b"saved")

    def apply(self, folder: Path, units: list[str]) -> None:
        for unit in units:
            self.stage.plans.pop(unit, None)
            self.stage.touch(unit)
        self.stage.applied.append(units)


@dataclass
class Stage:
    """The environment, and a checkout in which releases are made for it."""

    session: boto3.Session
    checkout: Checkout
    cloud: Cloud
    outputs: dict[str, dict[str, Any]]
    serials: dict[str, int]
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    applied: list[list[str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # "service.Operation key"
    progress: Quiet = field(default_factory=Quiet)
    last: Any = field(default=None, repr=False)  # the run of the last command

    def build(self, name: str, edits: Mapping[str, tuple[str, str]] | None = None) -> str:
        """A release that differs from others by its name, and by what is replaced in its files.

        Parameters
        ----------
        edits:
            Path → what is replaced there, and by what.
        """
        code = f"code of {name}".encode()
        template = PACKAGED.read_text().replace("a" * 64, digest(code))
        root = self.checkout.home / "trees" / name
        if not root.exists():
            shutil.copytree(self.checkout.root, root)
        for path, (old, new) in (edits or {}).items():
            replace(root / path, old, new)
        files = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
        content = {
            "template.yaml": f"{template}\n# release {name}\n".encode(),
            "source.tar": tar_files({file: root / file for file in files}),
            artifact(digest(code)): code,
        }
        release = Release.model_validate(
            {
                "target": "aws",
                "runtime": "python3.13",
                "architecture": "arm64",
                "files": {file: digest(data) for file, data in content.items()},
            }
        )
        provenance = Provenance(commit="c" * 40, dirty=False, built_at="2026", built_by="me")
        ReleaseFolder(self.checkout.releases / release.id).save(release, content, provenance)
        note_last_built(self.checkout, release.id)
        return release.id

    def touch(self, unit: str) -> None:
        """Write a unit's state anew, with its outputs as the stage has them."""
        self.serials[unit] = self.serials.get(unit, 0) + 1
        number = list(self.outputs).index(unit)
        body = state(
            serial=self.serials[unit],
            lineage=LINEAGE.format(number),
            outputs={n: {"value": v, "type": "dynamic"} for n, v in self.outputs[unit].items()},
        )
        self.session.client("s3").put_object(
            Bucket=DEV.state_bucket, Key=state_key("dev", unit), Body=body
        )

    def copy_state(self, unit: str, other: str) -> None:
        """Put a unit's state under the key of another."""
        self.session.client("s3").copy_object(
            Bucket=DEV.state_bucket,
            Key=state_key("dev", other),
            CopySource={"Bucket": DEV.state_bucket, "Key": state_key("dev", unit)},
        )

    def run(self, kind: Any = "promotion", **options: Any) -> Promotion:
        """What a command would make for dev."""
        at_once = {"at_once": True} if kind == "rollback" else {}
        target = Target("aws", self.checkout)
        target._sessions[DEV.aws_profile, DEV.region] = self.session
        confirm = options.pop("confirm", None)
        self.last = Promotion(
            checkout=self.checkout,
            target=target,
            environment=DEV,
            below=None,
            options=Options(**at_once, **options),
            say=lambda text: None,
            confirm=confirm,
            kind=kind,
            by="me",
            run_at="",
        )
        return self.last  # type: ignore[no-any-return]

    def promote(self, release: str | None = None, **options: Any) -> Record:
        """`baton promote dev`."""
        return self.carry_out(self.run(release=release, **options))

    def carry_out(self, run: Promotion) -> Record:
        """What the command does with its run."""
        return steps.promote(run, self.progress)

    def roll_back(self, release: str | None = None, **options: Any) -> Record:
        """`baton rollback dev`."""
        run = self.run("rollback", release=release, **options)
        return rollback.roll_back(run, self.progress)

    @property
    def store(self) -> ArtifactStore:
        """The artifact bucket."""
        return ArtifactStore(self.session, DEV)

    def records(self) -> list[Record]:
        """The history of dev."""
        return list(read_history(self.store))

    def writes(self) -> list[str]:
        """What was asked of AWS that is no reading."""
        return [call for call in self.calls if not call.split(".")[1].startswith(READS)]


def make_stage(session: boto3.Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An environment that was applied, with nothing deployed, and a checkout for releases."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", DEV.account_id)
    for name in ("GITHUB_ACTIONS", "BATON_TARGET"):
        monkeypatch.delenv(name, raising=False)
    root = project(folder / "checkout")
    shutil.copytree(CHECKOUT / "policies", root / "policies")
    with (root / "live/dev/env.yaml").open("a") as settings:
        settings.write(CANARY)
    outputs = output_values(DEV)
    for unit in outputs:
        (root / "live/dev" / unit).mkdir(exist_ok=True)
        (root / "live/dev" / unit / "terragrunt.hcl").write_text("")
    client = session.client("s3")
    for bucket in (DEV.state_bucket, DEV.artifact_bucket):
        client.create_bucket(Bucket=bucket)
    client.put_bucket_versioning(
        Bucket=DEV.artifact_bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    stage = Stage(session, Checkout(root, folder / "home"), Cloud(), outputs, {})
    for unit in outputs:
        stage.touch(unit)
    _play(stage, monkeypatch)
    session.events.register("before-call", lambda **call: stage.calls.append(_described(**call)))
    # a client takes longer to make than to use, and a promotion makes twenty
    monkeypatch.setattr(session, "client", functools.cache(session.client))
    return stage


def _described(model: Any, params: Any, **_: Any) -> str:
    return f"{model.service_model.service_name}.{model.name} {params.get('url_path', '')}"


def _play(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put what is played in the place of what is not there."""
    sam = Sam(stage.cloud)
    for module in (deployment, rendering):
        monkeypatch.setattr(module, "Sam", lambda *_: sam)
    monkeypatch.setattr(promotion, "Terragrunt", lambda *_, **__: Terragrunt(stage))
    monkeypatch.setattr(checkov, "findings", lambda *_: ([], 1))
    monkeypatch.setattr(policy, "expanded_for_policy", lambda _: {})  # for checkov alone
    monkeypatch.setattr(contract, "check", lambda *_: [])  # of files that are the checkout's own
    monkeypatch.setattr(verification, "read_resources", lambda *_: [])
    monkeypatch.setattr(verification, "read_functions", lambda *_: _functions(stage.cloud))
    monkeypatch.setattr(verification, "FunctionLogs", lambda *_: stage.cloud.logs)
    monkeypatch.setattr(logs.Watch, "LAST_S", 0.0)
    monkeypatch.setattr(verification, "run_verify", lambda *_: _verified(stage.cloud))


def _functions(cloud: Cloud) -> dict[str, DeployedFunction]:
    """What Lambda would say of the template that was deployed last."""
    return {
        name: DeployedFunction(
            name=name,
            alias="live",
            live={
                "CodeSha256": released_code(function.properties),
                "Description": cloud.parameters[str(function.revision_parameter)],
            },
            latest=None,
            weights={},
            published=None,
        )
        for name, function in parse_template(cloud.template.decode(), "t").functions.items()
    }


def _verified(cloud: Cloud) -> Report:
    """What the release's `verify` would say."""
    ok = cloud.running() not in cloud.broken
    check = Check(check="it is answered", ok=ok, seconds=0.1, detail="" if ok else "500")
    return Report((check,), () if ok else ("it is answered: 500",))
