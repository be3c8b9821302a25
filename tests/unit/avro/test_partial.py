"""A broken record is read up to where it breaks."""

from typing import Any

import pytest

from tests.clicks import click
from tests.letters import SCHEMA, encoded, letter
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import FRAME_BYTES
from tidegate.avro.partial import Partial, read_partial
from tidegate.avro.writer_types import read_writer_type
from tidegate.contracts.dataset import Stream

LIMIT = 1024 * 1024


def _read(value: bytes, schema: dict[str, Any]) -> Partial:
    return read_partial(value, FRAME_BYTES, read_writer_type(schema), LIMIT)


def test_a_whole_record_is_read_to_its_end() -> None:
    record = letter(5, rules=("a",), source={"headers": {"h": b"1"}})
    found = _read(encoded(record), SCHEMA)

    assert found.problem is None
    assert found.fields == record


def test_what_was_read_before_the_break_is_there(clicks: Stream) -> None:
    value = Encoder(clicks.latest, 7).encode(click(event_id="e1", user_agent="x" * 50))
    found = _read(value[:-10], clicks.latest)

    assert found.fields["event_id"] == "e1"
    assert "user_agent" not in found.fields
    assert found.problem is not None and found.problem.code == "TRUNCATED" and "user_agent" in str(found.problem)
    assert FRAME_BYTES < found.read_bytes < len(value) - 10


def test_bytes_behind_the_record_are_told(clicks: Stream) -> None:
    value = Encoder(clicks.latest, 7).encode(click())
    found = _read(value + b"abc", clicks.latest)

    assert found.problem is not None and found.problem.code == "TRAILING_BYTES"
    assert found.read_bytes == len(value)


@pytest.mark.parametrize("count", [999, 1001])
def test_of_an_array_no_more_is_shown_than_anybody_reads(count: int) -> None:
    record = letter(rules=("a",) * count)
    found = _read(encoded(record), SCHEMA)
    assert (found.problem is None) == (count < 1000)
