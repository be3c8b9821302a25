"""The door to S3's objects: boto3's client for whole files and parts of them, and its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tidegate.clients import connection
from tidegate.clients.outage import S3, outage
from tidegate.errors import TidegateError
from tidegate.settings import Settings

SCHEME = "s3://"
AT_ONCE = 32
"""Connections of one client."""
_ABSENT = {"404", "NoSuchKey", "NotFound"}
_NOT_THE_SAME = {"412", "PreconditionFailed", "416", "InvalidRange"}
_LATER = {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "RequestTimeTooSkewed"}
_HOME_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Place:
    """An object, or what the names of several begin with."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    def below(self, name: str) -> "Place":
        """``name`` within this, as within a folder."""
        return Place(self.bucket, f"{self.key}/{name}" if self.key else name)


def place_of(uri: str) -> Place:
    """Of ``s3://bucket/key``; the key may be empty."""
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    return Place(bucket, key)


def open_s3(settings: Settings) -> Any:
    """A client that several threads may share; it asks again by itself where S3 is busy."""
    config = Config(
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=AT_ONCE,
        retries={"max_attempts": 4, "mode": "standard"},
        s3={"addressing_style": "path"},
    )
    with s3_errors(settings, "a client"):
        return boto3.client("s3", **connection.s3(settings), config=config)


@contextmanager
def s3_errors(settings: Settings, what: str) -> Iterator[None]:
    """Around calls of boto3 for ``what``.

    Raises:
        TransientError: S3 is out of reach, or asks to be left alone for now.
        TidegateError: S3 refuses.
    """
    try:
        yield
    except ClientError as error:
        if code_of(error) in _LATER or status_of(error) >= 500:
            raise outage(S3, settings, f"{what}: {code_of(error)}") from error
        raise TidegateError(
            f"S3 at {settings.s3_endpoint} refuses {what}: {_one_line(error)}.",
            remedy="See that the bucket is there, and TIDEGATE_S3_ACCESS_KEY and TIDEGATE_S3_SECRET_KEY may use it.",
        ) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise outage(S3, settings, f"{what}: {type(error).__name__}") from error


def ensure_bucket(settings: Settings, client: Any, bucket: str) -> bool:
    """Makes the bucket if it is missing; whether it was.

    Raises:
        TransientError, TidegateError: as :func:`s3_errors`.
    """
    with s3_errors(settings, f"the bucket {bucket}"):
        try:
            client.head_bucket(Bucket=bucket)
            return False
        except ClientError as error:
            if status_of(error) != 404:
                raise
        region = settings.s3_region
        options = {} if region == _HOME_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            client.create_bucket(Bucket=bucket, **options)
        except ClientError as error:
            if code_of(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise
            return False
        return True


def code_of(error: Any) -> str:
    """What S3 calls an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: Any) -> int:
    """The HTTP status of an error; 0 if there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_absent(error: Any) -> bool:
    """Whether an error says that there is no such object."""
    return code_of(error) in _ABSENT


def is_another(error: Any) -> bool:
    """Whether an error says that the object is not the one, or not as long, as it was."""
    return code_of(error) in _NOT_THE_SAME or is_absent(error)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
