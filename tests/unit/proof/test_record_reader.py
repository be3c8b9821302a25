"""Records of each topic become rows; transactions and several processes are met in tests/stack/test_prove_topics.py."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from tests.broker import Broker
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import SCHEMA_ID_HEADER, body_of, frame
from tidegate.avro.types import AvroSchema, read_record
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.envelope import identity_bytes
from tidegate.proof import record_reader
from tidegate.proof.record_reader import (
    RawLayout,
    read_dropped,
    read_exploding_raw,
    read_raw,
    read_silver,
    read_silver_at,
)
from tidegate.proof.rows import Rows, fingerprints

TOPIC = "some.topic"


def schema(name: str, **types: Any) -> AvroSchema:
    return {"type": "record", "name": name, "fields": [{"name": name, "type": avro} for name, avro in types.items()]}


ENCODERS = {
    "silver": Encoder(schema("Silver", _source_partition="int", _source_offset="long", id="string"), 1),
    "dropped": Encoder(schema("Dropped", source_partition="int", source_offset="long"), 2),
    "raw": Encoder(schema("Raw", id="string", note=["null", "string"]), 4),
    "order": Encoder(schema("Order", id="string", lines={"type": "array", "items": "string"}), 5),
}


class Registry:
    """Knows the schemas of ``ENCODERS``."""

    def __init__(self, *_: object) -> None:
        known = {int.from_bytes(each.frame[1:], "big"): each.schema for each in ENCODERS.values()}
        self.by_id = (known | FOREIGN).get
        self.by_guid = {GUID: ENCODERS["raw"].schema}.get


RAW = RawLayout(read_record(ENCODERS["raw"].schema), ("id",))
ORDER = RawLayout(read_record(ENCODERS["order"].schema), ("id",), "lines")
GUID = UUID("00112233-4455-6677-8899-aabbccddeeff")
FOREIGN: dict[int, AvroSchema] = {
    20: schema("Raw", kind={"type": "enum", "name": "K", "symbols": ["A"]}, id="string", note="null"),
    21: {"type": "JSON"},
    22: schema("Raw", id="string", lost="Elsewhere", note="null"),
    23: {
        "type": "record",
        "name": "Raw",
        "fields": [{"name": "number", "type": "int"}, {"name": "note", "type": "null"}],
    },
}


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reader, "RegistryClient", Registry)


def scan(broker: Broker, *values: bytes) -> Scan:
    """All of a topic whose partition 0 holds these values."""
    broker.send(TOPIC, [(0, value) for value in values])
    return Scan(broker.settings, TOPIC, {0: (0, len(values))})


def encode(kind: str, **fields: Any) -> bytes:
    return ENCODERS[kind].encode(fields)


def places(rows: Rows) -> list[tuple[int, int]]:
    return [*zip(rows.partition.tolist(), rows.offset.tolist(), strict=True)]


DROPPED = encode("dropped", source_partition=1, source_offset=2)


def test_silver_and_dropped_records_have_the_places_and_identities_they_name(broker: Broker) -> None:
    silver = scan(broker, *(encode("silver", _source_partition=3, _source_offset=at, id=f"e{at}") for at in (7, 5)))

    rows = read_silver(silver, ("id",)).rows

    assert places(rows) == [(3, 7), (3, 5)]
    assert rows.identity.tolist() == fingerprints([b"e7", b"e5"]).tolist()
    assert places(read_silver(silver, ()).rows) == [(3, 7), (3, 5)]


@pytest.mark.parametrize("size", [1, 511, 512, 600])
def test_an_identity_of_one_column_is_known_as_its_document_is(broker: Broker, size: int) -> None:
    """Also one that is too long for an id."""
    silver = scan(broker, encode("silver", _source_partition=3, _source_offset=7, id="é" * (size // 2) + "x"))

    text = identity_bytes([("é" * (size // 2) + "x").encode()])
    assert read_silver(silver, ("id",)).rows.identity.tolist() == fingerprints([text]).tolist()


def test_a_dropped_record_has_no_identity(broker: Broker) -> None:
    rows = read_dropped(scan(broker, DROPPED)).rows

    assert places(rows) == [(1, 2)]
    assert not rows.identity.any()


@pytest.mark.parametrize(
    ("value", "doubtful"),
    [
        (b"hello", 0),
        (b"", 0),
        (encode("raw", id="a", note=None), 1),
        (b"\0\0\0\0\x63 of a schema that nobody knows", 1),
        (DROPPED[:-1], 0),
    ],
)
def test_a_record_that_can_not_be_read_is_told_by_its_place_and_ends_nothing(
    broker: Broker, value: bytes, doubtful: int
) -> None:
    found = read_dropped(scan(broker, DROPPED, value, DROPPED))

    assert places(found.rows) == [(1, 2), (1, 2)]
    assert places(found.unreadable) == [(0, 1)]
    assert found.doubtful == doubtful


def test_silver_rows_are_found_again_by_their_own_places(broker: Broker) -> None:
    rows = [encode("silver", _source_partition=3, _source_offset=at, id=f"e{at}") for at in range(4)]
    silver = scan(broker, *rows[:2], b"hello", *rows[2:])

    own, found = read_silver_at(silver, ("id",), {0: np.array([1, 2, 4])})

    assert places(own) == [(0, 1), (0, 4)]
    assert places(found) == [(3, 1), (3, 3)]
    assert found.identity.tolist() == fingerprints([b"e1", b"e3"]).tolist()


def test_a_raw_record_that_nobody_claims_is_decoded_whole(broker: Broker) -> None:
    whole = encode("raw", id="a", note="text")
    raw = scan(broker, whole, whole[:-1], whole[:-1], b"hello")

    rows = read_raw(raw, RAW, {0: np.array([0, 1])})

    assert rows.decodable.tolist() == [True, True, False, False], "of a claimed one the leading fields are enough"
    assert rows.rows.identity[:2].tolist() == fingerprints([b"a", b"a"]).tolist()
    assert places(rows.rows) == [(0, offset) for offset in range(4)]


def test_an_exploding_record_stands_for_a_row_per_item(broker: Broker) -> None:
    two, none = encode("order", id="a", lines=["x", "y"]), encode("order", id="b", lines=[])

    rows = read_exploding_raw(scan(broker, two, none, two[:-1]), ORDER)

    assert places(rows.rows) == [(0, 0), (0, 0), (0, 1), (0, 2)]
    assert rows.decodable.tolist() == [True, True, True, False]
    assert rows.rows.identity[:3].tolist() == fingerprints([b"a_1", b"a_2", b"b_0"]).tolist()


def test_two_identities_that_join_to_the_same_are_two(broker: Broker) -> None:
    """In raw by its leading fields, in raw records that are decoded, and in silver."""
    pair = schema("Pair", a="string", b="string", _source_partition="int", _source_offset="long")
    ENCODERS["pair"] = Encoder(pair, 6)
    layout = RawLayout(read_record(pair), ("a", "b"))
    both = scan(
        broker,
        *(encode("pair", a=a, b=b, _source_partition=0, _source_offset=0) for a, b in (("a_b", "c"), ("a", "b_c"))),
    )
    expected = fingerprints([b"a~_b_c", b"a_b~_c"]).tolist()

    assert read_silver(both, ("a", "b")).rows.identity.tolist() == expected
    assert read_raw(both, layout, {}).rows.identity.tolist() == expected
    assert read_raw(both, layout, {0: np.array([0, 1])}).rows.identity.tolist() == expected


def test_a_separator_in_the_identity_of_an_exploded_record_is_escaped_as_in_its_silver_rows(broker: Broker) -> None:
    orders = scan(broker, encode("order", id="a_1", lines=["x"]))

    assert read_exploding_raw(orders, ORDER).rows.identity.tolist() == fingerprints([b"a~_1_1"]).tolist()


def test_a_foreign_writers_record_is_read_as_the_job_reads_it_and_a_foreign_schema_ends_nothing(broker: Broker) -> None:
    values = [frame(20) + b"\x00\x04e1", frame(21) + b"x", frame(22) + b"\x04e1\x00", frame(9999) + b"\x04e1"]
    raw = scan(broker, *values, frame(0) + b"\x04e1", encode("raw", id="e1", note=None))

    rows = read_raw(raw, RAW, {})

    assert rows.decodable.tolist() == [True, False, False, False, False, True]
    assert rows.rows.identity[[0, 5]].tolist() == fingerprints([b"e1", b"e1"]).tolist()


@pytest.mark.parametrize("claimed", [{}, {0: np.array([0])}], ids=["whole", "by its leading fields"])
def test_an_identity_is_found_by_its_alias_and_as_the_contracts_type(broker: Broker, claimed: dict[int, Any]) -> None:
    aliased = schema("Raw", id="long", note=["null", "string"])
    aliased["fields"][0]["aliases"] = ["number"]

    rows = read_raw(scan(broker, frame(23) + b"\x0a"), RawLayout(read_record(aliased), ("id",)), claimed)

    assert rows.decodable.tolist() == [True]
    assert rows.rows.identity.tolist() == fingerprints([b"5"]).tolist()


def test_an_identity_is_spelled_as_it_was_written_and_a_distant_time_is_a_time(broker: Broker) -> None:
    uuid = {"type": "string", "logicalType": "uuid"}
    at = {"type": "long", "logicalType": "timestamp-micros"}
    FOREIGN[24] = schema("Raw", id=uuid, at=at)
    text = "0193A4E2-7B1C-7DEF-8123-0000000000AB"
    value = frame(24) + b"\x48" + text.encode() + b"\xff" * 9 + b"\x01"

    rows = read_raw(scan(broker, value), RawLayout(read_record(FOREIGN[24]), ("id",)), {})

    assert rows.decodable.tolist() == [True]
    assert rows.rows.identity.tolist() == fingerprints([text.encode()]).tolist()


def test_a_record_that_names_its_schema_in_a_header_is_read_by_it(broker: Broker) -> None:
    value = encode("raw", id="a", note=None)
    headers = [frame(4), b"\x01" + GUID.bytes, b"\x01" + bytes(16), b"?"]
    broker.send(TOPIC, [(0, body_of(value)) for _ in headers], headers=[[(SCHEMA_ID_HEADER, each)] for each in headers])
    all_of_it = Scan(broker.settings, TOPIC, {0: (0, len(headers))}, schema_headers=True)

    for claimed in ({}, {0: np.array([0, 1])}):
        rows = read_raw(all_of_it, RAW, claimed)

        assert rows.decodable.tolist() == [True, True, False, False]
        assert rows.rows.identity[:2].tolist() == fingerprints([b"a", b"a"]).tolist()


def test_an_array_that_may_be_absent_makes_no_row(broker: Broker) -> None:
    nullable = schema("Order", id="string", lines=["null", {"type": "array", "items": "string"}])
    layout = replace(ORDER, record=read_record(nullable))
    FOREIGN[25] = nullable

    rows = read_exploding_raw(scan(broker, frame(25) + b"\x02a\x00"), layout)

    assert rows.decodable.tolist() == [False]
