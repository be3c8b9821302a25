"""Fixtures of all unit tests: the project's own contracts, read once, and a broker."""

from collections.abc import Iterator

import pytest

from tests.broker import Broker
from tests.contracts import JSON_SCHEMAS, SCHEMAS
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.load import load_reference, load_stream


@pytest.fixture(scope="session")
def clicks() -> Stream:
    return load_stream(SCHEMAS, "clicks")


@pytest.fixture(scope="session")
def orders() -> Stream:
    return load_stream(SCHEMAS, "orders")


@pytest.fixture(scope="session")
def app_logs() -> Stream:
    return load_stream(SCHEMAS, "app_logs")


@pytest.fixture(scope="session")
def meters() -> Stream:
    """Records in JSON; none of the project's own datasets has them."""
    return load_stream(JSON_SCHEMAS, "meters")


@pytest.fixture(scope="session")
def products() -> Reference:
    return load_reference(SCHEMAS, "products")


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker()
    yield broker
    broker.stop()
