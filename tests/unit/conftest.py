"""Fixtures of all unit tests: the project's own contracts, read once."""

import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import Dataset, load_dataset


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
