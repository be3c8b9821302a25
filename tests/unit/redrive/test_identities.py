"""The identities that copies claim, and those that they surely have."""

from typing import Any

import pytest

from tests.unit.redrive.records import CLICK, CLICKS, METERS, NEWEST, OTHER, Schemas
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import FRAME_BYTES, SCHEMA_ID_HEADER, frame
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.redrive.copies import Copy
from tidegate.redrive.identities import CopyIdentities

AT = Place("dlq.clicks", 0, 7)
ENTRY = Entry("aa", "clicks", State.IN_FLIGHT, AT, AT, 1, "anna")
IDENTITIES = CopyIdentities(CLICKS, Schemas())
VALUE = Encoder(CLICKS.latest, NEWEST).encode(CLICK)
BY_HEADER = (VALUE[FRAME_BYTES:], (SCHEMA_ID_HEADER, frame(NEWEST)))
BY_GUID = (VALUE[FRAME_BYTES:], (SCHEMA_ID_HEADER, b"\1" + NEWEST.to_bytes(16, "big")))


def copy(value: bytes | None, *headers: tuple[str, bytes | None]) -> Copy:
    return Copy(ENTRY, 0, b"k", value, [*headers])


@pytest.mark.parametrize("given", [(VALUE,), BY_HEADER, BY_GUID], ids=["frame", "header", "guid"])
def test_a_record_claims_what_it_is_decoded_as(given: Any) -> None:
    other = Encoder(CLICKS.latest, NEWEST).encode(CLICK | {"event_id": "e2"})

    assert IDENTITIES.claimed([copy(other), copy(*given)]) == [b"e2", b"e1"]
    assert IDENTITIES.certain(copy(*given)) == b"e1"


def test_what_a_record_claims_that_can_not_be_decoded_is_not_certain() -> None:
    cut = copy(VALUE[:-1])

    assert IDENTITIES.claimed([cut]) == [b"e1"]
    assert IDENTITIES.certain(cut) is None


@pytest.mark.parametrize("value", [None, b"", b"\0\0", VALUE[:7], frame(999) + VALUE[FRAME_BYTES:]])
def test_of_what_is_no_record_it_can_not_be_told(value: bytes | None) -> None:
    assert IDENTITIES.claimed([copy(value)]) == [None]


def test_a_record_of_another_name_has_none() -> None:
    other = Encoder(Schemas.known[OTHER], OTHER).encode({"event_id": "e1"})

    assert IDENTITIES.certain(copy(other)) is None


def test_json_is_read_whole() -> None:
    identities = CopyIdentities(METERS, Schemas())

    assert identities.claimed([copy(b"[1")]) == [None]
