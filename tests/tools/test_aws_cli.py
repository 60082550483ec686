"""The pinned AWS CLI asks where the profile says, whatever the service."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.emulator.conftest import noting

pytestmark = pytest.mark.engine

AWS = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "aws"
ANSWER = b"HTTP/1.1 418 A teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "command",
    # the services that the CLI has old host names of, and one that it has not
    [
        ("sqs", "list-queues"),
        ("emr", "list-clusters"),
        ("rds", "describe-db-instances"),
        ("docdb", "describe-db-clusters"),
        ("neptune", "describe-db-clusters"),
        ("health", "describe-events"),
        ("sns", "list-topics"),
    ],
    ids=lambda command: command[0],
)
def test_the_profiles_endpoint_is_asked(command: tuple[str, str], tmp_path: Path) -> None:
    asked: list[str] = []
    with noting(asked, ANSWER) as port:
        config = tmp_path / "config"
        config.write_text(
            "[profile dev]\nregion = us-east-1\n"
            f"endpoint_url = http://127.0.0.1:{port}\n"
            "aws_access_key_id = 111111111111\naws_secret_access_key = any\n"
        )
        # a region in which the CLI has an old host name of every service but emr
        _aws(config, "us-west-2" if command[0] == "emr" else "us-east-1", *command)

    assert asked
    assert all(line.startswith("POST / ") for line in asked)


def test_a_profile_that_is_not_there_yet_can_be_configured(tmp_path: Path) -> None:
    config = tmp_path / "config"

    _aws(config, "us-east-1", "configure", "set", "output", "json", profile="new")

    assert config.read_text() == "[profile new]\noutput = json\n"


def _aws(config: Path, region: str, *command: str, profile: str = "dev") -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    subprocess.run(
        [AWS, "--profile", profile, "--region", region, *command],
        env=kept | files | {"AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        timeout=60,
        check=False,
    )
