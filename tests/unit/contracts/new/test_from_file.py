"""A sample of a file becomes a contract of kind file that holds as it stands."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidegate.contracts.check import check_datasets
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.from_file import from_file, is_of_files
from tidegate.contracts.new.scaffold import write
from tidegate.errors import ContractError

CSV = """order no;issued_at;zip;net;paid_on;qty
A1;2026-11-28T10:00:00Z;01067;12.50;2026-11-30;3
A2;2026-11-28T11:00:00Z;8;7.5;NULL;
"""
RECORD = {"entry_id": "a", "at": "2026-11-28T10:00:00Z", "price": {"net": 1.5}, "tags": ["x"]}
ID = Fields(identity="order no")


def made(folder: Path, name: str, data: bytes, fields: Fields = ID) -> Files:
    sample = folder / name
    sample.write_bytes(data)
    write(folder / "schemas", "invoices", from_file("invoices", sample, fields))
    assert check_datasets(folder / "schemas").problems == []
    return load_files(folder / "schemas", "invoices")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_day_in_csv(tmp_path: Path, encoding: str, packed: bool) -> None:
    data = CSV.replace("A1", "Ä1").encode(encoding)
    found = made(tmp_path, "day.csv" + ".gz" * packed, gzip.compress(data) if packed else data)
    kinds = {name: (field.type.kind, field.type.nullable) for name, field in found.raw_fields.items()}
    assert kinds == {
        "order_no": ("string", False),
        "issued_at": ("timestamp-millis", False),
        "zip": ("string", False),
        "net": ("decimal", False),
        "paid_on": ("date", True),
        "qty": ("long", True),
    }
    assert (found.file.csv.delimiter, found.file.csv.nulls) == (";", ["", "NULL"])
    assert found.file.encoding.lower() == encoding
    assert found.file.pattern == "landing/invoices/{date:yyyy-MM-dd}/*.csv*"
    assert (found.contract.identity, found.contract.event_time.field) == (["order_no"], "issued_at")


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("day.jsonl", json.dumps(RECORD) + "\n" + json.dumps(RECORD), "json_lines"),
        ("day.json", json.dumps([RECORD, RECORD], indent=1), "json_array"),
    ],
)
def test_a_day_in_json(tmp_path: Path, name: str, text: str, format: str) -> None:
    found = made(tmp_path, name, text.encode(), Fields())
    assert found.file.format == format
    assert found.raw_fields["price"].type.kind == "record"


def test_a_day_in_parquet(tmp_path: Path) -> None:
    out = io.BytesIO()
    moment = datetime(2026, 11, 28, 10, tzinfo=UTC)
    columns = {
        "order no": pa.array(["A1", "A2"]),
        "issued_at": pa.array([moment, moment], pa.timestamp("us", "UTC")),
        "net": pa.array([Decimal("12.50"), None], pa.decimal128(9, 2)),
        "paid_on": pa.array([date(2026, 11, 30), None]),
        "qty": pa.array([3, 4], pa.int32()),
        "share": pa.array([1.0, float("nan")]),
        "lines": pa.array([[{"sku": "x", "n": 1}], []], pa.list_(pa.struct([("sku", pa.string()), ("n", pa.int64())]))),
    }
    pq.write_table(pa.table(columns), out)
    found = made(tmp_path, "day.parquet", out.getvalue())
    kinds = {name: (field.type.kind, field.type.nullable) for name, field in found.raw_fields.items()}
    assert kinds == {
        "order_no": ("string", False),
        "issued_at": ("timestamp-micros", False),
        "net": ("decimal", True),
        "paid_on": ("date", True),
        "qty": ("long", False),
        "share": ("double", True),
        "lines": ("array", False),
    }
    assert (found.file.format, found.file.pattern) == ("parquet", "landing/invoices/{date:yyyy-MM-dd}/*.parquet*")
    assert is_of_files(tmp_path / "day.parquet")


def test_a_time_in_a_form_of_its_own_is_mapped(tmp_path: Path) -> None:
    data = "id,at,net\n1,28.11.2026 14:03,2.50\n"
    found = made(tmp_path, "day.csv", data.encode(), Fields(time_format="dd.MM.yyyy HH:mm", event_time="at"))
    assert found.map_sql is not None
    assert found.mapped_fields["net"].type.kind == found.silver_fields["net"].type.kind == "decimal"


@pytest.mark.parametrize(
    ("name", "data", "is_file"),
    [
        ("a.csv", b"a,b\n1,2\n", True),
        ("a.jsonl", b'{"a": 1}', False),
        ("a.jsonl", b'\xef\xbb\xbf\n {"a": 1}', False),
        ("a.json", b"[]", True),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}', mtime=0), True),
        ("a.jsonl", b"", False),
    ],
)
def test_json_lines_may_be_a_topics(tmp_path: Path, name: str, data: bytes, is_file: bool) -> None:
    (tmp_path / name).write_bytes(data)
    assert is_of_files(tmp_path / name) == is_file


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.json", b"[1]", "no array of objects"),
        ("a.json", b"[{]", "a.json: "),
        ("a.csv.gz", gzip.compress(CSV.encode() * 100, mtime=0)[:60], "cannot be read"),
    ],
)
def test_what_can_not_be_read_is_one_line(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ContractError, match=said):
        from_file("invoices", tmp_path / name, Fields())


def test_of_a_long_file_the_first_rows_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.contracts.new.from_file.SAMPLE_BYTES", 200)
    row = "A3;2026-11-28T10:00:00Z;01067;12.50;2026-11-30;3\n"
    assert made(tmp_path, "day.csv", (CSV + row * 100 + "bad;row\n").encode()).raw_fields["net"].type.kind == "decimal"
