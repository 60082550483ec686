"""Records in a bucket of dev's, written by Baton or past it."""

from __future__ import annotations

from typing import Any

import boto3

from pipeline.adapters.store import ArtifactStore
from pipeline.records.history import append
from tests.pipeline.builders import environment, record

DEV = environment("dev")


def artifact_store(session: boto3.Session) -> ArtifactStore:
    """The artifact bucket of dev, versioned as modules/storage makes it."""
    s3 = session.client("s3")
    s3.create_bucket(Bucket=DEV.artifact_bucket)
    s3.put_bucket_versioning(
        Bucket=DEV.artifact_bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    return ArtifactStore(session, DEV)


def fill(store: ArtifactStore, count: int, **more: Any) -> None:
    for number in range(1, count + 1):
        append(store, record(number, f"{number:064x}", **more))


def put(store: Any, number: int, content: bytes) -> None:
    """Write as somebody would who goes past Baton."""
    store._s3.put_object(Bucket=store.bucket, Key=f"promotions/{number:06d}.json", Body=content)


def remove(store: Any, number: int, **version: str) -> None:
    key = f"promotions/{number:06d}.json"
    store._s3.delete_object(Bucket=store.bucket, Key=key, **version)


def versions_of(store: Any, number: int) -> list[str]:
    """The ids of a record's versions, the newest first."""
    return [each.id for each in store.versions(f"promotions/{number:06d}") if not each.marker]
