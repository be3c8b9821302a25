"""The lake's warehouse: what its address means."""

import pytest
from pydantic import SecretStr

from tidegate.clients.warehouse import bucket_name, create, ensure_table_bucket
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings


@pytest.mark.parametrize("address", ["s3://warehouse", "s3://warehouse/"])
def test_the_warehouse_is_a_bucket(address: str) -> None:
    assert bucket_name(address) == "warehouse"


@pytest.mark.parametrize("address", ["warehouse", "s3://", "s3://bucket/folder", "arn:aws:s3tables:bucket/x"])
def test_what_names_no_bucket_of_its_own_is_refused_with_the_setting(address: str) -> None:
    with pytest.raises(TidegateError, match="TIDEGATE_LAKE_WAREHOUSE"):
        bucket_name(address)


class Tables:
    """What boto3's client of S3 Tables does, for one bucket on the second page."""

    def __init__(self) -> None:
        self.created: list[str] = []

    def get_paginator(self, name: str) -> "Tables":
        assert name == "list_table_buckets"
        return self

    def paginate(self) -> list[dict[str, list[dict[str, str]]]]:
        return [{}, {"tableBuckets": [{"name": "warehouse"}]}]

    def create_table_bucket(self, name: str) -> None:
        self.created.append(name)


def test_a_bucket_is_made_once() -> None:
    tables = Tables()

    assert [ensure_table_bucket(tables, name) for name in ("warehouse", "lake")] == [False, True]
    assert tables.created == ["lake"]


def test_a_store_that_is_away_is_an_outage(nobody: Settings) -> None:
    with pytest.raises(TransientError, match=r"S3 at http://127\.0\.0\.1:1 does not answer") as caught:
        create(nobody.model_copy(update={"s3_secret_key": SecretStr("secret")}))
    assert "TIDEGATE_S3_ENDPOINT" in caught.value.remedy
