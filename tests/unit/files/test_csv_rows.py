"""Rows of CSV as records of texts, and rows again that are read back as what was written."""

import csv
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.contracts.file_section import Csv
from tidegate.files.csv_rows import CsvRows
from tidegate.files.file_head import FileHead
from tidegate.redrive.opened import Bytes, Opened, Unopened

COLUMNS = ("id", "name", "amount")
DIALECTS: list[dict[str, Any]] = [
    {},
    {"delimiter": ";", "comment": "#"},
    {"delimiter": "\\t", "escape": "\\"},
    {"quote": "'", "nulls": ["NULL", ""]},
    {"multiline": True},
]


def rows(codec: str = "utf-8", **dialect: Any) -> CsvRows:
    return CsvRows(Csv.model_validate(dialect), FileHead(b"", codec, COLUMNS))


def written(record: dict[str, Any], **dialect: Any) -> bytes | None:
    return rows(**dialect).write(record, Bytes(b""), None).value


def test_a_row_is_a_record_of_its_columns_and_no_value_is_none() -> None:
    found = rows().open(Bytes(b'1,"a, ""b""",'))

    assert found == Opened({"id": "1", "name": 'a, "b"', "amount": None})


def test_values_of_a_recipe_are_written_as_texts() -> None:
    assert written({"id": 7, "name": True, "amount": Decimal("1.50")}) == b"7,true,1.50"
    assert written({"id": None, "name": "a", "amount": None}, nulls=["NULL"]) == b"NULL,a,NULL"


def test_a_cell_is_quoted_where_it_must_be() -> None:
    assert written({"id": "#1", "name": "a;b", "amount": 'c"'}, delimiter=";", comment="#") == b'"#1";"a;b";"c"""'


def test_too_many_cells_are_cut_and_not_before() -> None:
    too_many = Bytes(b"1,a,2,more,and more")

    with pytest.raises(Unopened, match="5 cells for 3 columns: use the step cut first"):
        rows().open(too_many)
    assert rows().cut(too_many).value == b"1,a,2"
    assert rows().cut(Bytes(b'1,"a",2')).value == b'1,"a",2', "as it was"


def test_too_few_cells_are_those_that_are_there() -> None:
    found = rows().open(Bytes(b"1,a"))

    assert found == Opened({"id": "1", "name": "a"}, "cell 2 of 3")
    with pytest.raises(Unopened, match="no value for the column amount"):
        written(found.record)


@pytest.mark.parametrize("row", [b'1,"a,2', b'1,"a" b,2', b"1,\xff,2"])
def test_what_can_not_be_cut_into_cells_is_not_opened(row: bytes) -> None:
    with pytest.raises(Unopened):
        rows().open(Bytes(row))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"id": "1", "name": "a", "amount": "2", "price": "3"}, "no column price"),
        ({"id": "1", "name": ["a"], "amount": "2"}, "column name"),
        ({"id": "1", "name": "a\nb", "amount": "2"}, "the end of a line"),
    ],
)
def test_what_a_row_can_not_hold_is_not_written(record: dict[str, Any], said: str) -> None:
    with pytest.raises(Unopened, match=said):
        written(record)


def test_a_sign_that_the_encoding_lacks_is_not_written() -> None:
    with pytest.raises(Unopened, match="can't be written in iso8859-1"):
        rows("iso8859-1").write({"id": "1", "name": "€", "amount": "2"}, Bytes(b""), None)


def test_schemas_are_for_avro() -> None:
    with pytest.raises(Unopened, match="schema"):
        rows().named(Bytes(b"1,a,2"), None, framed=False)
    with pytest.raises(Unopened, match="encode"):
        rows().write({}, Bytes(b""), 7)


def test_where_cells_hold_ends_of_lines_a_bad_row_does_not_stand_alone() -> None:
    assert rows().stands_alone(b'1,"a,2')
    assert rows(multiline=True).stands_alone(b'1,"a\nb",2')
    assert not rows(multiline=True).stands_alone(b'1,"a,2')
    assert not rows(multiline=True).stands_alone(b"1,a")


def test_a_cell_may_be_as_long_as_a_row() -> None:
    csv.field_size_limit(128 * 1024)  # as a process begins
    long = "x" * 900_000

    assert rows().open(Bytes(f"1,{long},3".encode())) == Opened(dict(zip(COLUMNS, ("1", long, "3"), strict=True)))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=3, max_size=3))
def test_what_is_written_is_read_back(dialect: dict[str, Any], codec: str, cells: list[str]) -> None:
    made = rows(codec, **dialect)
    nulls = Csv.model_validate(dialect).nulls
    record = {name: None if cell in nulls else cell for name, cell in zip(COLUMNS, cells, strict=True)}

    try:
        row = made.write(record, Bytes(b""), None)
    except Unopened:
        assert any(end in cell for cell in cells for end in "\n\r"), "all else can be written"
        return

    assert made.open(row) == Opened(record)
    assert made.stands_alone(row.value or b"")
