"""A record is read or refused by its code, and nothing else; the registry is asked for no id that none gives out."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.binary import BadRecord
from tidegate.avro.codec import Encoder
from tidegate.avro.contract_records import MAX_RECORD_BYTES, ContractReader
from tidegate.avro.frame import frame
from tidegate.avro.types import AvroSchema, read_record

CONTRACT: AvroSchema = {"type": "record", "name": "Thing", "fields": [{"name": "id", "type": "string"}]}
EMPTY: AvroSchema = {"type": "record", "name": "Thing", "fields": []}
DEFAULTED = {**CONTRACT, "fields": [{"name": "id", "type": "string", "default": "none"}]}
GUID = UUID("00112233-4455-6677-8899-aabbccddeeff")
GOOD = Encoder(CONTRACT, 1).encode({"id": "a"})


class Registry:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def by_id(self, schema_id: int) -> AvroSchema | None:
        self.asked.append(schema_id)
        return {1: CONTRACT, 2: {"type": "PROTOBUF"}, 3: {**CONTRACT, "name": "Other"}, 4: EMPTY}.get(schema_id)

    def by_guid(self, guid: UUID) -> AvroSchema | None:
        self.asked.append(guid)
        return CONTRACT if guid == GUID else None


def reader(contract: AvroSchema = CONTRACT) -> tuple[ContractReader, Registry]:
    registry = Registry()
    return ContractReader(registry, read_record(contract)), registry


@pytest.mark.parametrize(
    ("value", "header", "code"),
    [
        (None, None, "TOMBSTONE"),
        (None, frame(1), "TOMBSTONE"),
        (b"", None, "EMPTY_VALUE"),
        (b"hello", None, "BAD_MAGIC"),
        (b"\x00\x00", None, "TRUNCATED"),
        (bytes(MAX_RECORD_BYTES + 1), None, "RECORD_TOO_LARGE"),
        (frame(9) + b"\x02a", None, "UNKNOWN_SCHEMA"),
        (frame(0) + b"\x02a", None, "UNKNOWN_SCHEMA"),
        (frame(2**32 - 1) + b"\x02a", None, "UNKNOWN_SCHEMA"),
        (frame(2) + b"\x02a", None, "SCHEMA_MISMATCH"),
        (frame(3) + b"\x02a", None, "SCHEMA_MISMATCH"),
        (GOOD[:-1], None, "TRUNCATED"),
        (GOOD + b"!", None, "TRAILING_BYTES"),
        (b"\x02a", b"", "BAD_MAGIC"),
        (b"\x02a", b"\x00\x00", "BAD_MAGIC"),
        (b"\x02a", b"\x02" + GUID.bytes, "BAD_MAGIC"),
        (b"\x02a", b"\x01" + bytes(16), "UNKNOWN_SCHEMA"),
        (b"\x02a", frame(9), "UNKNOWN_SCHEMA"),
        (GOOD, frame(1), "TRAILING_BYTES"),
    ],
)
def test_what_is_no_record_has_its_code(value: bytes | None, header: bytes | None, code: str) -> None:
    with pytest.raises(BadRecord) as caught:
        reader()[0].read(value, header)
    assert caught.value.code == code
    assert reader()[0].read_or_none(value, header) is None


@pytest.mark.parametrize(
    ("value", "header"),
    [(GOOD, None), (b"\x02a", frame(1)), (b"\x02a", b"\x01" + GUID.bytes), (b"\x02a", frame(1) + b"more")],
)
def test_a_schema_is_named_before_the_body_or_in_a_header(value: bytes, header: bytes | None) -> None:
    assert reader()[0].read(value, header) == {"id": "a"}


def test_a_record_of_no_bytes_is_one_where_a_header_names_its_schema() -> None:
    assert reader(DEFAULTED)[0].read(b"", frame(4)) == {"id": "none"}


def test_each_schema_is_looked_up_once_and_an_impossible_one_never() -> None:
    read, registry = reader()
    for _ in range(3):
        for value in (GOOD, frame(9) + b"x", frame(0) + b"x", frame(2**31) + b"x"):
            read.read_or_none(value)
        read.read_or_none(b"x", b"\x01" + bytes(16))
    assert registry.asked == [1, 9, UUID(int=0)]


@given(st.binary(max_size=60), st.none() | st.binary(max_size=20) | st.sampled_from([frame(1), frame(4)]))
def test_any_bytes_are_a_record_or_a_code(value: bytes, header: bytes | None) -> None:
    read: Any
    for contract in (CONTRACT, DEFAULTED):
        for start in (b"", frame(1), frame(4)):
            read = reader(contract)[0].read_or_none(start + value, header)
            assert read is None or isinstance(read["id"], str)
