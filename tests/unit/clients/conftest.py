"""Fixtures of the clients' tests."""

import pytest

from tidegate.settings import Settings


@pytest.fixture
def nobody() -> Settings:
    """Settings of servers that are not there."""
    nowhere = "http://127.0.0.1:1"
    return Settings(
        kafka_bootstrap_servers="127.0.0.1:1",
        registry_url=nowhere,
        opensearch_url=nowhere,
        s3_endpoint=nowhere,
        s3_access_key="key",
        lake_catalog_uri=nowhere,
        flink_rest_url=nowhere,
    )
