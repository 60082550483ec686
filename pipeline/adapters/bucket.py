"""A bucket as a whole: whether it is there, how much it holds, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from codegen.errors import BatonError
from pipeline.adapters.aws import code_of, explained

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3.type_defs import (
        DeleteMarkerEntryTypeDef,
        HeadBucketOutputTypeDef,
        ObjectIdentifierTypeDef,
        ObjectVersionTypeDef,
    )

    from codegen.settings import Environment

NO_BUCKET = {"404", "NotFound", "NoSuchBucket"}


class Bucket:
    """One bucket, reached with an environment's profile.

    Parameters
    ----------
    session:
        Has the environment's profile and region.
    environment:
        Whose bucket it is, for messages.
    name:
        The bucket's name.
    """

    def __init__(self, session: boto3.Session, environment: Environment, name: str) -> None:
        self.environment = environment
        self.name = name
        self._s3 = session.client("s3")

    def exists(self) -> bool:
        """Whether the bucket is there."""
        return self._head() is not None

    def region(self) -> str | None:
        """Where the bucket is; None where there is none, or where S3 does not say."""
        head = self._head()
        return head.get("BucketRegion") if head else None

    def _head(self) -> HeadBucketOutputTypeDef | None:
        with explained(self.environment, f"look for the bucket {self.name}"):
            try:
                return self._s3.head_bucket(Bucket=self.name)
            except ClientError as error:
                if code_of(error) in NO_BUCKET:
                    return None
                raise

    def count(self, limit: int) -> int:
        """How many versions and delete markers it holds; `limit` where there are that many."""
        with explained(self.environment, f"count what is in the bucket {self.name}"):
            return sum(1 for _ in islice(chain.from_iterable(self._pages()), limit))

    def empty(self) -> int:
        """Remove every version, delete marker and unfinished upload.

        What is current goes last: were it removed before the versions below it, a run that is
        killed would leave an older one current, such as a state with all that is gone by then.

        Returns
        -------
        int
            How many versions and delete markers were removed.

        Raises
        ------
        BatonError
            S3 refused to remove an object: a retention, or a permission that is missing.
        """
        removed = 0
        with explained(self.environment, f"empty the bucket {self.name}"):
            for current in (False, True):
                # until a walk finds none: a later page begins after an object that is gone by then
                while found := self._remove_all(current):
                    removed += found
            self._abort_uploads()
        return removed

    def delete(self) -> None:
        """Remove the bucket itself, which must be empty; none is no error."""
        with explained(self.environment, f"delete the bucket {self.name}"):
            try:
                self._s3.delete_bucket(Bucket=self.name)
            except ClientError as error:
                if code_of(error) not in NO_BUCKET:
                    raise

    def _remove_all(self, current: bool) -> int:
        """One walk over the bucket that removes what is current, or what is not; how many."""
        removed = 0
        for page in self._pages():
            chosen: list[ObjectIdentifierTypeDef] = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in page
                if each.get("IsLatest", True) is current
            ]
            if chosen:
                self._remove(chosen)
                removed += len(chosen)
        return removed

    def _pages(self) -> Iterator[list[ObjectVersionTypeDef | DeleteMarkerEntryTypeDef]]:
        """Versions and delete markers, a list of at most 1000 each: what one removal takes."""
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self.name):
            yield [*page.get("Versions", []), *page.get("DeleteMarkers", [])]

    def _remove(self, objects: list[ObjectIdentifierTypeDef]) -> None:
        answer = self._s3.delete_objects(
            Bucket=self.name, Delete={"Objects": objects, "Quiet": True}
        )
        refused = answer.get("Errors", [])
        if refused:
            first = refused[0]
            raise BatonError(
                f"{self.environment.name}: {len(refused)} of {len(objects)} objects of "
                f"s3://{self.name} were not removed, the first s3://{self.name}/"
                f"{first.get('Key')}: {first.get('Code')}: {first.get('Message')}",
                "look at the object's retention and at the profile's s3:DeleteObjectVersion",
            )

    def _abort_uploads(self) -> None:
        for page in self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self.name):
            for upload in page.get("Uploads", []):
                try:
                    self._s3.abort_multipart_upload(
                        Bucket=self.name, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                except ClientError as error:  # whoever began it has ended it
                    if code_of(error) != "NoSuchUpload":
                        raise
