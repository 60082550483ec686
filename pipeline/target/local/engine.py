"""How a MiniStack process is run, and asked whether it is well."""

from __future__ import annotations

import http.client
import os
from pathlib import Path

from codegen.settings import Environment
from pipeline.target.local.home import LOOPBACK
from pipeline.target.local.ministack.snapshots import Snapshots

LAUNCH = Path(__file__).parent / "ministack" / "launch.py"
ANSWER_PATIENCE_SECONDS = 2.0


def process_environment(
    environment: Environment, folder: Path, port: int, state: Path, secret: Path
) -> dict[str, str]:
    """The whole environment of an emulator's process.

    Nothing is inherited but PATH and LANG: Lambda functions get what the emulator has, and must
    meet neither the user's credentials nor another endpoint. That is also why HOME is its own.

    Parameters
    ----------
    environment:
        The environment it stands for: account and region.
    folder:
        For temporary files and as home.
    port:
        Where it listens.
    state:
        Where it keeps its state.
    secret:
        The file that holds the home's secret.
    """
    live = Snapshots(state).live
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,  # its default is every interface
        "MINISTACK_ACCOUNT_ID": environment.account_id,
        "MINISTACK_REGION": environment.region,
        "AUTH": "true",
        "BATON_SECRET_FILE": str(secret),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(live),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(live / "s3"),
        "LAMBDA_EXECUTOR": "local",  # in processes, even where there is a Docker
        "IOT_MTLS_ENABLED": "0",  # on by default, these open ports of their own
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def answers(port: int) -> bool:
    """Whether the emulator answers; asked directly, whatever proxy is configured."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
