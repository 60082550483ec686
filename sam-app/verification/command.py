"""The command behind `sam-app/verify`: prints each check of a deployment, and exits 0 or 1."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from types import FrameType

import boto3
import botocore.session
from botocore.config import Config

from verification.journey import Deployment, Journey

# A call that is throttled, or fails on AWS's side, is tried again; one that hangs ends in minutes.
PATIENCE = Config(
    connect_timeout=5, read_timeout=25, retries={"mode": "standard", "total_max_attempts": 5}
)


def main(arguments: list[str]) -> int:
    """Test the deployment that the JSON file describes (docs/verify.md)."""
    if len(arguments) != 1:
        print("usage: verify FILE (see docs/verify.md)", file=sys.stderr)
        return 2
    given = json.loads(Path(arguments[0]).read_text())
    core = botocore.session.Session()  # the profile is the one in the environment
    core.set_default_client_config(PATIENCE)
    session = boto3.Session(region_name=given["region"], botocore_session=core)
    journey = Journey(Deployment(session, given["outputs"], given["parameters"]))

    def stop(number: int, frame: FrameType | None) -> None:
        journey.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    ok = True
    for check in journey.run():
        ok = ok and check.ok
        try:
            check.print()
        except BrokenPipeError:  # the tool has died
            journey.is_stopped = True
    return 0 if ok and not journey.is_stopped else 1
