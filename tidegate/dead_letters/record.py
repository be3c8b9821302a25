"""The dead letter as a record: its id, its headers, and how one is read. Its schema is ``schemas/dead_letter``."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

STAGE = "stage"
ERROR_CODE = "error_code"
REASON = (STAGE, ERROR_CODE)
"""The fields by which dead letters are counted."""
PAYLOAD_LIMIT_BYTES = 900 * 1024
"""A dead letter keeps this much of its record; its hash is always of the whole."""
KEY_LIMIT_BYTES = 64 * 1024
"""It keeps this much of its record's key."""
HEADERS_LIMIT_BYTES = 128 * 1024
"""It keeps whole headers of its record, names and values together up to this."""
TEXT_LIMIT_BYTES = 16 * 1024
"""Of a message, which is a field and a header of it, and of each text of a violation no more is written."""
ID_HEX_DIGITS = 32
HEADER_PREFIX = "__connect.errors."
"""Names of headers are those of Kafka Connect's dead letters, values are text."""
TOPIC_HEADER = f"{HEADER_PREFIX}topic"
PARTITION_HEADER = f"{HEADER_PREFIX}partition"
OFFSET_HEADER = f"{HEADER_PREFIX}offset"
STAGE_HEADER = f"{HEADER_PREFIX}stage"
CODE_HEADER = f"{HEADER_PREFIX}exception.class.name"
MESSAGE_HEADER = f"{HEADER_PREFIX}exception.message"
HEADERS = (TOPIC_HEADER, PARTITION_HEADER, OFFSET_HEADER, STAGE_HEADER, CODE_HEADER, MESSAGE_HEADER)


class Source(NamedTuple):
    """Where the record lies that failed; ``row`` is the number of its row where the event is exploded."""

    topic: str
    partition: int
    offset: int
    row: int | None = None


class Headers(NamedTuple):
    """What a dead letter's :data:`HEADERS` say, in their order; empty texts where one is missing."""

    topic: str
    partition: str
    offset: str
    stage: str
    code: str
    message: str


def dead_letter_id(source: Source, stage: str) -> str:
    """The same record, or row of an exploded one, failing at the same stage has the same id."""
    text = f"{source.topic}/{source.partition}/{source.offset}/{stage}"
    if source.row is not None:
        text += f"/{source.row}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_HEX_DIGITS]


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> Headers:
    """The headers of a dead letter, as a Kafka client gives them."""
    found = dict(headers)
    return Headers(*((found.get(name) or b"").decode() for name in HEADERS))


def reason_of(letter: Mapping[str, Any]) -> tuple[str, str]:
    """Stage and code of a decoded dead letter."""
    return letter[STAGE], letter[ERROR_CODE]


def source_of(letter: Mapping[str, Any]) -> Source | None:
    """Coordinates of the record that failed; None for one that came from no topic."""
    source = letter["source"]
    if source is None:
        return None
    return Source(source["topic"], source["partition"], source["offset"], source.get("row"))
