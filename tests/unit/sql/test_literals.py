"""Python values as SQL literals of the type of their field."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.avro.types import AvroType, Field
from tidegate.sql.literals import literal, text, timestamp

NOON = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
STRING = AvroType("string")
ITEM = AvroType("record", fields=(Field("name", STRING), Field("count", AvroType("int"))), name="Item")


@settings(deadline=None)  # a busy machine may let DuckDB wait
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_a_text_is_read_as_it_was(value: str) -> None:
    assert duckdb.execute(f"SELECT {text(value)}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    ("value", "avro", "expected"),
    [
        (None, AvroType("int", nullable=True), "CAST(NULL AS INT)"),
        ("it's", STRING, "CAST('it''s' AS STRING)"),
        (b"\x00\xff", AvroType("bytes"), "CAST(x'00ff' AS BYTES)"),
        (True, AvroType("boolean"), "CAST(TRUE AS BOOLEAN)"),
        (7, AvroType("long"), "CAST(7 AS BIGINT)"),
        (1e-7, AvroType("double"), "CAST('1e-07' AS DOUBLE)"),
        (Decimal("1.50"), AvroType("decimal", precision=12, scale=2), "CAST(1.50 AS DECIMAL(12, 2))"),
        (date(2026, 3, 1), AvroType("date"), "CAST(DATE '2026-03-01' AS DATE)"),
        (["a"], AvroType("array", items=STRING), "CAST(ARRAY[CAST('a' AS STRING)] AS ARRAY<STRING>)"),
        (
            {"a": 1},
            AvroType("map", items=AvroType("int")),
            "CAST(MAP['a', CAST(1 AS INT)] AS MAP<STRING, INT>)",
        ),
        (
            {"name": "a"},
            ITEM,
            "CAST(ROW(CAST('a' AS STRING), CAST(NULL AS INT)) AS ROW<`name` STRING, `count` INT>)",
        ),
    ],
    ids=["null", "text", "bytes", "boolean", "number", "double", "decimal", "date", "array", "map", "record"],
)
def test_a_value_is_cast_to_the_type_of_its_field(value: Any, avro: AvroType, expected: str) -> None:
    assert literal(value, avro) == expected


@pytest.mark.parametrize(
    ("value", "avro"),
    [([], AvroType("array", items=STRING)), ({}, AvroType("map", items=STRING))],
    ids=["array", "map"],
)
def test_what_is_empty_is_made_by_a_function_since_sql_has_no_literal_for_it(value: Any, avro: AvroType) -> None:
    assert "ARRAY_REMOVE(ARRAY[CAST(NULL AS STRING)], CAST(NULL AS STRING))" in literal(value, avro)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))], ids=["UTC", "two hours ahead"])
def test_a_moment_is_written_in_utc(zone: Any) -> None:
    assert timestamp(NOON.astimezone(zone)) == "CAST(TIMESTAMP '2026-03-01 12:30:15.123456' AS TIMESTAMP_LTZ(6))"
