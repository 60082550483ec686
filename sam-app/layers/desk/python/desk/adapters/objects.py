"""JSON documents in the data bucket (`desk.ports.processing.Objects`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Objects:
    """Writes objects to a bucket, whose own settings say how they are encrypted and how long kept.

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

    def put(self, key: str, document: str) -> None:
        """See `desk.ports.processing.Objects.put`."""
        self._client().put_object(
            Bucket=self._bucket,
            Key=key,
            Body=document.encode(),
            ContentType="application/json",
            # compared by S3: what is stored is what was sent, or nothing is
            ChecksumAlgorithm="SHA256",
        )
