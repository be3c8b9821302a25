"""Records are counted by their leading fields; a topic is read from where its tally ends."""

import io
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
import pytest

from tidegate.contracts.load import AvroSchema, platform_schema
from tidegate.monitor import outputs
from tidegate.monitor.outputs import layouts, reasons_of, unread
from tidegate.monitor.tally import Tally
from tidegate.proof.topic_reader import Batch

SCHEMAS = Path(__file__).parents[3] / "schemas"
DEAD_LETTER, DROPPED = (platform_schema(SCHEMAS, name) for name in ("dead_letter", "dropped"))
LETTER: dict[str, Any] = {
    "dead_letter_id": "0" * 32,
    "failed_at": 1_795_000_000_000,
    "first_failed_at": 1_795_000_000_000,
    "dataset": "clicks",
    "stage": "decode",
    "error_code": "TRUNCATED",
    "error_message": "…",
    "retryable": False,
    "attempt": 1,
    "processor": {"name": "refine", "version": "1"},
    "contract": {"subject": "raw.clicks-value"},
    "payload": b"\x00" * 1000,
    "payload_encoding": "avro-confluent",
    "payload_truncated": False,
}
DROP = {
    "source_partition": 1,
    "source_offset": 300,
    "source_topic": "raw.clicks",
    "source_timestamp": 1,
    "rule": "no_x",
}


def framed(schema: AvroSchema, record: dict[str, Any], schema_id: int = 7) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, schema, record)
    return b"\x00" + schema_id.to_bytes(4, "big") + body.getvalue()


def batch(*values: bytes) -> Batch:
    return Batch("dlq.clicks", np.zeros(len(values), np.int32), np.arange(len(values)), list(values))


class Registry:
    """Knows one schema, by the id 7."""

    schema: AvroSchema = DEAD_LETTER

    def __init__(self, url: str) -> None:
        pass

    def by_id(self, schema_id: int) -> AvroSchema | None:
        return self.schema if schema_id == 7 else None


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.proof.record_reader.RegistryClient", Registry)


def test_dead_letters_are_told_by_stage_and_code() -> None:
    values = [framed(DEAD_LETTER, {**LETTER, "stage": stage}) for stage in ("decode", "rule", "decode")]
    found = reasons_of(batch(*values), 2, layouts("", ("stage", "error_code")))
    assert found == [("decode", "TRUNCATED"), ("rule", "TRUNCATED"), ("decode", "TRUNCATED")]


def test_dropped_records_are_told_by_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registry, "schema", DROPPED)
    assert reasons_of(batch(framed(DROPPED, DROP)), 1, layouts("", ("rule",))) == [("no_x",)]


@pytest.mark.parametrize("value", [b"", b"hello", framed(DEAD_LETTER, LETTER, 8), framed(DEAD_LETTER, LETTER)[:40]])
def test_what_no_job_wrote_is_counted_too(value: bytes) -> None:
    whole = framed(DEAD_LETTER, LETTER)
    found = reasons_of(batch(whole, value, whole), 2, layouts("", ("stage", "error_code")))
    assert found == [("decode", "TRUNCATED"), (outputs.UNREADABLE,) * 2, ("decode", "TRUNCATED")]


def test_a_topic_is_read_from_where_its_tally_ends() -> None:
    tallies = {("dlq", 0): Tally(10), ("dlq", 1): Tally(5)}
    starts = {("dlq", 0): 0, ("dlq", 1): 0, ("dlq", 2): 3, ("other", 0): 0}
    ends = {("dlq", 0): 12, ("dlq", 1): 5, ("dlq", 2): 8, ("other", 0): 9}
    assert unread("dlq", tallies, starts, ends) == {0: (10, 12), 2: (3, 8)}


def test_what_retention_took_before_it_was_counted_is_left_out() -> None:
    assert unread("dlq", {("dlq", 0): Tally(10)}, {("dlq", 0): 20}, {("dlq", 0): 30}) == {0: (20, 30)}


def test_a_topic_made_anew_is_counted_anew() -> None:
    tallies = {("dlq", 0): Tally(100)}
    tallies["dlq", 0].counts["decode", "TRUNCATED"] = 4
    assert unread("dlq", tallies, {("dlq", 0): 0}, {("dlq", 0): 2}) == {0: (0, 2)}
    assert tallies["dlq", 0] == Tally()
