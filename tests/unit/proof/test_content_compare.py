"""The content of two tables: which rows differ, and in which columns."""

from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tidegate.proof.content import Changed
from tidegate.proof.content_compare import Compared, Layout, compare_content
from tidegate.proof.rows import make_rows

SCHEMA = pa.schema(
    [
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("line", pa.int32()),
        ("price", pa.decimal128(10, 2)),
        ("tags", pa.list_(pa.string())),
        ("at", pa.timestamp("us", "UTC")),
    ]
)
COLUMNS = ("price", "tags", "at")
ALONE = Layout(None, COLUMNS)
PLACES = make_rows([0, 0, 1], [1, 2, 1])
Row = dict[str, Any]


def row(partition: int, offset: int, line: int = 1, **other: Any) -> Row:
    return {
        "_source_partition": partition,
        "_source_offset": offset,
        "line": line,
        "price": "1.50",
        "tags": ["a", None],
        "at": 1_763_700_000_000_001,
        **other,
    }


def table(*rows: Row) -> Any:
    columns = {
        field.name: pa.array([each[field.name] for each in rows]).cast(field.type)
        if field.name == "price"
        else pa.array([each[field.name] for each in rows], field.type)
        for field in SCHEMA
    }
    return ds.dataset(pa.table(columns, SCHEMA))


ROWS = (row(0, 1), row(0, 2), row(1, 1))


def test_equal_rows_in_any_order_and_of_other_places_are_no_difference() -> None:
    others = (row(0, 3), row(2, 1))

    assert compare_content(table(*ROWS, *others), table(*reversed(ROWS)), PLACES, ALONE) == Compared(0, ())


@pytest.mark.parametrize(
    "change", [{"price": "1.51"}, {"price": None}, {"tags": ["a"]}, {"tags": []}, {"at": 1_763_700_000_000_000}]
)
def test_one_field_that_differs_is_named_with_its_row(change: Row) -> None:
    found = compare_content(table(ROWS[0], row(0, 2, **change), ROWS[2]), table(*ROWS), PLACES, ALONE)

    assert found == Compared(1, (Changed("0:2", tuple(change)),))


def test_a_row_that_is_not_made_again_is_named_whole_and_one_that_is_only_made_is_not() -> None:
    found = compare_content(table(ROWS[0], ROWS[1]), table(ROWS[0], ROWS[2]), PLACES, ALONE)

    assert found == Compared(1, (Changed("0:2"),))
    assert str(found.first[0]) == "0:2 (the whole row)"


def test_a_column_that_is_left_out_may_differ() -> None:
    changed = table(row(0, 1, tags=[]), *ROWS[1:])

    assert compare_content(changed, table(*ROWS), PLACES, Layout(None, ("price", "at"))).changed == 0


def test_rows_of_an_exploded_record_are_told_apart_by_their_position() -> None:
    held = table(row(0, 1), row(0, 1, line=2, price="9.00"), row(0, 1, line=3))
    made = table(row(0, 1), row(0, 1, line=2), row(0, 1, line=3))

    found = compare_content(held, made, make_rows([0], [1]), Layout("line", COLUMNS))

    assert found == Compared(1, (Changed("0:1 line 2", ("price",)),))


def test_a_row_that_was_doubled_with_another_content_is_named() -> None:
    found = compare_content(table(*ROWS, row(0, 2, price="7.00")), table(*ROWS), PLACES, ALONE)

    assert (found.changed, found.first[0].place) == (1, "0:2")


def test_the_first_are_those_of_the_lowest_offsets() -> None:
    count = 30
    held = table(*(row(0, offset, price="0.01") for offset in range(count)))
    made = table(*(row(0, offset) for offset in range(count)))

    found = compare_content(held, made, make_rows([0] * count, range(count)), ALONE)

    assert found.changed == count
    assert [each.place for each in found.first] == [f"0:{offset}" for offset in range(10)]
