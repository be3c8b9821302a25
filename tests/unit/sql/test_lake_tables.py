"""The text of the lake's tables."""

import pytest

from tidegate.avro.types import Column
from tidegate.contracts.naming import TableName
from tidegate.sql.lake_tables import lake_table, lake_type, quoted_name


@pytest.mark.parametrize(
    ("sql_type", "expected"),
    [
        ("TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)"),
        ("ARRAY<ROW<`at` TIMESTAMP_LTZ(3)>>", "ARRAY<ROW<`at` TIMESTAMP_LTZ(6)>>"),
        ("INT", "INT"),
    ],
)
def test_icebergs_timestamps_are_in_microseconds_within_a_row_too(sql_type: str, expected: str) -> None:
    assert lake_type(Column("c", sql_type, True, "")) == expected


def test_a_table_has_its_own_options_beside_those_of_all() -> None:
    table = lake_table(TableName("bronze.x"), ["`a` INT"], ["a"], {"own": "yes"})
    assert table.name == "lake.bronze.x"
    assert "'format-version' = '2'" in table.sql
    assert table.sql.endswith("'own' = 'yes'\n)")


def test_each_part_of_a_name_is_quoted() -> None:
    assert quoted_name(TableName("silver.day")) == "lake.`silver`.`day`"
