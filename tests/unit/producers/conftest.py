"""Fixtures for producers: the project's own contracts."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tidegate.contracts.load import AvroSchema, Dataset, load_dataset

SCHEMAS = Path(__file__).parents[3] / "schemas"


def next_version(dataset: Dataset, *added: dict[str, Any], **types: Any) -> Dataset:
    """``dataset`` with a newer schema: the fields ``added`` at its end, and other ``types`` of its fields."""
    schema: AvroSchema = copy.deepcopy(dataset.latest)
    for field in schema["fields"]:
        field["type"] = types.get(field["name"], field["type"])
    schema["fields"] += added
    return replace(dataset, versions={**dataset.versions, max(dataset.versions) + 1: schema})


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
