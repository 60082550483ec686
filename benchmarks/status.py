"""`baton status` of environments with long histories, beside the fewest calls that tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from benchmarks import place
from benchmarks.figures import Figure
from benchmarks.measure import typical
from pipeline.records.record import Record
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
    """The first environment alone has so many records; then each of the three has."""
    with place.fresh() as world:
        place.start(world, *ENVIRONMENTS)
        for environment in ENVIRONMENTS:
            _seed(world, environment, RECORDS if environment == ENVIRONMENTS[0] else 1)
        one = _figure(world, f"{RECORDS} records in one of {len(ENVIRONMENTS)} environments", 1)
        for environment in ENVIRONMENTS[1:]:
            _seed(world, environment, RECORDS, first=2)
        name = f"{len(ENVIRONMENTS)} environments × {RECORDS} records"
        return [one, _figure(world, name, None)]


def _figure(world: World, name: str, aim_seconds: float | None) -> Figure:
    _check(world)
    ours = typical(["./baton", "status"], world.root, world.variables)
    shell = place.variables(world, ENVIRONMENTS[0])
    places = [word for each in ENVIRONMENTS for word in _place(world, each)]
    bare = typical([PYTHON, "-c", BARE, *places], world.root, shell)
    return Figure(f"`baton status`, {name}", ours, REFERENCE, bare, aim_seconds=aim_seconds)


def _check(world: World) -> None:
    """What is measured must have seen all records."""
    numbers = [row["number"] for row in world.data("status")]
    if numbers not in ([RECORDS, 1, 1], [RECORDS] * len(ENVIRONMENTS)):
        raise RuntimeError(f"status has found the records {numbers}")


def _place(world: World, environment: str) -> tuple[str, str]:
    """Its profile, and its artifact bucket."""
    own = world.settings(environment)
    return own["aws_profile"], f"desk-{environment}-{own['account_id']}-artifacts"


def _seed(world: World, environment: str, count: int, first: int = 1) -> None:
    s3, (_, bucket) = world.client(environment, "s3"), _place(world, environment)
    if first == 1:
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    with ThreadPoolExecutor(8) as pool:
        for done in [
            pool.submit(s3.put_object, Bucket=bucket, Key=record.key, Body=record.to_bytes())
            for record in islice(_chain(environment), first - 1, count)
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
