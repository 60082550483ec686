"""JSON documents in the data bucket (`desk.ports.objects.Objects`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from desk.runtime.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

IS_THERE = "PreconditionFailed"
IN_BETWEEN = "ConditionalRequestConflict"  # another write of the key was under way


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
        """See `desk.ports.objects.Objects.put`."""
        self._client().put_object(**self._request(key, document))

    def put_once(self, key: str, document: str) -> None:
        """See `desk.ports.objects.Objects.put_once`."""
        try:
            self._put_unless_there(key, document)
        except ClientError as error:
            if code_of(error) != IN_BETWEEN:
                raise
            # that write is done by now, or has failed: botocore does not ask again, S3 asks us to
            self._put_unless_there(key, document)

    def _put_unless_there(self, key: str, document: str) -> None:
        request = self._request(key, document)
        # asked by S3 as it writes: of two that write at once, one does
        request["IfNoneMatch"] = "*"
        try:
            self._client().put_object(**request)
        except ClientError as error:
            if code_of(error) != IS_THERE:
                raise

    def _request(self, key: str, document: str) -> PutObjectRequestTypeDef:
        return {
            "Bucket": self._bucket,
            "Key": key,
            "Body": document.encode(),
            "ContentType": "application/json",
            # compared by S3: what is stored is what was sent, or nothing is
            "ChecksumAlgorithm": "SHA256",
        }
