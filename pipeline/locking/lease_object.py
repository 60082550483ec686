"""The object in an environment's artifact bucket that says who may change the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import ClientError

from pipeline.adapters.aws import code_of, explained
from pipeline.locking.lease import Stored

if TYPE_CHECKING:
    import boto3

    from codegen.settings import Environment

KEY = "locks/environment.json"
# one attempt must end well before the lease does
SOON = Config(connect_timeout=4, read_timeout=8, retries={"total_max_attempts": 2})
# somebody was faster; 409 is what S3 says to one of two that are at it at the same time
FASTER = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey", "404"}


class LeaseObject:
    """`s3://<artifact bucket>/locks/environment.json`, written on conditions only."""

    def __init__(self, session: boto3.Session, environment: Environment) -> None:
        self.environment = environment
        self.bucket = environment.artifact_bucket
        self._s3 = session.client("s3", config=SOON)

    def read(self) -> Stored | None:
        """What is stored; None where nothing is."""
        with explained(self.environment, f"see who is changing {self.environment.name}"):
            try:
                found = self._s3.get_object(Bucket=self.bucket, Key=KEY)
                return Stored(found["ETag"], found["Body"].read())
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    return None
                raise

    def create(self, content: bytes) -> str | None:
        """Store `content` where nothing is; its tag, or None."""
        with explained(self.environment, f"lock {self.environment.name}"):
            try:
                return self._s3.put_object(
                    Bucket=self.bucket, Key=KEY, Body=content, IfNoneMatch="*"
                )["ETag"]
            except ClientError as error:
                _check_faster(error)
                return None

    def replace(self, content: bytes, etag: str) -> str | None:
        """Store `content` in place of what has that tag; the new one, or None."""
        with explained(self.environment, f"hold the lock of {self.environment.name}"):
            try:
                return self._s3.put_object(Bucket=self.bucket, Key=KEY, Body=content, IfMatch=etag)[
                    "ETag"
                ]
            except ClientError as error:
                _check_faster(error)
                return None

    def remove(self, etag: str) -> bool:
        """Remove what has that tag; False where something else, or nothing, is there."""
        with explained(self.environment, f"unlock {self.environment.name}"):
            try:
                self._s3.delete_object(Bucket=self.bucket, Key=KEY, IfMatch=etag)
            except ClientError as error:
                _check_faster(error)
                return False
        return True


def _check_faster(error: ClientError) -> None:
    if code_of(error) not in FASTER:
        raise error
