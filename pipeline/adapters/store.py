"""An environment's artifact bucket: releases, their artifacts, and the promotion records.

    artifacts/<sha256>.zip        a function's or a layer's code
    releases/<id>/<file>          the other files of a release
    promotions/<number>.json      the records, created once

What is copied here carries the tag `baton=unrecorded`, by which the bucket's lifecycle removes
it after 30 days; `keep` takes the tag off before a record names the release.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline.adapters.aws import DENIED, code_of, explained
from pipeline.adapters.bucket import NO_BUCKET, Bucket

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3.type_defs import DeleteMarkerEntryTypeDef, ObjectVersionTypeDef

    from codegen.settings import Environment

UNRECORDED = "baton=unrecorded"  # the lifecycle rule in modules/storage names the same tag
MISSING = {"404", "NoSuchKey", "NotFound"}
# what S3 says of the tags of an object whose newest version is a delete marker, as expiry leaves it
EXPIRED = {"405", "MethodNotAllowed"}


@dataclass(frozen=True)
class Version:
    """One version of an object, or the marker that its deletion has left.

    Parameters
    ----------
    at:
        When it was written, in UTC.
    """

    key: str
    id: str
    at: str
    marker: bool


class ArtifactStore:
    """The artifact bucket of one environment.

    Parameters
    ----------
    session:
        Has its profile, or its release-reader's credentials.
    sees_prefixes:
        Whether it may list some prefixes only: then S3 says of an object that is not there that it
        may not be read.
    """

    def __init__(
        self, session: boto3.Session, environment: Environment, *, sees_prefixes: bool = False
    ) -> None:
        self.sees_prefixes = sees_prefixes
        self.environment = environment
        self.bucket = environment.artifact_bucket
        self._session = session
        self._s3 = session.client("s3")

    def exists(self) -> bool:
        """Whether the bucket is there; before an environment's first apply it is not."""
        return Bucket(self._session, self.environment, self.bucket).exists()

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`, in S3's order."""
        pages = self._s3.get_paginator("list_objects_v2")
        with explained(self.environment, f"list s3://{self.bucket}/{prefix}"):
            return [
                item["Key"]
                for page in pages.paginate(Bucket=self.bucket, Prefix=prefix)
                for item in page.get("Contents", [])
            ]

    def versions(self, prefix: str) -> list[Version]:
        """All versions and delete markers under `prefix`, an object's newest first.

        An empty list where there is no bucket yet. S3 is not asked for the bucket itself: who may
        list only some prefixes may not do that.
        """
        pages = self._s3.get_paginator("list_object_versions")
        found: list[tuple[ObjectVersionTypeDef | DeleteMarkerEntryTypeDef, bool]] = []
        with explained(self.environment, f"list the versions in s3://{self.bucket}/{prefix}"):
            try:
                for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                    found += [(each, False) for each in page.get("Versions", [])]
                    found += [(each, True) for each in page.get("DeleteMarkers", [])]
            except ClientError as error:
                if code_of(error) in NO_BUCKET:
                    return []
                raise
        # S3's clock has seconds: of two in one second the current is newer, then a marker
        found.sort(
            key=lambda each: (each[0]["LastModified"], each[0]["IsLatest"], each[1]), reverse=True
        )
        return [
            Version(each["Key"], each["VersionId"], f"{each['LastModified']:%F %T}", marker)
            for each, marker in found
        ]

    def read(self, key: str) -> bytes | None:
        """What an object holds, None when there is no such object."""
        with explained(self.environment, f"read s3://{self.bucket}/{key}"):
            try:
                return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            except ClientError as error:
                if code_of(error) in MISSING | (DENIED if self.sees_prefixes else set()):
                    return None
                raise

    def create(self, key: str, content: bytes) -> bool:
        """Write an object that must not be there yet; False when somebody was faster."""
        with explained(self.environment, f"write s3://{self.bucket}/{key}"):
            try:
                self._s3.put_object(Bucket=self.bucket, Key=key, Body=content, IfNoneMatch="*")
            except ClientError as error:
                if code_of(error) in {"PreconditionFailed", "ConditionalRequestConflict"}:
                    return False
                raise
        return True

    def put_unrecorded(self, key: str, content: bytes) -> None:
        """Write an object that the lifecycle removes again unless `keep` is called for it."""
        with explained(self.environment, f"write s3://{self.bucket}/{key}"):
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=content, Tagging=UNRECORDED)

    def is_kept(self, key: str) -> bool:
        """Whether the object is there and carries no tag that would let it expire."""
        with explained(self.environment, f"read the tags of s3://{self.bucket}/{key}"):
            try:
                tags = self._s3.get_object_tagging(Bucket=self.bucket, Key=key)["TagSet"]
            except ClientError as error:
                if code_of(error) in MISSING | EXPIRED:
                    return False
                raise
        return UNRECORDED not in {f"{tag['Key']}={tag['Value']}" for tag in tags}

    def keep(self, keys: Iterable[str]) -> None:
        """Take the tag off objects that a record is about to name."""
        for key in keys:
            with explained(self.environment, f"keep s3://{self.bucket}/{key}"):
                self._s3.delete_object_tagging(Bucket=self.bucket, Key=key)
