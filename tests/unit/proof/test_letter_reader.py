"""Records of a dead letter topic become values, whatever lies among them."""

from typing import Any

import pytest

from tests.broker import Broker
from tests.unit.proof.test_letters import places
from tests.unit.proof.test_record_reader import TOPIC, schema
from tidegate.avro.codec import Encoder
from tidegate.clients.kafka_records import Scan
from tidegate.proof import letter_reader
from tidegate.proof.letter_reader import read_dead_letters
from tidegate.proof.letters import WHOLE, EarlierLetter, Reason


def source(*, rows: bool) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"name": "topic", "type": "string"},
        {"name": "partition", "type": "int"},
        {"name": "offset", "type": "long"},
    ]
    if rows:
        fields.append({"name": "row", "type": ["null", "long"], "default": None})
    return {"type": "record", "name": "Source", "fields": fields}


OLD = Encoder(schema("Letter", stage="string", error_code="string", source=["null", source(rows=False)]), 1)
NEW = Encoder(schema("Letter", stage="string", error_code="string", source=["null", source(rows=True)]), 2)
OTHER = Encoder(schema("Other", id="string"), 3)
WITH_BYTES = Encoder(
    schema(
        "Letter",
        stage="string",
        error_code="string",
        source=["null", source(rows=False)],
        payload_sha256="string",
        payload="bytes",
    ),
    4,
)


class Registry:
    """Knows four schemas."""

    def __init__(self, *_: object) -> None:
        self.by_id = {number: each.schema for number, each in enumerate((OLD, NEW, OTHER, WITH_BYTES), 1)}.get


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_reader, "RegistryClient", Registry)


def letter(code: str, topic: str, offset: int, **row: int | None) -> bytes:
    encoder = NEW if row else OLD
    place = {"topic": topic, "partition": 0, "offset": offset} | row
    return encoder.encode({"stage": "rule", "error_code": code, "source": place})


def scan(broker: Broker, *values: bytes) -> Scan:
    broker.send(TOPIC, [(0, value) for value in values])
    return Scan(broker.settings, TOPIC, {0: (0, len(values))})


def test_letters_of_the_two_topics_are_told_apart_and_those_of_others_left_out(broker: Broker) -> None:
    values = [
        letter("A", "raw", 1),
        letter("A", "raw", 3, row=2),
        letter("A", "raw", 4, row=None),
        letter("A", "silver", 7),
        letter("A", "other", 8),
    ]

    found = read_dead_letters(scan(broker, *values), "raw", "silver")

    assert {reason: places(rows) for reason, rows in found.places.items()} == {
        Reason("rule", "A"): [(0, 1, WHOLE), (0, 3, 2), (0, 4, WHOLE)],
        Reason("rule", "A", of_silver=True): [(0, 7, WHOLE)],
    }
    assert places(found.strange) == []


def test_what_is_no_letter_is_told_by_its_place_and_ends_nothing(broker: Broker) -> None:
    whole = letter("A", "raw", 1)

    found = read_dead_letters(
        scan(broker, b"hello", OTHER.encode({"id": "a"}), whole[:-1], b"\0\0\0\0\x63", whole), "raw", "silver"
    )

    assert places(found.strange) == [(0, offset, WHOLE) for offset in range(4)]
    assert places(found.places[Reason("rule", "A")]) == [(0, 1, WHOLE)]


def test_a_letter_of_an_earlier_version_of_silver_is_known_by_the_bytes_of_its_row(broker: Broker) -> None:
    place = {"topic": "silver", "partition": 0, "offset": 1}
    value = WITH_BYTES.encode(
        {"stage": "lake", "error_code": "A", "source": place, "payload_sha256": "aa", "payload": b"1"}
    )

    found = read_dead_letters(scan(broker, value, letter("B", "silver", 7)), "raw", "silver.v2", {"silver"})

    assert found.places == {}
    assert found.earlier == (EarlierLetter("lake", "A", "aa", b"1"), EarlierLetter("rule", "B", None, None))
    assert len(found.ids) == 2
