"""The dependency layer's lock: whole, pinned, and without what the runtime has."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

LAYER = Path(__file__).resolve().parents[3] / "sam-app/layers/dependencies"
LOCK = (LAYER / "requirements.txt").read_text()
PINNED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))


@pytest.mark.proves("A2")
def test_every_requirement_has_a_hash_and_no_index_address() -> None:
    # Given the lock / When its entries are read / Then each has a hash, and no index is named
    entries = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINNED) > 0
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


@pytest.mark.proves("A2")
def test_the_runtimes_sdk_stays_out() -> None:
    # Given the lock / When boto3 is looked for / Then it is Lambda's to bring
    assert not {"boto3", "botocore"} & PINNED.keys()


@pytest.mark.parametrize("name", sorted(PINNED.keys() - {"aws-xray-sdk", "wrapt"}))
def test_the_tests_run_with_what_is_deployed(name: str) -> None:
    # Given a requirement of the layer / When the tests' own version is read / Then it is the same
    assert metadata.version(name) == PINNED[name]
