"""Rows whose personal values retention has emptied are as they must be; any other change of them is found."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tidegate.avro.types import AvroType, Field
from tidegate.proof.content_compare import Layout, compare_content
from tidegate.proof.erased import emptied_columns, is_emptied
from tidegate.proof.rows import make_rows

OPERATOR = pa.struct([("name", pa.string()), ("age", pa.int32())])
SCHEMA = pa.schema(
    [
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("at", pa.timestamp("us", "UTC")),
        ("ip", pa.string()),
        ("user", pa.string()),
        ("operator", OPERATOR),
    ]
)
TEXT = AvroType("string", nullable=True)
PERSON = AvroType("record", fields=(Field("name", TEXT), Field("age", AvroType("int", nullable=True))))
FIELDS = {name: Field(name, kind) for name, kind in {"ip": TEXT, "user": TEXT, "operator": PERSON}.items()}
DAY, LATER = date(2026, 3, 2), date(2026, 4, 1)
BEFORE = {"ip": DAY, "operator.name": DAY, "user": date(2026, 2, 1)}
OLD, LAST, NEW = (datetime(2026, *at, tzinfo=UTC) for at in ((1, 31, 5), (3, 1, 23), (3, 2, 0)))
LAYOUT = Layout(None, ("at", "ip", "user", "operator"), emptied_columns(FIELDS, "at", BEFORE))
Row = dict[str, Any]


def row(at: datetime, **others: Any) -> Row:
    whole = {"ip": "a", "user": "u", "operator": {"name": "Ann", "age": 47}}
    return {"_source_partition": 0, "_source_offset": 7, "at": at, **whole, **others}


def changed(held: Row, made: Row) -> tuple[str, ...] | None:
    held_table, made_table = (ds.dataset(pa.Table.from_pylist([each], SCHEMA)) for each in (held, made))
    found = compare_content(held_table, made_table, make_rows([0], [7]), LAYOUT)
    return found.first[0].columns if found.changed else None


NOBODY = {"name": None, "age": 47}


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (LAST, {}),
        (LAST, {"ip": None, "operator": NOBODY}),
        (OLD, {"ip": None, "user": None, "operator": NOBODY}),
        (OLD, {}),
        (NEW, {}),
    ],
)
def test_all_that_is_due_or_nothing_is_as_it_must_be(at: datetime, held: Row) -> None:
    assert changed(row(at, **held), row(at)) is None


@pytest.mark.parametrize(
    ("at", "held", "columns"),
    [
        (NEW, {"ip": None}, ("ip",)),
        (LAST, {"ip": None, "operator": NOBODY, "user": None}, ("user",)),
        (OLD, {"ip": "b", "user": None, "operator": NOBODY}, ("ip",)),
        (LAST, {"ip": None, "operator": {"name": None, "age": 48}}, ("operator",)),
        (LAST, {"ip": None, "operator": None}, ("operator",)),
    ],
)
def test_what_is_not_due_or_is_another_value_is_found(at: datetime, held: Row, columns: tuple[str, ...]) -> None:
    assert changed(row(at, **held), row(at)) == columns


def test_a_record_that_is_null_stays_so() -> None:
    assert changed(row(OLD, ip=None, user=None, operator=None), row(OLD, operator=None)) is None


def test_a_column_that_is_gone_from_silver_needs_no_sql() -> None:
    assert emptied_columns(FIELDS, "at", {"email": LATER}) == {}


def test_a_row_is_old_by_its_day() -> None:
    assert is_emptied({"at": LAST}, "ip", "at", BEFORE)
    assert is_emptied({"at": LAST}, "operator", "at", BEFORE)
    assert not is_emptied({"at": NEW}, "ip", "at", BEFORE)
    assert not is_emptied({"at": LAST}, "user", "at", BEFORE)
    assert not is_emptied({"at": None}, "ip", "at", BEFORE)
