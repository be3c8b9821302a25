"""Fixtures for producers: the project's own contracts."""

from pathlib import Path

import pytest

from tidegate.contracts.load import Dataset, load_dataset

SCHEMAS = Path(__file__).parents[3] / "schemas"


@pytest.fixture(scope="session")
def clicks() -> Dataset:
    return load_dataset(SCHEMAS, "clicks")


@pytest.fixture(scope="session")
def orders() -> Dataset:
    return load_dataset(SCHEMAS, "orders")


@pytest.fixture(scope="session")
def app_logs() -> Dataset:
    return load_dataset(SCHEMAS, "app_logs")


@pytest.fixture(scope="session")
def products() -> Dataset:
    return load_dataset(SCHEMAS, "products")
