"""Baton's command as somebody else than an account's root: `as_role.py PROFILE FILE ARGUMENT…`.

The profile gets the credentials in the file, as a job's has those of its role.
"""

from __future__ import annotations

import json
import sys
from configparser import RawConfigParser
from pathlib import Path

from pipeline.__main__ import main
from pipeline.target.local import profiles
from pipeline.target.local.home import LocalHome


def take_role(profile: str, credentials: dict[str, str]) -> None:
    """Write these credentials whenever the profiles are written."""
    write = profiles.write_profiles

    def write_profiles(home: LocalHome) -> None:
        write(home)
        file = RawConfigParser()
        file.read(home.aws_credentials)
        file[profile] = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        with home.aws_credentials.open("w") as opened:
            file.write(opened)

    profiles.write_profiles = write_profiles


if __name__ == "__main__":
    profile, given, *arguments = sys.argv[1:]
    take_role(profile, json.loads(Path(given).read_text()))
    sys.argv = ["baton", *arguments]
    sys.exit(main())
