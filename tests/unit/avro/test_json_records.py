"""A record in JSON is read as the jobs read it, or refused by their code; Java reads the same table of cases."""

import pytest

from tests.unit.avro.json_cases import Case, cases, shown
from tidegate.avro.binary import BadRecord
from tidegate.avro.frame import frame
from tidegate.avro.json_records import JsonRecordReader
from tidegate.avro.types import AvroSchema, read_record

SCHEMA: AvroSchema = {"type": "record", "name": "R", "fields": [{"name": "v", "type": "int"}]}
TABLE = cases()


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.what)
def test_a_record_is_read_as_it_is_in_java(case: Case) -> None:
    try:
        found = shown(JsonRecordReader(case.type, case.unknown).read(case.value), case.type)
    except BadRecord as bad:
        found = bad.code
    assert found == case.expect, case


def test_the_table_has_records_of_both_kinds() -> None:
    codes = {case.expect for case in TABLE if isinstance(case.expect, str)}

    assert codes >= {"BAD_VALUE", "NOT_JSON", "UNKNOWN_FIELD", "TRAILING_BYTES", "BAD_UTF8", "BAD_LENGTH"}
    assert sum(isinstance(case.expect, list) for case in TABLE) > 100


@pytest.mark.parametrize(
    ("value", "header", "code"),
    [
        (None, None, "TOMBSTONE"),
        (None, frame(7), "TOMBSTONE"),
        (b"", frame(7), "NOT_JSON"),
        (b'{"v": 1}', frame(0), "UNKNOWN_SCHEMA"),
        (b'{"v": 1}', b"\x02", "BAD_MAGIC"),
        (b'{"v": 1}' + b" " * 2**20, None, "RECORD_TOO_LARGE"),
    ],
)
def test_what_names_no_schema_or_is_no_value_has_its_code(value: bytes | None, header: bytes | None, code: str) -> None:
    reader = JsonRecordReader(read_record(SCHEMA), "ignore")

    with pytest.raises(BadRecord) as refused:
        reader.read(value, header)
    assert refused.value.code == code
    assert reader.read_or_none(value, header) is None


@pytest.mark.parametrize("header", [frame(7), b"\x01" + bytes(16)])
def test_a_schema_named_in_a_header_is_passed_over(header: bytes) -> None:
    assert JsonRecordReader(read_record(SCHEMA), "reject").read(b'{"v": 1}', header) == {"v": 1}
