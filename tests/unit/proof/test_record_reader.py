"""Records of each topic become rows; transactions and several processes are met in tests/stack/test_prove_topics.py."""

from typing import Any

import numpy as np
import pytest

from tests.broker import Broker
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.clients.kafka_records import Scan
from tidegate.proof import record_reader
from tidegate.proof.record_reader import read_dropped, read_exploding_raw, read_raw, read_silver, read_silver_at
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
        self.by_id = {int.from_bytes(each.frame[1:], "big"): each.schema for each in ENCODERS.values()}.get


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

    rows = read_raw(raw, ("id",), {0: np.array([0, 1])})

    assert rows.decodable.tolist() == [True, True, False, False], "of a claimed one the leading fields are enough"
    assert rows.rows.identity[:2].tolist() == fingerprints([b"a", b"a"]).tolist()
    assert places(rows.rows) == [(0, offset) for offset in range(4)]


def test_an_exploding_record_stands_for_a_row_per_item(broker: Broker) -> None:
    two, none = encode("order", id="a", lines=["x", "y"]), encode("order", id="b", lines=[])

    rows = read_exploding_raw(scan(broker, two, none, two[:-1]), ("id",), "lines")

    assert places(rows.rows) == [(0, 0), (0, 0), (0, 1), (0, 2)]
    assert rows.decodable.tolist() == [True, True, True, False]
    assert rows.rows.identity[:3].tolist() == fingerprints([b"a_1", b"a_2", b"b_0"]).tolist()


def test_two_identities_that_join_to_the_same_are_two(broker: Broker) -> None:
    """In raw by its leading fields, in raw records that are decoded, and in silver."""
    pair = schema("Pair", a="string", b="string", _source_partition="int", _source_offset="long")
    ENCODERS["pair"] = Encoder(pair, 6)
    both = scan(
        broker,
        *(encode("pair", a=a, b=b, _source_partition=0, _source_offset=0) for a, b in (("a_b", "c"), ("a", "b_c"))),
    )
    expected = fingerprints([b"a~_b_c", b"a_b~_c"]).tolist()

    assert read_silver(both, ("a", "b")).rows.identity.tolist() == expected
    assert read_raw(both, ("a", "b"), {}).rows.identity.tolist() == expected
    assert read_raw(both, ("a", "b"), {0: np.array([0, 1])}).rows.identity.tolist() == expected


def test_a_separator_in_the_identity_of_an_exploded_record_is_escaped_as_in_its_silver_rows(broker: Broker) -> None:
    orders = scan(broker, encode("order", id="a_1", lines=["x"]))

    assert read_exploding_raw(orders, ("id",), "lines").rows.identity.tolist() == fingerprints([b"a~_1_1"]).tolist()
