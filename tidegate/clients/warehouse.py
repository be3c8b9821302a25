"""The lake's warehouse: the table bucket that the Iceberg catalog of SeaweedFS or Amazon S3 Tables keeps its tables in.

``python -m tidegate.clients.warehouse`` makes the one that the settings name, if it is not there. Other catalogs
(Polaris, Lakekeeper, Glue) have their own way to make a warehouse, and need nothing of this.
"""

import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tidegate.clients import connection
from tidegate.clients.outage import S3, outage
from tidegate.errors import TidegateError
from tidegate.settings import Settings, get_settings

_SCHEME = "s3://"


def bucket_name(warehouse: str) -> str:
    """``s3://warehouse`` names the bucket ``warehouse``.

    Raises:
        TidegateError: it names no bucket.
    """
    name = warehouse.removeprefix(_SCHEME).strip("/")
    if not warehouse.startswith(_SCHEME) or not name or "/" in name:
        raise TidegateError(
            f"{warehouse} is no table bucket.", remedy="Set TIDEGATE_LAKE_WAREHOUSE to s3:// and the bucket's name."
        )
    return name


def ensure_table_bucket(tables: Any, name: str) -> bool:
    """Makes the bucket by boto3's ``s3tables`` client; whether it was missing."""
    pages = tables.get_paginator("list_table_buckets").paginate()
    if any(bucket["name"] == name for page in pages for bucket in page.get("tableBuckets", [])):
        return False
    tables.create_table_bucket(name=name)
    return True


def create(settings: Settings) -> bool:
    """Makes the settings' warehouse if it is missing; whether it was.

    Raises:
        TidegateError: no table bucket, or S3 refuses. TransientError: S3 is out of reach.
    """
    name = bucket_name(settings.lake_warehouse)
    try:
        tables = boto3.client(
            "s3tables",
            **connection.s3(settings),
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}),
        )
        return ensure_table_bucket(tables, name)
    except ClientError as error:
        raise TidegateError(
            f"S3 at {settings.s3_endpoint} refuses the table bucket {name}: {error}.",
            remedy="See that TIDEGATE_S3_ACCESS_KEY and TIDEGATE_S3_SECRET_KEY may create table buckets.",
        ) from error
    except BotoCoreError as error:
        raise outage(S3, settings, type(error).__name__) from error


def main() -> None:
    """Makes the warehouse and says so."""
    settings = get_settings()
    try:
        made = create(settings)
    except TidegateError as error:
        sys.exit(f"error: {error}")
    print(f"warehouse {settings.lake_warehouse}: {'created' if made else 'there already'}")


if __name__ == "__main__":
    main()
