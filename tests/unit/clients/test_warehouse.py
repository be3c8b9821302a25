"""The lake's warehouse: what its address means."""

import pytest

from tidegate.clients.warehouse import bucket_name
from tidegate.errors import TidegateError


@pytest.mark.parametrize("address", ["s3://warehouse", "s3://warehouse/"])
def test_the_warehouse_is_a_bucket(address: str) -> None:
    assert bucket_name(address) == "warehouse"


@pytest.mark.parametrize("address", ["warehouse", "s3://", "s3://bucket/folder", "arn:aws:s3tables:bucket/x"])
def test_what_names_no_bucket_of_its_own_is_refused_with_the_setting(address: str) -> None:
    with pytest.raises(TidegateError, match="TIDEGATE_LAKE_WAREHOUSE"):
        bucket_name(address)
