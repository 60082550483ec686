"""The records in a bucket as an emulator keeps it: appended at once, changed, and mended."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codegen.errors import BatonError
from pipeline.adapters.bucket import Bucket
from pipeline.adapters.store import ArtifactStore
from pipeline.records.history import append, read_history
from tests.emulator.conftest import CHECKOUT, PATCHED, Engine, serve
from tests.pipeline.builders import environment, record

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("promotion-history")]

DEV = environment("dev")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with serve(PATCHED, tmp_path_factory.mktemp("engine"), DEV, 30) as engine:
        yield engine


@pytest.fixture
def shell(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A user's shell, in which the environment's profile leads to the emulator."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile {DEV.aws_profile}]\nregion = {DEV.region}\nendpoint_url = {engine.endpoint}\n"
        f"aws_access_key_id = {DEV.account_id}\naws_secret_access_key = {engine.secret_key}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine.endpoint)
    return {**os.environ, "PATH": f"{CHECKOUT / '.tools/bin'}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def store(engine: Engine, shell: dict[str, str]) -> Iterator[ArtifactStore]:
    """A bucket of dev that is empty, versioned as modules/storage makes it."""
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=DEV.artifact_bucket)
    s3.put_bucket_versioning(
        Bucket=DEV.artifact_bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    store = ArtifactStore(engine.session, DEV)
    yield store
    bucket = Bucket(engine.session, DEV, store.bucket)
    bucket.empty()
    bucket.delete()


@pytest.mark.proves("P4")
def test_records_that_are_appended_at_once_make_one_chain(store: ArtifactStore) -> None:
    # Given many runs that have all seen no record
    each = [record(1, f"{number:064x}") for number in range(16)]

    # When they append at the same time
    with ThreadPoolExecutor(8) as pool:
        appended = list(pool.map(lambda one: append(store, one), each))

    # Then each has a number of its own, and every record names the one before
    assert sorted(one.number for one in appended) == list(range(1, 17))
    assert {one.release for one in read_history(store)} == {one.release for one in each}


@pytest.mark.proves("P4")
@pytest.mark.parametrize("how", ["overwritten", "deleted", "deleted and written again"])
def test_the_command_that_is_given_brings_the_first_version_back(
    store: ArtifactStore, engine: Engine, shell: dict[str, str], how: str
) -> None:
    # Given three records, of which somebody has changed the second
    for number in (1, 2, 3):
        append(store, record(number, f"{number:064x}"))
    before = list(read_history(store))
    s3, at = engine.client("s3"), {"Bucket": store.bucket, "Key": "promotions/000002.json"}
    if how != "overwritten":
        s3.delete_object(**at)
    if how != "deleted":
        s3.put_object(**at, Body=record(2, "f" * 64).to_bytes())

    # When the records are read, Then that is refused
    with pytest.raises(BatonError, match=r"000002\.json was (overwritten|deleted)") as raised:
        read_history(store)

    # And when the command is run that the error names, Then all is as it was
    command = raised.value.remedy.partition("back: ")[2]
    done = subprocess.run(
        ["bash", "-euc", command], env=shell, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(read_history(store)) == before
