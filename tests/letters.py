"""Dead letters as tests make them."""

from typing import Any

from tests.contracts import SCHEMAS
from tidegate.avro.codec import Encoder
from tidegate.contracts.load import platform_schema
from tidegate.dead_letters.record import Source, dead_letter_id

SCHEMA = platform_schema(SCHEMAS, "dead_letter")
FAILED_AT = 1_700_000_000_000


def letter(offset: int = 0, *, rules: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """A letter of clicks that broke ``rules``; ``source`` adds to the record's coordinates."""
    source = {
        "topic": "raw.clicks",
        "partition": 0,
        "offset": offset,
        "timestamp": FAILED_AT - 500,
        "key": b"session-1",
        "headers": {},
        "row": None,
    } | (changes.pop("source", None) or {})
    stage = changes.get("stage", "rule")
    place = Source(source["topic"], source["partition"], source["offset"], source["row"])
    return {
        "dead_letter_id": dead_letter_id(place, stage),
        "failed_at": FAILED_AT,
        "first_failed_at": FAILED_AT,
        "dataset": "clicks",
        "stage": stage,
        "error_code": "RULE_VIOLATED",
        "error_message": "the record breaks the rules listed in violations",
        "violations": [{"rule": rule, "field": "quantity", "message": f"{rule} is not met"} for rule in rules],
        "retryable": False,
        "attempt": 1,
        "processor": {"name": "refine", "version": "1", "job_id": None},
        "contract": {"subject": "raw.clicks-value", "schema_id": 7},
        "source": source,
        "source_file": None,
        "payload": b"\0\0\0\0\7x",
        "payload_encoding": "avro-confluent",
        "payload_sha256": None,
        "payload_truncated": False,
        "replay_id": None,
    } | changes


def encoded(record: dict[str, Any], schema_id: int = 1) -> bytes:
    """The record as it lies in ``dlq.clicks``."""
    return Encoder(SCHEMA, schema_id).encode(record)
