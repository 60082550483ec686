"""Archived tickets in the data bucket (`desk.ports.jobs.Documents`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Documents:
    """Writes each document once.

    Parameters
    ----------
    client:
        Gives the S3 client.
    bucket:
        The bucket's name.
    """

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, key: str, document: str) -> None:
        """See `desk.ports.jobs.Documents.keep`."""
        try:
            self._client().put_object(
                Bucket=self._bucket,
                Key=key,
                Body=document.encode(),
                ContentType="application/json",
                # compared by S3: what is stored is what was sent, or nothing is
                ChecksumAlgorithm="SHA256",
                # asked by S3 as it writes: of two that write at once, one does
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
