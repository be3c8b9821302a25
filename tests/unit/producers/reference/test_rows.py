"""Rows of reference data: good ones become states, each other one says what is wrong with it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from producers.reference.file_rows import file_rows
from producers.reference.rows import RowReader, State
from producers.sending.decoding import Fault, decoded
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

LOADED_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEADER = "product_id,name,category,list_price,currency,updated_at,_deleted\n"
LAMP = {"product_id": "L1", "name": "Lamp", "category": "Home", "list_price": "12.50", "currency": "EUR"}


def read(products: Reference, path: Path, text: str | bytes) -> list[State | str]:
    """The state of each row, or its problem with the line's number."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reader = RowReader(products, LOADED_AT)
    found: list[State | str] = []
    for row in file_rows(path, products):
        state = decoded(lambda row=row: reader.state(row))  # type: ignore[misc]
        found.append(f"{row.number}: {state.reason}" if isinstance(state, Fault) else state)
    return found


def lamp(updated_at: datetime = LOADED_AT) -> State:
    return State("L1", {**LAMP, "list_price": Decimal("12.50"), "updated_at": updated_at})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows"


def test_a_csv_row_without_a_time_holds_from_the_time_of_loading(products: Reference, path: Path) -> None:
    assert read(products, path, HEADER + "L1,Lamp,Home,12.50,EUR,,\n") == [lamp()]


def test_a_row_without_a_time_may_hold_from_another_time_on(products: Reference, path: Path) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    path.write_text(HEADER + "L1,Lamp,Home,12.50,EUR,,\nL1,Lamp,Home,12.50,EUR,2026-01-01T00:00:00Z,\n")
    reader = RowReader(products, LOADED_AT, since)

    found = [reader.state(row) for row in file_rows(path, products)]

    assert found == [lamp(since), lamp(datetime(2026, 1, 1, tzinfo=UTC))]
    assert [state.timeless for state in found] == [True, False]


@pytest.mark.parametrize("time", ["2020-01-01T01:00:00+01:00", "1577836800000"])
def test_a_csv_row_may_say_since_when_it_holds(products: Reference, path: Path, time: str) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert read(products, path, HEADER + f"L1,Lamp,Home,12.50,EUR,{time},false\n") == [lamp(since)]


def test_json_lines_say_the_same(products: Reference, path: Path) -> None:
    assert (
        read(products, path, json.dumps(LAMP) + "\n" + json.dumps({**LAMP, "list_price": 12.50}) + "\n") == [lamp()] * 2
    )


@pytest.mark.parametrize("text", [HEADER + "L1,,,,,,TRUE\n", '{"product_id": "L1", "_deleted": true}\n'])
def test_a_deletion_needs_nothing_but_the_key(products: Reference, path: Path, text: str) -> None:
    assert read(products, path, text) == [State("L1", None)]


def test_a_byte_order_mark_and_line_breaks_in_quotes_are_read(products: Reference, path: Path) -> None:
    (state,) = read(products, path, "\ufeff" + HEADER + 'L1,"La\nmp",Home,12.50,EUR,,\r\n')
    assert isinstance(state, State)
    assert state.record is not None
    assert state.record["name"] == "La\nmp"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("L1,Lamp,Home,12.505,EUR,,", "2: row.list_price: '12.505' does not fit decimal(12, 2)"),
        ("L1,Lamp,Home,cheap,EUR,,", "2: row.list_price: 'cheap' is no decimal"),
        ("L1,,Home,1,EUR,,", "2: row.name: null, but the field may not be null"),
        ("L1,Lamp,Home,1,EUR,yesterday,", "2: row.updated_at: 'yesterday' is not a time"),
        ("L1,Lamp,Home,1,EUR,2020-01-01T00:00:00,", "has no zone"),
        ("L1,Lamp", "2: 2 cells under 7 columns"),
        (",,,,,,true", "2: row.product_id: a deletion names its key"),
        ("L1,,,,,,on", "2: row._deleted: 'on' is neither true nor false"),
        ("L1,Lamp,Home,12.50,EUR,2026-11-21T13:00:00Z,", "2: updated_at: 2026-11-21T13:00:00.000Z is more than 600 s"),
        ('L1,"Lamp', "2: not CSV"),
    ],
)
def test_a_row_that_does_not_fit_says_where(products: Reference, path: Path, row: str, problem: str) -> None:
    (found,) = read(products, path, HEADER + row + "\n")
    assert isinstance(found, str)
    assert problem in found


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "1: not JSON"),
        ('{"product_id": "L1", "_deleted": 2}', "1: row._deleted: 2 is neither true nor false"),
        ('{"product_id": 7, "_deleted": true}', "1: row.product_id: 7 is not a string"),
        ('{"product_id": "L1", "product_id": "L2"}', "1: the key 'product_id' is there twice"),
        ('{"product_id": "L1", "colour": "red"}', "1: row.colour: the schema has no such field"),
    ],
)
def test_a_json_line_that_does_not_fit_says_where(products: Reference, path: Path, line: str, problem: str) -> None:
    (found,) = read(products, path, line + "\n")
    assert isinstance(found, str)
    assert found.startswith(problem)


def test_an_empty_file_has_no_rows(products: Reference, path: Path) -> None:
    assert read(products, path, "") == []


def test_a_column_that_no_field_has_stops_the_load(products: Reference, path: Path) -> None:
    with pytest.raises(TidegateError, match="column 'colour'"):
        read(products, path, "product_id,colour\n")
