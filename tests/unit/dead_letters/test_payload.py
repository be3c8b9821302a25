"""The record in a letter is read as its dataset's jobs read it."""

from typing import Any
from uuid import UUID

import pytest

from tests.clicks import click
from tests.letters import letter
from tidegate.avro.binary import BadRecord
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import SCHEMA_ID_HEADER
from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.payload import PayloadReader


class Schemas:
    """Knows one schema, by the id 7."""

    def __init__(self, schema: AvroSchema | None = None) -> None:
        self._schema = schema

    def by_id(self, schema_id: int) -> AvroSchema | None:
        return self._schema if schema_id == 7 else None

    def by_guid(self, guid: UUID) -> AvroSchema | None:
        return None


def _of_clicks(clicks: Stream, **changes: Any) -> dict[str, Any]:
    value = Encoder(clicks.latest, 7).encode(click(event_id="e1", quantity=-5))
    return letter(payload=value, **changes)


def test_an_avro_record_is_read_with_its_identity(clicks: Stream) -> None:
    reader = PayloadReader(clicks, Schemas(clicks.latest))

    assert reader.read(_of_clicks(clicks))["quantity"] == -5
    assert reader.identity(_of_clicks(clicks)) == "e1"


def test_a_json_record_is_read_with_its_identity(meters: Stream) -> None:
    reader = PayloadReader(meters, Schemas())
    value = b'{"reading.id": "r-1", "sentAt": "2026-01-01T11:59:58.250Z", "meterId": "m-1", "kWh": 12.5, "tags": {}}'
    of_meters = letter(payload=value, source={"topic": meters.contract.topic.name})

    assert reader.identity(of_meters) == "r-1"
    assert reader.identity(of_meters | {"payload": b"{"}) is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"payload_truncated": True}, "the first part"),
        ({"source": {"topic": "silver.clicks"}}, "no record of raw.clicks"),
        ({"payload": b"\1"}, "first byte"),
        ({"payload": None}, "no value"),
    ],
)
def test_what_can_not_be_read_says_why_and_has_no_identity(
    clicks: Stream, changes: dict[str, Any], problem: str
) -> None:
    reader = PayloadReader(clicks, Schemas(clicks.latest))
    bad = letter(**changes)

    with pytest.raises(BadRecord, match=problem):
        reader.read(bad)
    assert reader.identity(bad) is None


@pytest.mark.parametrize(
    ("payload", "header", "missing"),
    [
        (b"\0\0\0\0\x09?", None, 9),
        (b"?", b"\1" + UUID(int=5).bytes, UUID(int=5)),
        (b"\0\0\0\0\0?", None, None),
        (b"\0\0\0\0\7", None, None),
    ],
)
def test_a_schema_is_missing_that_a_registry_may_have_one_day(
    clicks: Stream, payload: bytes, header: bytes | None, missing: int | UUID | None
) -> None:
    headers = {} if header is None else {SCHEMA_ID_HEADER: header}
    made = letter(payload=payload, source={"topic": clicks.contract.topic.name, "headers": headers})

    assert PayloadReader(clicks, Schemas(clicks.latest)).missing_schema(made) == missing
    assert PayloadReader(clicks, Schemas(clicks.latest)).missing_schema(_of_clicks(clicks)) is None
