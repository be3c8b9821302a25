"""The proof reads of raw records in JSON the identity that the jobs read, and no more records than they."""

import json

import numpy as np
import pytest

from tests.broker import Broker
from tidegate.avro.frame import SCHEMA_ID_HEADER, frame
from tidegate.avro.types import read_record
from tidegate.clients.kafka_records import Scan
from tidegate.proof.json_reader import JsonLayout, read_exploding_json, read_raw_json
from tidegate.proof.rows import Offsets, fingerprints

TOPIC = "raw.readings"
RECORD = read_record(
    {
        "type": "record",
        "name": "Reading",
        "fields": [
            {"name": "reading_id", "type": "string", "json": "reading.id"},
            {"name": "meter", "type": "long"},
            {"name": "lines", "type": {"type": "array", "items": "int"}, "default": []},
        ],
    }
)
LAYOUT = JsonLayout(RECORD, ("reading_id", "meter"), "ignore")
LINES = JsonLayout(RECORD, ("reading_id",), "ignore", "lines")


def reading(identity: object = "a", meter: object = 1, **others: object) -> bytes:
    return json.dumps({"reading.id": identity, "meter": meter, **others}).encode()


def scan(broker: Broker, *values: bytes) -> Scan:
    broker.send(TOPIC, [(0, value) for value in values])
    return Scan(broker.settings, TOPIC, {0: (0, len(values))}, schema_headers=True)


def claimed(*offsets: int) -> dict[int, Offsets]:
    return {0: np.array(offsets, np.int64)}


def test_a_record_has_the_identity_that_it_names_however_it_is_framed(broker: Broker) -> None:
    values = [reading(), frame(7) + reading(), b"\xef\xbb\xbf" + reading(), reading("é"), reading("a_b", 2**62)]
    texts = [b"a_1", b"a_1", b"a_1", "é_1".encode(), b"a~_b_%d" % 2**62]

    for taken in (claimed(), claimed(*range(len(values)))):
        rows = read_raw_json(scan(broker, *values), LAYOUT, taken)

        assert rows.decodable.all()
        assert rows.rows.identity.tolist() == fingerprints(texts).tolist()


def test_a_record_that_names_its_schema_in_a_header_is_read(broker: Broker) -> None:
    broker.send(TOPIC, [(0, reading())], headers=[[(SCHEMA_ID_HEADER, frame(7))]])
    found = Scan(broker.settings, TOPIC, {0: (0, 1)}, schema_headers=True)

    for taken in (claimed(), claimed(0)):
        assert read_raw_json(found, LAYOUT, taken).decodable.tolist() == [True]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        reading(1),
        reading(meter=True),
        reading(meter=1.0),
        reading("\ud83d"),
        frame(0) + reading(),
        b'{"reading.id": "a", "meter": 1, "meter": 2}',
    ],
)
def test_a_record_that_no_job_reads_has_none(broker: Broker, value: bytes) -> None:
    rows = read_raw_json(scan(broker, value), LAYOUT, claimed())

    assert rows.decodable.tolist() == [False]


def test_what_is_unknown_counts_as_the_contract_says(broker: Broker) -> None:
    strict = JsonLayout(RECORD, ("reading_id",), "reject")

    assert read_raw_json(scan(broker, reading(x=1)), strict, claimed()).decodable.tolist() == [False]
    assert read_raw_json(scan(broker, reading(x=1)), LAYOUT, claimed()).decodable.tolist() == [True]


def test_a_record_stands_for_as_many_rows_as_it_has_items(broker: Broker) -> None:
    values = [reading(lines=[5, 6]), reading("b"), reading("c", lines=None), b"x"]

    rows = read_exploding_json(scan(broker, *values), LINES)

    assert rows.rows.offset.tolist() == [0, 0, 1, 2, 3]
    assert rows.decodable.tolist() == [True, True, True, False, False]
    assert rows.rows.identity[:3].tolist() == fingerprints([b"a_1", b"a_2", b"b_0"]).tolist()
