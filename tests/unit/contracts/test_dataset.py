"""A dataset's schemas are parsed once, and a newer version is parsed for itself."""

from tests.contracts import next_version
from tidegate.avro.types import columns
from tidegate.contracts.dataset import Reference, Stream


def test_raw_is_the_newest_schema_parsed_once(clicks: Stream) -> None:
    assert clicks.raw_columns == columns(clicks.latest)
    assert list(clicks.raw_fields) == [field["name"] for field in clicks.latest["fields"]]
    assert clicks.raw_type is clicks.raw_type


def test_a_newer_version_is_parsed_for_itself(clicks: Stream) -> None:
    assert "campaign" not in clicks.raw_fields
    newer = next_version(clicks, {"name": "campaign", "type": ["null", "string"], "default": None})

    assert "campaign" in newer.raw_fields
    assert "campaign" not in clicks.raw_fields


def test_silver_is_parsed_beside_raw(clicks: Stream) -> None:
    assert clicks.silver_columns == columns(clicks.silver)
    assert list(clicks.silver_fields) == [column.name for column in clicks.silver_columns]


def test_a_metric_has_its_own_columns(orders: Stream) -> None:
    for metric in orders.metrics:
        assert metric.columns == columns(metric.schema)
        assert set(metric.key) <= metric.fields.keys()


def test_items_are_the_fields_of_the_array_that_is_exploded(orders: Stream, clicks: Stream) -> None:
    assert "product_id" in orders.item_fields
    assert clicks.item_fields == {}


def test_the_key_of_reference_data_is_one_of_its_fields(products: Reference) -> None:
    assert products.key in products.raw_fields


def test_another_version_of_silver_is_the_same_dataset(clicks: Stream) -> None:
    third = clicks.of_silver_version(3)
    assert (clicks.contract.silver_version, third.contract.silver_version) == (1, 3)
    assert third.of_silver_version(1) == clicks
    assert third.silver == clicks.silver
