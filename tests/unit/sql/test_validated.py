"""What ``refine.sql`` may read."""

from tests.contracts import SCHEMAS
from tests.unit.sql.visits import PLATFORM, stream
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_reference, load_stream
from tidegate.sql.refine import validated_view
from tidegate.sql.validated import validated_columns


def nullable(**changes: object) -> dict[str, bool]:
    return {column.name: column.nullable for column in validated_columns(stream(**changes), PLATFORM.references)}


def test_a_column_is_null_where_its_record_or_its_reference_may_lack_it() -> None:
    assert nullable() == {
        "id": False, "visited_at": False, "visitor": False, "page": False, "plan": True, "seconds": False,
        "page_title": True, "plan_price": True,
        "_source_partition": False, "_source_offset": False, "_source_topic": False, "_ingested_at": False,
        "_schema_id": False, "_warnings": False,
    }  # fmt: skip


def test_a_personal_field_that_is_dropped_is_null() -> None:
    privacy = [{"field": "visitor", "method": "drop", "purpose": "counting", "retention_days": 30}]

    assert nullable(privacy=privacy)["visitor"]


def test_the_columns_are_those_of_the_view() -> None:
    for name in ("clicks", "orders"):
        dataset = load_stream(SCHEMAS, name)
        selected = validated_view(dataset).query.partition("\nFROM")[0]
        columns = validated_columns(dataset, {"products": load_reference(SCHEMAS, "products")})

        assert [column.name for column in columns if column.name not in selected] == []


def test_an_item_brings_its_columns_and_its_position() -> None:
    orders = load_stream(SCHEMAS, "orders")

    columns = {
        column.name: column for column in validated_columns(orders, {"products": load_reference(SCHEMAS, "products")})
    }

    assert columns["unit_price"].sql_type == "DECIMAL(12, 2)"
    assert (columns["line_number"].sql_type, columns["line_number"].nullable) == ("INT", False)


def test_the_fields_that_the_contract_lacks_are_a_column_where_they_are_rescued(meters: Stream) -> None:
    [*_, rescued] = validated_columns(meters, {})

    assert (rescued.name, rescued.sql_type, rescued.nullable) == ("_rescued", "STRING", True)
    assert " _rescued," in validated_view(meters).query
