"""The five bytes before every Avro body, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.frame import FRAME_BYTES, MAX_SCHEMA_ID, NO_SCHEMA_ID, body_of, frame, schema_id_of


def test_the_frame_is_a_zero_and_the_id_in_big_endian() -> None:
    assert frame(258) == b"\x00\x00\x00\x01\x02"


@given(st.integers(1, MAX_SCHEMA_ID), st.binary())
def test_id_and_body_are_read_back(schema_id: int, body: bytes) -> None:
    value = frame(schema_id) + body
    assert (schema_id_of(value), body_of(value)) == (schema_id, body)


@given(st.binary(max_size=20))
def test_any_bytes_have_an_id_or_none(value: bytes) -> None:
    framed = (
        len(value) >= FRAME_BYTES and value[0] == 0 and 0 < int.from_bytes(value[1:FRAME_BYTES], "big") <= MAX_SCHEMA_ID
    )
    assert (schema_id_of(value) != NO_SCHEMA_ID) == framed


@pytest.mark.parametrize("value", [b"", frame(7)[:4], b"\x01" + frame(7)[1:], frame(MAX_SCHEMA_ID + 1), frame(0)])
def test_what_is_no_frame_has_no_schema_id(value: bytes) -> None:
    assert schema_id_of(value) == NO_SCHEMA_ID
