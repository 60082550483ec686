"""`make demo`: the main job from nothing, in the commands that a user would type.

./baton local start
terragrunt run --all apply          in live/: every environment at once
./baton build
./baton promote <env>               for each environment, in promotion order
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.errors import BatonError, Interrupted
from codegen.sources.s3 import units_of
from pipeline.adapters import process
from pipeline.adapters.sam import Sam
from pipeline.checkout import Checkout
from pipeline.deployed.api_address import api_base_address
from pipeline.promotion.steps.plan import unchanged_since
from pipeline.records.opening import open_environment
from pipeline.records.record import last_verified
from pipeline.release.infrastructure import infrastructure_digest
from pipeline.release.manifest import short
from pipeline.runs.console import console, say, stopwatch
from pipeline.target import Target

if TYPE_CHECKING:
    from codegen.settings import Environment


RUN_ALL = ("terragrunt", "run", "--all")


@dataclass
class Demo:
    """The demo's commands, and how long each took."""

    checkout: Checkout
    target: Target
    seconds: dict[str, float] = field(default_factory=dict)

    def baton(self, *arguments: str) -> None:
        """Run a sub-command as a user would."""
        self._show(f"./baton {shlex.join(arguments)}")
        started = stopwatch()
        code = _wait(subprocess.Popen([self.checkout.root / "baton", *arguments]))
        if code:
            raise SystemExit(code)
        self.seconds[shlex.join(arguments)] = stopwatch() - started

    def apply_all(self, environments: Sequence[Environment]) -> None:
        """`terragrunt run --all apply` in live/, for every environment that may have changed."""
        changed = [each for each in environments if not self._is_unchanged(each)]
        if not changed:
            self._show("cd live && terragrunt run --all apply")
            say("  skipped: no file and no state has changed since the last verified promotions")
            return
        some = [part for each in changed for part in ("--filter", f"./{each.name}/**")]
        filters = some if len(changed) < len(environments) else []
        self._show(f"cd live && {shlex.join([*RUN_ALL, *filters, 'apply'])}")
        log = self.checkout.log("all", "terragrunt-apply")
        say(f"  {len(changed)} environments at once; its output: {log}")
        started = stopwatch()
        process.run(
            [*RUN_ALL, "--no-color", *filters, "apply"],
            cwd=self.checkout.live,
            env=self.target.child(changed[0]),
            log=log,
        )
        self.seconds["apply"] = stopwatch() - started
        say(f"  applied in {self.seconds['apply']:.0f} s")

    def _is_unchanged(self, environment: Environment) -> bool:
        opened = open_environment(self.target, environment)
        last = unchanged_since(
            opened.session,
            environment,
            units_of(self.checkout.live, environment.name),
            infrastructure_digest(self.checkout.root, environment.name),
            opened.records,
        )
        return last is not None

    def _show(self, line: str) -> None:
        console().print(f"\n[bold cyan]$[/bold cyan] [bold]{line}[/bold]")


def run(demo: Demo) -> None:
    """All of the main job, then the summary."""
    demo.baton("local", "start")
    demo.target.activate()
    environments = demo.checkout.environments()
    demo.apply_all(environments)
    demo.baton("build")
    for environment in environments:
        approval = ["--yes"] if environment.protected else []
        demo.baton("promote", environment.name, *approval)
    summarise(demo, environments)


def summarise(demo: Demo, environments: Sequence[Environment]) -> None:
    """Where everything is now, and what to try next."""
    out = console()
    out.print("\n[bold]Running now[/bold]")
    addresses = {each.name: _show_environment(demo, each) for each in environments}
    out.print("\n[bold]Call the API[/bold]", highlight=False)
    for hint in _calls(environments, addresses):
        out.print(hint, markup=False)
    total = sum(demo.seconds.values())
    out.print(f"\nIn {total:.0f} s. Three commands to try next:", markup=False)
    out.print("  ./baton status\n  ./baton doctor\n  ./baton local stop", markup=False)


def _show_environment(demo: Demo, environment: Environment) -> str:
    """Print what runs in an environment; return its API's address."""
    opened = open_environment(demo.target, environment)
    session = opened.session
    stack = Sam(session, environment, demo.target).stack()
    record = last_verified(opened.records)
    if stack is None or record is None:
        raise BatonError(f"{environment.name}: nothing was promoted", "make demo")
    endpoint = session.client("apigateway").meta.endpoint_url
    address = api_base_address(
        endpoint, environment.region, stack.outputs["ApiId"], stack.outputs["ApiStage"]
    )
    console().print(
        f"  {environment.name:<8} release {short(record.release)}  promotion {record.number}, "
        f"{record.seconds:.0f} s\n           {address}",
        markup=False,
    )
    return address


def _calls(environments: Sequence[Environment], addresses: Mapping[str, str]) -> Iterator[str]:
    """How the API is called: once for each way in which callers prove who they are."""
    first = {environment.api.auth: environment for environment in reversed(environments)}
    for environment in sorted(first.values(), key=environments.index):
        name = environment.name
        if environment.api.auth == "iam":
            yield _signed_call(name, environment.region, addresses[name])
        else:
            yield _call(name, addresses[name])


def _call(environment: str, address: str) -> str:
    return (
        f'  eval "$(./baton env {environment})"\n'
        "  key=$(aws apigateway get-api-keys --include-values "
        "--query 'items[0].value' --output text)\n"
        f'  curl -H "x-api-key: $key" {address}/health'
    )


def _signed_call(environment: str, region: str, address: str) -> str:
    return (
        f'  eval "$(./baton env {environment})"\n'
        "  user=$(aws configure get aws_access_key_id):$(aws configure get aws_secret_access_key)\n"
        f'  curl --aws-sigv4 aws:amz:{region}:execute-api --user "$user" {address}/health'
    )


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait to the end: Ctrl-C reaches the command as well, which ends its tool in order.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C arrived; the command has ended.
    """
    interrupted = False
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            interrupted = True
            continue
        if interrupted:
            raise KeyboardInterrupt
        return code


def main() -> int:
    """Run the demo; the exit codes are the commands' own."""
    process.interrupt_on_signals()
    checkout = Checkout.here()
    demo = Demo(checkout, Target.selected(checkout))
    try:
        run(demo)
    except BatonError as error:
        say(f"demo: {error.message}\n  next: {error.remedy or 'make demo'}")
        return error.exit_code
    except KeyboardInterrupt:
        say("demo: interrupted; `make demo` goes on from here.")
        return Interrupted.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
