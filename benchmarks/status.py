"""`baton status` of environments with long histories, beside the fewest calls that tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import typical
from pipeline.promotion.records.record import Record
from pipeline.release.manifest import digest
from tests.e2e.world import ENVIRONMENTS, ROOT, World

PYTHON = str(ROOT / ".tools" / "envs" / "baton" / "bin" / "python")
RECORDS = 1000
STORED = ROOT / "tests" / "promotion" / "stored"
REFERENCE = "`list_objects_v2` and one `get_object` for each environment, with boto3"
# What the reference does: no record is checked, and nothing is made of it.
BARE = """
import boto3, sys
for profile, bucket in zip(sys.argv[1::2], sys.argv[2::2]):
    s3 = boto3.Session(profile_name=profile).client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="promotions/")["Contents"]
    s3.get_object(Bucket=bucket, Key=listed[-1]["Key"])["Body"].read()
"""


def figures() -> list[Figure]:
    """Three environments with as many records each."""
    with place.fresh() as world:
        place.start(world, *ENVIRONMENTS)
        for environment in ENVIRONMENTS:
            _seed(world, environment)
        _check(world)
        ours = typical(["./baton", "status"], world.root, world.variables)
        shell = place.variables(world, ENVIRONMENTS[0])
        places = [word for each in ENVIRONMENTS for word in _place(world, each)]
        bare = typical([PYTHON, "-c", BARE, *places], world.root, shell)
    name = f"`baton status`, {len(ENVIRONMENTS)} environments × {RECORDS} records"
    return [Figure(name, ours, REFERENCE, bare, aim_seconds=1)]


def _check(world: World) -> None:
    """What is measured must have seen all records."""
    numbers = [row["number"] for row in world.data("status")]
    if numbers != [RECORDS] * len(ENVIRONMENTS):
        raise RuntimeError(f"status has found the records {numbers}")


def _place(world: World, environment: str) -> tuple[str, str]:
    """Its profile, and its artifact bucket."""
    own = world.settings(environment)
    return own["aws_profile"], f"desk-{environment}-{own['account_id']}-artifacts"


def _seed(world: World, environment: str) -> None:
    s3, (_, bucket) = world.client(environment, "s3"), _place(world, environment)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    with ThreadPoolExecutor(8) as pool:
        for done in [
            pool.submit(s3.put_object, Bucket=bucket, Key=record.key, Body=record.to_bytes())
            for record in _chain(environment)
        ]:
            done.result()


def _chain(environment: str) -> Iterator[Record]:
    """Records of real size, each with the digest of the one before."""
    first = json.loads((STORED / f"{environment}.json").read_text())
    previous = ""
    for number in range(1, RECORDS + 1):
        record = Record.model_validate(first | {"number": number, "previous": previous})
        previous = digest(record.to_bytes())
        yield record
